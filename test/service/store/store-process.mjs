// A store in a process of its own, for the tests of stores: opens the store that its arguments name, calls the function
// of each line of its input, and prints what it returned, or the error.

import { createInterface } from 'node:readline';

const [module, name, place] = process.argv.slice(2);
const store = await (await import(module))[name](place);
process.stdout.write('open\n');

for await (const line of createInterface({ input: process.stdin })) {
  const { method, given, sessions } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(await outcome(method, given, sessions))}\n`);
}

/** `sessions`: the name of the sessions that the call is for. */
async function outcome(method, given, sessions) {
  try {
    if (sessions === undefined) return { returned: await store[method](...given) };
    const changed = new Map(given.map(([id, snapshot]) => [id, snapshot ?? undefined]));
    return { returned: await store.sessions(sessions).write(changed) };
  } catch (error) {
    return { failed: error.message };
  }
}
