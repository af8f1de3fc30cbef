// The conformance cases as the modules of a worker, with the configuration that lists them.

import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {import('../../test/support/conformance/steps.ts').Malformed} Malformed */

const types = /** @type {const} */ ({ '.mjs': 'esModule', '.json': 'text', '.wasm': 'wasm' });

/** Writes `config.capnp`, whose worker is `worker.mjs`, into the project. @param {string} project @param {string} cases A folder. */
export function writeWorker(project, cases) {
  cpSync(cases, join(project, 'conformance'), { recursive: true });
  mkdirSync(join(project, 'malformed'));
  /** @type {readonly Malformed[]} */
  const malformed = JSON.parse(readFileSync(join(cases, 'malformed.json'), 'utf8'));
  for (const { name, module_base64 } of malformed) {
    const bytes = Buffer.from(module_base64, 'base64');
    if (WebAssembly.validate(bytes)) writeFileSync(join(project, `malformed/${name}.wasm`), bytes);
  }
  const files = ['conformance', 'malformed'].flatMap((folder) =>
    readdirSync(join(project, folder), { recursive: true, encoding: 'utf8' }).map(
      (name) => `${folder}/${name}`,
    ),
  );
  const modules = ['worker.mjs', ...files].flatMap((path) => {
    const type = Object.entries(types).find(([ending]) => path.endsWith(ending))?.[1];
    return type === undefined ? [] : [`(name = "${path}", ${type} = embed "${path}")`];
  });
  writeFileSync(
    join(project, 'config.capnp'),
    `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .cases)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const cases :Workerd.Worker = (
  modules = [
    ${modules.join(',\n    ')},
  ],
  compatibilityDate = "2026-11-01",
);
`,
  );
}
