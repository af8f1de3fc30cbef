// Decides whether a service shows its console, and reads the files of the console.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServiceOptions } from '@nhipol/service';
import { UsageError } from '../../io/exit-codes.ts';

/** `auto`: on a loopback address, if the console was built. */
export type ConsoleMode = 'auto' | 'on' | 'off';

/** The folder for the bundle, for the compiled sources in `dist/cli/` and `cli/dist/`, and for the sources. */
const folders = [
  '../console/',
  '../../../console/',
  '../../../../dist/console/',
  '../../../dist/console/',
];

/** Returns `undefined` if the service shows none. Throws a `UsageError` if it should and the files are missing. */
export async function openConsole(
  mode: ConsoleMode,
  host: string,
): Promise<ServiceOptions['addRoutes']> {
  const { createConsoleRoutes, isLoopback } = await import('@nhipol/service');
  if (mode === 'off' || (mode === 'auto' && !isLoopback(host))) return undefined;
  const built = folders
    .map((folder) => fileURLToPath(new URL(folder, import.meta.url)))
    .find((folder) => existsSync(join(folder, 'main.js')));
  if (built !== undefined) return createConsoleRoutes(built);
  if (mode === 'auto') return undefined;
  throw new UsageError('--console on: this installation has no console; npm run build builds it');
}
