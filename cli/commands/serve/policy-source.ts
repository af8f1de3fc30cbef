// The policy of a service: a file, a folder with one, or the URL of a module, and each further version of it.

import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Console } from '../../io/console.ts';
import { UsageError } from '../../io/exit-codes.ts';

export interface ModuleSource {
  readonly module: Uint8Array;
  /** The constraints that a version compares with the request itself, by the digest of its module. */
  readonly limits: (digest: string) => readonly string[];
  /** Calls with each further version, until the source is closed. */
  readonly watch: (activate: (module: Uint8Array) => void, warn: (warning: string) => void) => void;
  readonly close: () => Promise<void>;
}

/** How often the file of a module is looked at, in milliseconds. */
const fileInterval = 1_000;
/** How long a server has to send a module, in milliseconds, and its longest one in bytes. */
const downloadTimeout = 30_000;
const maxModuleBytes = 64 * 1024 * 1024;

/** undefined: the policy has errors, which were reported. `pollInterval`: milliseconds. */
export async function openModuleSource(
  given: string,
  pollInterval: number,
  console: Console,
): Promise<ModuleSource | undefined> {
  if (/^https?:\/\//.test(given)) return remoteSource(given, pollInterval);
  const path = await fileOf(given);
  if (path.endsWith('.wasm')) return moduleFileSource(path);
  // The compiler takes time and memory that a service of modules does not need.
  const { openPolicySource } = await import('../guard/policy-source.ts');
  const source = await openPolicySource(path, console);
  if (source === undefined) return undefined;
  const limits = new Map([[digestOf(source.module), source.limits]]);
  return {
    module: source.module,
    limits: (digest) => limits.get(digest) ?? [],
    watch: (activate, warn) =>
      source.watch((next) => {
        limits.set(digestOf(next.module), next.limits);
        activate(next.module);
      }, warn),
    close: () => source.close(),
  };
}

/** As in the decision log. */
function digestOf(module: Uint8Array): string {
  return `sha-256:${createHash('sha256').update(module).digest('hex')}`;
}

/**
 * The module in a file. Its status is read again and again, because no event reports that a volume of Kubernetes got
 * other contents.
 */
async function moduleFileSource(path: string): Promise<ModuleSource> {
  const read = async () => {
    const { mtimeMs, ino, size } = await stat(path);
    return { version: `${mtimeMs} ${ino} ${size}`, bytes: new Uint8Array(await readFile(path)) };
  };
  let { version, bytes } = await read().catch((error: Error) => {
    throw new UsageError(`cannot read ${path}: ${error.message}`);
  });
  const module = bytes;
  return polledSource(module, fileInterval, async () => {
    const { mtimeMs, ino, size } = await stat(path);
    if (`${mtimeMs} ${ino} ${size}` === version) return undefined;
    ({ version, bytes } = await read());
    return bytes;
  });
}

/** `next`: returns another version if there is one. */
function polledSource(
  module: Uint8Array,
  interval: number,
  next: () => Promise<Uint8Array | undefined>,
): ModuleSource {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;
  return {
    module,
    limits: () => [],
    watch: (activate, warn) => {
      const poll = async () => {
        try {
          const bytes = await next();
          if (bytes !== undefined) activate(bytes);
        } catch (error) {
          warn(`${(error as Error).message}; the previous policy stays`);
        }
        if (!isClosed) timer = setTimeout(poll, interval);
      };
      timer = setTimeout(poll, interval);
    },
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

/** The policy of a folder: `policy.wasm` or `policy.nhipol`, or else its only file of these kinds. */
async function fileOf(path: string): Promise<string> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return path;
  const names = (await readdir(path)).filter((name) => /\.(wasm|nhipol)$/.test(name)).sort();
  const preferred = ['policy.wasm', 'policy.nhipol'].find((name) => names.includes(name));
  const [only, ...others] = names;
  const name = preferred ?? (others.length === 0 ? only : undefined);
  if (name === undefined) {
    const why = names.length === 0 ? 'has no policy' : `has several: ${names.join(', ')}`;
    throw new UsageError(`the folder ${path} ${why}`);
  }
  return join(path, name);
}

async function remoteSource(url: string, pollInterval: number): Promise<ModuleSource> {
  const first = await download(url, undefined);
  if (first === undefined) throw new UsageError(`cannot read ${url}: it has no content`);
  let { tag } = first;
  return polledSource(first.bytes, pollInterval, async () => {
    const next = await download(url, tag);
    if (next === undefined) return undefined;
    tag = next.tag;
    return next.bytes;
  });
}

/** `tag`: the ETag of the version that is known. undefined: there is no other. */
async function download(url: string, tag: string | undefined) {
  let response: Response;
  try {
    response = await fetch(url, {
      headers: tag === undefined ? {} : { 'if-none-match': tag },
      signal: AbortSignal.timeout(downloadTimeout),
    });
  } catch (error) {
    const { cause, message } = error as Error;
    throw new UsageError(`cannot read ${url}: ${cause instanceof Error ? cause.message : message}`);
  }
  if (response.status === 304) return undefined;
  if (!response.ok) throw new UsageError(`cannot read ${url}: status ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.length > maxModuleBytes) throw new UsageError(`cannot read ${url}: it is too long`);
  return { bytes, tag: response.headers.get('etag') ?? undefined };
}
