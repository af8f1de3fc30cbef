// Loads a compiled policy from bytes, from a WebAssembly module or from a response, and returns a policy that
// decides. Everything else throws `LoadError`, here and never later.

import { readEncoding } from './direct/encoding.ts';
import { isCodeExpected } from './direct/source/generated-writer.ts';
import type { Bindings } from './direct/writer.ts';
import { expectExports, instantiate } from './instance/instance.ts';
import { LoadError } from './module/load-error.ts';
import { readManifest } from './module/manifest.ts';
import { expectDigest } from './module/module-digest.ts';
import { Policy } from './policy.ts';

export interface LoadOptions {
  /** Maximum memory of all external tables, in bytes; default: 64 MiB. */
  readonly tableBytes?: number;
  /** Generated with the module by `nhipol compile --bindings`; their own `load` passes them. */
  readonly bindings?: Bindings;
  /**
   * Whether code that writes requests, as bindings have, may be generated with `new Function` at the hundredth request.
   * Default: `true`, but `false` in browsers and workers, which report an attempt to a page whose security policy forbids
   * it. Nothing is generated where the host refuses, and with bindings.
   */
  readonly generateCode?: boolean;
  /**
   * The SHA-256 of the module's bytes (FIPS 180-4), as 64 hexadecimal digits or 32 bytes. Any other module is
   * rejected before it is compiled.
   */
  readonly sha256?: string | Uint8Array;
}

const defaultTableBytes = 67_108_864;

/**
 * Loads a policy. `policy`: the bytes of a module, or a module compiled from them; with `sha256` it must be bytes.
 * Starting a module runs its code, so load an untrusted one in a worker (docs/untrusted-modules.md).
 */
export function load(policy: Uint8Array | WebAssembly.Module, options: LoadOptions = {}): Policy {
  try {
    return loadChecked(policy, options);
  } catch (cause) {
    if (cause instanceof LoadError) throw cause;
    throw createLoadError('the module does not conform to the ABI', cause);
  }
}

function loadChecked(policy: Uint8Array | WebAssembly.Module, options: LoadOptions): Policy {
  if (options.sha256 !== undefined) expectDigest(policy, options.sha256);
  const module = policy instanceof WebAssembly.Module ? policy : compile(policy);
  const [wanted] = WebAssembly.Module.imports(module);
  if (wanted !== undefined) {
    throw new LoadError(
      `the module imports \`${wanted.module}.${wanted.name}\`, but a policy must not import anything`,
    );
  }
  const manifest = readManifest(module);
  expectExports(module);
  const { bindings } = options;
  if (bindings !== undefined && bindings.sources !== manifest.sources) {
    throw new LoadError('the bindings were made for another version of the policy');
  }
  const { generateCode = isCodeExpected() } = options;
  const described = { manifest, encoding: readEncoding(module), bindings, generateCode };
  const tableBytes = options.tableBytes ?? defaultTableBytes;
  return new Policy(described, () => instantiate(module, described), tableBytes);
}

/**
 * Compiles the module while it arrives: `loadStreaming(fetch(url))`. The server must send the type
 * `application/wasm`. With `sha256`, compilation starts when all bytes have arrived. Rejects with a `LoadError` on
 * every failure, including network errors.
 */
export async function loadStreaming(
  response: Response | PromiseLike<Response>,
  options: LoadOptions = {},
): Promise<Policy> {
  const arrived =
    options.sha256 === undefined ? await compileStreaming(response) : await readBytes(response);
  return load(arrived, options);
}

async function compileStreaming(
  response: Response | PromiseLike<Response>,
): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compileStreaming(response);
  } catch (cause) {
    const what =
      cause instanceof WebAssembly.CompileError
        ? 'these bytes are not a valid WebAssembly module'
        : 'no module came';
    throw createLoadError(what, cause);
  }
}

async function readBytes(response: Response | PromiseLike<Response>): Promise<Uint8Array> {
  try {
    const arrived = await response;
    if (!arrived.ok) throw new Error(`the server answered with status ${arrived.status}`);
    return new Uint8Array(await arrived.arrayBuffer());
  } catch (cause) {
    throw createLoadError('no module came', cause);
  }
}

function compile(bytes: Uint8Array): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes as BufferSource);
  } catch (cause) {
    throw createLoadError('these bytes are not a valid WebAssembly module', cause);
  }
}

function createLoadError(what: string, cause: unknown): LoadError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new LoadError(`${what}${why}`, { cause });
}
