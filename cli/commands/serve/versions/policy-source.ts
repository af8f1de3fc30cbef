// The policy of a service: a file, a folder with one, or the URL of a module, and each further version of it.

import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { load } from '@nhipol/runtime';
import type { ModuleCache } from '../../../cache/module-cache.ts';
import type { Console } from '../../../io/console.ts';
import { UsageError } from '../../../io/exit-codes.ts';
import { readInput } from '../../../io/files.ts';
import { compileFile } from '../../guard/policies/policy-source.ts';
import { fingerprintFiles } from './file-versions.ts';
import { digestModule, KeptPolicy, type KeptVersion } from './kept-policy.ts';

export interface ModuleSource {
  readonly module: Uint8Array;
  /** The path or the URL for messages; the URL is without a user, a password and the values of its query. */
  readonly name: string;
  /** The constraints that a version compares with the request itself, by the digest of its module. */
  readonly limits: (digest: string) => readonly string[];
  /** How often there may be another version, in milliseconds. */
  readonly interval: number;
  /**
   * The version that follows the latest one that was returned, or `undefined` if there is none. Rejects as long as the
   * latest one cannot be read or used.
   */
  readonly next: () => Promise<Uint8Array | undefined>;
  /** Whether somebody else provides it, whose mistakes do not delay changes of the operator's files. */
  readonly isRemote: boolean;
  /**
   * A version is about to be used, and is kept for the next start, when its source may be away, or versions be held back.
   * A node of a cluster does not write the policy of a file, which the cluster has. Throws if it cannot be written.
   */
  readonly keep: (version: KeptVersion) => void;
  /** The version that was in use last, if versions are held back. Throws a `UsageError` if it cannot be read. */
  readonly kept: () => Promise<KeptVersion | undefined>;
}

export interface PolicySourceOptions {
  /** How often a URL is read, in milliseconds. */
  readonly pollInterval: number;
  /** The path of the state, next to which the version in use is kept. */
  readonly state: string;
  /** Whether the service has a state of its own, as it does not in a cluster. */
  readonly hasState: boolean;
  /** Whether versions can be held back. */
  readonly holdsBack: boolean;
  /** The SHA-256 that every version must have, in hexadecimal. */
  readonly pinned?: string | undefined;
  readonly console: Console;
  /** `undefined` if nothing is cached. */
  readonly cache?: ModuleCache | undefined;
  readonly warn: (warning: string) => void;
}

/** How often files are looked at, in milliseconds: no event reports that a volume of Kubernetes got other contents. */
export const fileInterval = 1_000;
/** How long a server has to send a module, in milliseconds, and its longest one in bytes. */
const downloadTimeout = 30_000;
const maxModuleBytes = 64 * 1024 * 1024;

/**
 * Returns `undefined` if the policy has errors, which were reported. Throws a `UsageError` for one that cannot be read
 * or is not the pinned one.
 */
export async function openModuleSource(
  given: string,
  options: PolicySourceOptions,
): Promise<ModuleSource | undefined> {
  const { pinned, state, hasState, holdsBack } = options;
  if (pinned !== undefined && !/^[0-9a-f]{64}$/i.test(pinned)) {
    throw new UsageError('--policy-sha256: expected 64 hexadecimal digits');
  }
  const isRemote = isUrl(given);
  const file = new KeptPolicy(state, isRemote ? parseUrl(given).href : resolve(given));
  const source = isRemote
    ? await openRemoteSource(given, file, options)
    : await openFileSource(given, options);
  if (source === undefined) return undefined;
  const { name } = source;
  const wrong = pinProblem(source.module, pinned);
  if (wrong !== undefined) throw new UsageError(`${name}: ${wrong}`);
  let problem: string | undefined;
  return {
    ...source,
    next: async () => {
      const next = await source.next();
      if (next !== undefined) problem = pinProblem(next, pinned);
      if (problem !== undefined) throw new Error(`${name}: ${problem}`);
      return next;
    },
    keep: (version) => {
      if (isRemote || hasState) file.write(version);
    },
    kept: async () => (holdsBack ? await readInUse(file, pinned) : undefined),
  };
}

/** The version that was in use last, or `undefined` if none is kept, or another one is pinned by now. */
async function readInUse(
  file: KeptPolicy,
  pinned: string | undefined,
): Promise<KeptVersion | undefined> {
  const kept = await file.read().catch((error: Error) => {
    throw new UsageError(
      `${error.message}, so that it is unknown which version was in use: to begin with the current one, remove it`,
    );
  });
  return kept === undefined || pinProblem(kept.module, pinned) !== undefined ? undefined : kept;
}

/** Why a module is not the pinned one, or `undefined` if it is, or none is pinned. */
export function pinProblem(module: Uint8Array, pinned: string | undefined): string | undefined {
  const digest = digestModule(module);
  if (pinned === undefined || digest === `sha-256:${pinned.toLowerCase()}`) return undefined;
  return `its digest is ${digest}, and not that of --policy-sha256`;
}

type UnkeptSource = Omit<ModuleSource, 'keep' | 'kept'>;
type FileSource = Omit<UnkeptSource, 'name'>;

function isUrl(given: string): boolean {
  return /^https?:\/\//.test(given);
}

function parseUrl(given: string): URL {
  if (!URL.canParse(given)) throw new UsageError('the URL of the policy is invalid');
  return new URL(given);
}

type Compiling = Pick<PolicySourceOptions, 'console' | 'cache'>;

async function openFileSource(
  given: string,
  options: Compiling,
): Promise<UnkeptSource | undefined> {
  const path = await findPolicyFile(given);
  const source = path.endsWith('.wasm')
    ? await openModuleFile(path)
    : await openPolicyFile(path, options);
  return source === undefined ? undefined : { ...source, name: given };
}

async function openPolicyFile(
  path: string,
  { console, cache }: Compiling,
): Promise<FileSource | undefined> {
  const first = await compileFile(path, console, cache);
  if (first.policy === undefined) return undefined;
  const { module } = first.policy;
  const limits = new Map([[digestModule(module), first.policy.limits]]);
  let { files } = first;
  let version = await fingerprintFiles(files);
  let hasErrors = false;
  const expectNone = () => {
    if (hasErrors) throw new Error(`${path} has errors: the previous policy stays`);
  };
  return {
    module,
    isRemote: false,
    interval: fileInterval,
    limits: (digest) => limits.get(digest) ?? [],
    next: async () => {
      if ((await fingerprintFiles(files)) === version) {
        expectNone();
        return undefined;
      }
      const next = await compileFile(path, console, cache);
      // Its files may be others now.
      files = next.files;
      version = await fingerprintFiles(files);
      hasErrors = next.policy === undefined;
      expectNone();
      if (next.policy === undefined) return undefined;
      limits.set(digestModule(next.policy.module), next.policy.limits);
      return next.policy.module;
    },
  };
}

async function openModuleFile(path: string): Promise<FileSource> {
  let version = await fingerprintFiles([path]);
  const module = await readModule(path);
  return {
    module,
    isRemote: false,
    limits: () => [],
    interval: fileInterval,
    next: async () => {
      const now = await fingerprintFiles([path]);
      if (now === version) return undefined;
      const next = await readModule(path);
      version = now;
      return next;
    },
  };
}

async function readModule(path: string): Promise<Uint8Array> {
  return new Uint8Array(await readInput(path));
}

/** The policy of a folder: `policy.wasm` or `policy.nhipol`, or else its only file of these kinds. */
async function findPolicyFile(path: string): Promise<string> {
  const isFolder = await stat(path).then(
    (stats) => stats.isDirectory(),
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

/** A module that cannot be had or used at the start is replaced by the one that was in use before. */
async function openRemoteSource(
  given: string,
  kept: KeptPolicy,
  options: PolicySourceOptions,
): Promise<UnkeptSource> {
  const { pinned, pollInterval, warn } = options;
  const { anyDestination, download, formatUrl } = await import('@nhipol/service');
  const url = parseUrl(given);
  const name = formatUrl(given);
  try {
    anyDestination.expect(url);
  } catch (error) {
    throw new UsageError(`cannot read ${name}: ${(error as Error).message}`);
  }
  let tag: string | undefined;
  let latest: Uint8Array | undefined;
  const read = async () => {
    const limits = { maxBytes: maxModuleBytes, timeout: downloadTimeout };
    const found = await download({ url, tag, ...limits }).catch((error: Error) => {
      throw new Error(`cannot read ${name}: ${error.message}`);
    });
    if (found === undefined) return undefined;
    tag = found.tag;
    // A server without tags sends the same version each time.
    const isSame = latest !== undefined && Buffer.from(found.bytes).equals(latest);
    latest = found.bytes;
    return isSame ? undefined : found.bytes;
  };
  let module: Uint8Array;
  try {
    const bytes = await read();
    if (bytes === undefined) throw new Error(`cannot read ${name}: it has no content`);
    const other = pinProblem(bytes, pinned);
    if (other !== undefined) throw new Error(`${name}: ${other}`);
    expectUsable(name, bytes);
    module = bytes;
  } catch (error) {
    const problem = (error as Error).message;
    module = await readKept(kept, problem, pinned);
    warn(
      `WARNING: ${problem}. The service starts with the version that it used last, ${digestModule(module)}, from ${kept.path}`,
    );
  }
  return { module, name, isRemote: true, limits: () => [], interval: pollInterval, next: read };
}

function expectUsable(name: string, bytes: Uint8Array): void {
  try {
    load(bytes);
  } catch (error) {
    throw new Error(`${name} cannot be used: ${(error as Error).message}`);
  }
}

/** Throws a `UsageError` with the problem of the URL if there is no version of it. */
async function readKept(
  kept: KeptPolicy,
  problem: string,
  pinned: string | undefined,
): Promise<Uint8Array> {
  const version = await kept.read().catch((error: Error) => {
    throw new UsageError(`${problem}; ${error.message}`);
  });
  if (version === undefined) throw new UsageError(problem);
  const { module } = version;
  const other = pinProblem(module, pinned);
  if (other !== undefined) throw new UsageError(`${problem}; ${kept.path}: ${other}`);
  return module;
}
