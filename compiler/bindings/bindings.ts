// The door from a compiled policy to its typed bindings for JavaScript and TypeScript: an ES module
// that writes requests of this policy to its facts as one would by hand, and the types of its requests
// and decisions. Text goes out; the same policy gives the same.

import type { Encoding, Manifest } from '@nhipol/runtime/abi';
import { declarations } from './declarations.ts';
import { writerSource } from './writer.ts';

export interface Bindings {
  /** A JavaScript module. */
  readonly module: string;
  /** Its declarations, for TypeScript. */
  readonly declarations: string;
}

export function bindings(manifest: Manifest, encoding: Encoding): Bindings {
  const { name, version } = manifest.policy;
  const head = `// Made by nhipol ${manifest.compiler} from the policy ${name} ${version}. Do not edit: compile it again.\n\n`;
  return {
    module: [
      head,
      "import { load as loadModule } from '@nhipol/runtime';\n\n",
      `const sources = ${JSON.stringify(manifest.sources)};\n\n`,
      'export const bindings = { sources, makeWriter };\n\n',
      'export function load(bytes, options) {\n',
      '  return loadModule(bytes, { ...options, bindings });\n',
      '}\n\n',
      writerSource(manifest, encoding),
    ].join(''),
    declarations: head + declarations(manifest, encoding),
  };
}
