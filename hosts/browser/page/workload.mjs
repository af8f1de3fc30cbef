// The workload that the program shares: requests as bytes, and what is expected of each.

/** @returns {Promise<{ requests: readonly Uint8Array[], effects: readonly string[] }>} */
export async function readWorkload() {
  const [requests, effects] = await Promise.all([lines('jsonl'), lines('effects')]);
  const encoder = new TextEncoder();
  return { requests: requests.map((line) => encoder.encode(line)), effects };
}

export function fetchModule() {
  return fetch('/workload.wasm');
}

/** @param {string} ending */
async function lines(ending) {
  const text = await (await fetch(`/workload.${ending}`)).text();
  return text.replace(/\n$/, '').split('\n');
}
