// A process of its own for a task: what one workload makes of the optimising compiler's work must not
// spoil another's. The task comes as a message, and the outcome goes as one.

import { measure } from './measuring.mjs';

process.once('message', async (task) => {
  const outcome = await measure(/** @type {import('./measuring.mjs').Task} */ (task));
  process.send?.(outcome, () => process.disconnect());
});
