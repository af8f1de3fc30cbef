// Runs all cases of a folder in Bun.

import { runCases } from './files.mjs';

const { Bun } = /** @type {any} */ (globalThis);
const [, , folder] = Bun.argv;

await runCases((path) => Bun.file(`${folder}/${path}`).bytes());
