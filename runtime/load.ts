// The door: the bytes of a compiled policy come in, a policy that decides goes out. Bytes that are
// anything else throw `LoadError`, here and never later.

import { readEncoding } from './encoding.ts';
import { expectExports, instantiate } from './instance.ts';
import { LoadError } from './load-error.ts';
import { readManifest } from './manifest.ts';
import { Policy } from './policy.ts';

export interface LoadOptions {
  /** Bytes of memory that external tables may take in all; 64 MiB unless told. */
  readonly tableBytes?: number;
}

const usualTableBytes = 67_108_864;

export function load(bytes: Uint8Array, options: LoadOptions = {}): Policy {
  const module = compile(bytes);
  const [wanted] = WebAssembly.Module.imports(module);
  if (wanted !== undefined) {
    throw new LoadError(
      `the module imports \`${wanted.module}.${wanted.name}\`, and a policy imports nothing`,
    );
  }
  const manifest = readManifest(module);
  expectExports(module);
  const described = { manifest, encoding: readEncoding(module) };
  const tableBytes = options.tableBytes ?? usualTableBytes;
  return new Policy(described, () => instantiate(module, described), tableBytes);
}

function compile(bytes: Uint8Array): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes as BufferSource);
  } catch (cause) {
    const why = cause instanceof Error ? `: ${cause.message}` : '';
    throw new LoadError(`these bytes are no WebAssembly module${why}`, { cause });
  }
}
