// The door: the bytes of a compiled policy come in, a policy that decides goes out. Bytes that are
// anything else throw `LoadError`, here and never later.

import { expectExports, instantiate } from './instance.ts';
import { LoadError } from './load-error.ts';
import { readManifest } from './manifest.ts';
import { Policy } from './policy.ts';

export function load(bytes: Uint8Array): Policy {
  const module = compile(bytes);
  const [wanted] = WebAssembly.Module.imports(module);
  if (wanted !== undefined) {
    throw new LoadError(
      `the module imports \`${wanted.module}.${wanted.name}\`, and a policy imports nothing`,
    );
  }
  const manifest = readManifest(module);
  expectExports(module);
  return new Policy(manifest, () => instantiate(module));
}

function compile(bytes: Uint8Array): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes as BufferSource);
  } catch (cause) {
    const why = cause instanceof Error ? `: ${cause.message}` : '';
    throw new LoadError(`these bytes are no WebAssembly module${why}`, { cause });
  }
}
