// A separate process for a task, so that the optimizations of one workload do not affect another. The
// task and the outcome are messages.

import { measure } from './measuring.mjs';

process.once('message', async (task) => {
  const outcome = await measure(/** @type {import('./measuring.mjs').Task} */ (task));
  process.send?.(outcome, () => process.disconnect());
});
