// Generates typed bindings for JavaScript and TypeScript from a compiled policy: an ES module that writes
// the requests of this policy into its facts, as handwritten code would, and the types of its requests
// and decisions. The same policy results in the same source.

import type { Encoding, Manifest } from '@nhipol/runtime/abi';
import { emitWriter } from '@nhipol/runtime/direct/writer-source';
import type { Description } from '../ir/description.ts';
import { generateDeclarations } from './declarations.ts';

export interface BindingSources {
  /** The JavaScript module. */
  readonly module: string;
  /** The TypeScript declarations of the module. */
  readonly declarations: string;
}

export function bindings(
  manifest: Manifest,
  description: Description,
  encoding: Encoding,
): BindingSources {
  return {
    module: generateBindingsModule(manifest, encoding),
    declarations: printHeader(manifest) + generateDeclarations(manifest, description, encoding),
  };
}

/** The JavaScript module, without the types. @public Benchmarks load it from what was built. */
export function generateBindingsModule(manifest: Manifest, encoding: Encoding): string {
  const isDirect = encoding.contexts === undefined;
  return [
    printHeader(manifest),
    "import { load as loadModule } from '@nhipol/runtime';\n\n",
    `const sources = ${JSON.stringify(manifest.sources)};\n\n`,
    `export const bindings = { sources${isDirect ? ', makeWriter' : ''} };\n\n`,
    'export function load(bytes, options) {\n',
    '  return loadModule(bytes, { ...options, bindings });\n',
    '}\n\n',
    isDirect ? emitWriter(encoding) : '',
  ].join('');
}

function printHeader({ compiler, policy: { name, version } }: Manifest): string {
  return `// Made by nhipol ${compiler} from the policy ${name} ${version}. Do not edit: compile it again.\n\n`;
}
