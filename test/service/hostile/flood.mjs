// A hostile server: waits for the first requests of its client, writes the bytes of a seed, and ends.
// `flood.mjs SEED MESSAGES`.

import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { generateBytes } from '../../../scripts/hostile/bytes.mjs';
import { openPings } from './seen.mjs';

const [seed, messages] = process.argv.slice(2).map(Number);
let waiting = openPings.length;
for await (const _ of createInterface({ input: process.stdin })) {
  waiting -= 1;
  if (waiting === 0) break;
}
for (const bytes of generateBytes('server', seed, messages)) {
  if (!process.stdout.write(bytes)) await once(process.stdout, 'drain');
}
process.stdout.end(() => process.exit(0));
