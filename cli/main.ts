#!/usr/bin/env node
// The process around the command line: its streams, its exit code, and the ends that no command
// foresees.

import { exitCode } from './io/exit-codes.ts';
import { bugReport, run } from './program.ts';

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever read the output has had enough.
    if (error.code === 'EPIPE') process.exit(exitCode.usage);
    throw error;
  });
}

process.on('uncaughtException', (error) => {
  process.stderr.write(bugReport(error));
  process.exit(exitCode.bug);
});

process.exitCode = await run(process.argv.slice(2), process);
