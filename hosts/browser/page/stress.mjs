// Many decisions by workers at the same time. The module is compiled once, and each worker makes an instance of its own of it.

import { fetchModule } from './workload.mjs';

/** @type {Worker[]} */
let workers = [];

/** @param {number} count */
export async function startWorkers(count) {
  const module = await WebAssembly.compileStreaming(fetchModule());
  workers = Array.from({ length: count }, () => new Worker('/worker.js', { type: 'module' }));
  await Promise.all(workers.map((worker) => callWorker(worker, module)));
}

/** Gives how many were others than expected. @param {number} decisions */
export async function decideInWorkers(decisions) {
  const each = Math.floor(decisions / workers.length);
  const more = decisions % workers.length;
  const wrong = await Promise.all(
    workers.map((worker, at) => callWorker(worker, each + (at < more ? 1 : 0))),
  );
  return wrong.reduce((sum, count) => sum + count, 0);
}

/** @param {Worker} worker @param {unknown} what @returns {Promise<number>} */
function callWorker(worker, what) {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.onmessageerror = () => reject(new Error('a message that cannot be read'));
    worker.postMessage(what);
  });
}
