#!/usr/bin/env node

// The entry point of the process: runs the command line and handles closed streams and uncaught errors.

import { formatTerminalText } from '@nhipol/language/support';
import { exitCode } from './io/exit-codes.ts';
import { formatBugReport, run } from './program.ts';

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The reader of the output closed the pipe.
    if (error.code === 'EPIPE') process.exit(exitCode.usage);
    throw error;
  });
}

process.on('uncaughtException', (error) => {
  process.stderr.write(formatTerminalText(formatBugReport(error), false));
  process.exit(exitCode.bug);
});

process.exitCode = await run(process.argv.slice(2), process);
