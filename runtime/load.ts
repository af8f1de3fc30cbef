// The door: a compiled policy comes in, as bytes, as a module or as it arrives over the network, a policy that decides goes
// out. Whatever else comes in throws `LoadError`, here and never later.

import { readEncoding } from './encoding.ts';
import type { Bindings } from './facts/writer.ts';
import { expectExports, instantiate } from './instance.ts';
import { LoadError } from './load-error.ts';
import { readManifest } from './manifest.ts';
import { Policy } from './policy.ts';

export interface LoadOptions {
  /** Bytes of memory that external tables may take in all; 64 MiB unless told. */
  readonly tableBytes?: number;
  /** Made by `nhipol compile --bindings` along with the module; their own `load` hands them over. */
  readonly bindings?: Bindings;
}

const usualTableBytes = 67_108_864;

/** `policy`: the bytes of a module, or one that was compiled from them. */
export function load(policy: Uint8Array | WebAssembly.Module, options: LoadOptions = {}): Policy {
  const module = policy instanceof WebAssembly.Module ? policy : compile(policy);
  const [wanted] = WebAssembly.Module.imports(module);
  if (wanted !== undefined) {
    throw new LoadError(
      `the module imports \`${wanted.module}.${wanted.name}\`, and a policy imports nothing`,
    );
  }
  const manifest = readManifest(module);
  expectExports(module);
  const { bindings } = options;
  if (bindings !== undefined && bindings.sources !== manifest.sources) {
    throw new LoadError('the bindings were made for another version of the policy');
  }
  const described = { manifest, encoding: readEncoding(module), bindings };
  const tableBytes = options.tableBytes ?? usualTableBytes;
  return new Policy(described, () => instantiate(module, described), tableBytes);
}

/**
 * Compiles the module while it arrives: `loadStreaming(fetch(url))`. The server must call it `application/wasm`. Rejects with
 * a `LoadError` whatever goes wrong, the network too.
 */
export async function loadStreaming(
  response: Response | PromiseLike<Response>,
  options: LoadOptions = {},
): Promise<Policy> {
  return load(await compileStreaming(response), options);
}

async function compileStreaming(
  response: Response | PromiseLike<Response>,
): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compileStreaming(response);
  } catch (cause) {
    const what =
      cause instanceof WebAssembly.CompileError
        ? 'these bytes are no WebAssembly module'
        : 'no module came';
    throw refused(what, cause);
  }
}

function compile(bytes: Uint8Array): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes as BufferSource);
  } catch (cause) {
    throw refused('these bytes are no WebAssembly module', cause);
  }
}

function refused(what: string, cause: unknown): LoadError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new LoadError(`${what}${why}`, { cause });
}
