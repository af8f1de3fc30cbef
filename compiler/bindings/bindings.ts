// Generates typed bindings for JavaScript and TypeScript from a compiled policy: an ES module that writes
// the requests of this policy into its facts, as handwritten code would, and the types of its requests
// and decisions. The same policy results in the same source.

import type { Encoding, Manifest } from '@nhipol/runtime/abi';
import { declarations } from './declarations.ts';
import { writerSource } from './writer.ts';

export interface Bindings {
  /** The JavaScript module. */
  readonly module: string;
  /** The TypeScript declarations of the module. */
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
