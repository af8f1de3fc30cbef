// Chromium on this machine, for tests in a browser.

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const folders = (process.env.PATH ?? '').split(delimiter);

/** The program in `CHROMIUM`, or the first on the PATH, or `undefined` if none is installed. */
export const chromiumPath: string | undefined = [
  process.env.CHROMIUM,
  ...folders.flatMap((folder) => names.map((name) => join(folder, name))),
].find((path) => path !== undefined && existsSync(path));
