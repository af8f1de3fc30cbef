// The policy of a service: a file, a folder with one, or the URL of a module, and each further version of it.

import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Console } from '../../io/console.ts';
import { UsageError } from '../../io/exit-codes.ts';
import { openPolicySource } from '../guard/policy-source.ts';

export interface ModuleSource {
  readonly module: Uint8Array;
  /** The constraints that a version compares with the request itself, by the digest of its module. */
  readonly limits: (digest: string) => readonly string[];
  /** Calls with each further version, until the source is closed. */
  readonly watch: (activate: (module: Uint8Array) => void, warn: (warning: string) => void) => void;
  readonly close: () => Promise<void>;
}

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
  const source = await openPolicySource(await fileOf(given), console);
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
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    module: first.bytes,
    limits: () => [],
    watch: (activate, warn) => {
      const poll = async () => {
        try {
          const next = await download(url, tag);
          if (next !== undefined) {
            tag = next.tag;
            activate(next.bytes);
          }
        } catch (error) {
          warn(`${(error as Error).message}; the previous policy stays`);
        }
        timer = setTimeout(poll, pollInterval);
      };
      timer = setTimeout(poll, pollInterval);
    },
    close: async () => {
      clearTimeout(timer);
    },
  };
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
