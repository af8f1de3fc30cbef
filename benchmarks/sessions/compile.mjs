// Compiles a policy to a module with sessions, in a separate process. Its arguments are the URL of
// a built checkout, the policy and the path of the module.

import { readFileSync, writeFileSync } from 'node:fs';

const [root = '', path = '', output = ''] = process.argv.slice(2);
const [{ check }, { compile }, { assemble }] = await Promise.all(
  ['language/index', 'compiler/index', 'cli/engines/assemble'].map(
    (name) => import(new URL(`dist/${name}.js`, root).href),
  ),
);
const { policy } = check(path, new Map([[path, readFileSync(path, 'utf8')]]));
const { wasm } = await compile(policy, assemble, { sessions: true });
writeFileSync(output, wasm);
