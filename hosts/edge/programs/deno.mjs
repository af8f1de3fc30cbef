// Runs all cases of a folder in Deno.

import { runCases } from './files.mjs';

const { Deno } = /** @type {any} */ (globalThis);
const [folder] = Deno.args;

await runCases((path) => Deno.readFile(`${folder}/${path}`));
