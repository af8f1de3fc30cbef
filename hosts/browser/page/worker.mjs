// Decides the workload's requests. It is told a module first, and then how many to decide each time; it tells how many answers were
// others than expected.

import { load } from '@nhipol/runtime';
import { readWorkload } from './workload.mjs';

/** @type {import('@nhipol/runtime').Policy | undefined} */
let policy;
const workload = readWorkload();
let next = 0;

globalThis.onmessage = async (/** @type {MessageEvent} */ { data }) => {
  const { requests, effects } = await workload;
  if (data instanceof WebAssembly.Module) {
    policy = load(data);
    postMessage(0);
    return;
  }
  let wrong = 0;
  for (let done = 0; done < data; done += 1) {
    const at = next % requests.length;
    next += 1;
    if (policy?.decideJson(requests[at] ?? '').effect !== effects[at]) wrong += 1;
  }
  postMessage(wrong);
};
