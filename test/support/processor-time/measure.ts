// Measures the processor time of each test file, for reporter.ts: that of the worker since the file before it, with its
// imports, and of the processes that it started and that have ended. Children are counted on Linux only.

import { readFileSync } from 'node:fs';
import { afterAll } from 'vitest';
import type { MeasuredMeta } from './measured-meta.ts';

const worker = globalThis as { nhipolSecondsBefore?: number };
const before = worker.nhipolSecondsBefore ?? 0;

// biome-ignore lint/correctness/noEmptyPattern: vitest requires a pattern here, for the fixtures that a hook uses.
afterAll(({}, file) => {
  const now = readProcessorSeconds();
  (file.meta as MeasuredMeta).processorSeconds = now - before;
  worker.nhipolSecondsBefore = now;
});

function readProcessorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6 + readChildSeconds();
}

/** `cutime` and `cstime` of proc_pid_stat(5), which count in hundredths of a second. */
function readChildSeconds(): number {
  if (process.platform !== 'linux') return 0;
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}
