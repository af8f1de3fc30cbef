// The policy of a guard: compiled with sessions and possibilities if it is a source, and again after each change of its
// files. While a changed policy is broken, or may be looser and nobody has confirmed it, the previous one stays.

import type { PolicyModel } from '@nhipol/language/model';
import type { Store } from '@nhipol/service';
import type { ModuleCache, PolicySources } from '../../../cache/module-cache.ts';
import type { Console } from '../../../io/console.ts';
import { UsageError } from '../../../io/exit-codes.ts';
import {
  readPolicyFile,
  readSourceFile,
  type SourceFile,
} from '../../../io/policies/policy-file.ts';
import { watchFiles } from '../../../io/watch/file-watcher.ts';
import { ConfirmedVersions } from '../../../versions/confirmed-versions.ts';
import {
  createModuleVersion,
  createPolicyVersion,
  type PolicyVersion,
} from '../../../versions/policy-version.ts';
import type { CheckedSource } from './compile-source.ts';
import type { GuardModule } from './guard-module.ts';
import { findCompiled, printWarnings } from './policy-source.ts';

export interface ConfirmedSource extends GuardModule {
  /** Calls with each further version. `activate` throws if it cannot be used. */
  readonly watch: (activate: (policy: GuardModule) => void, onHeld: () => void) => void;
  /** Why the version in the files is not active, for people, or `undefined` if it is. */
  readonly held: () => string | undefined;
  /** The paths of the files of the policy. */
  readonly files: () => readonly string[];
  readonly close: () => Promise<void>;
}

export interface ConfirmedSourceOptions {
  readonly console: Console;
  readonly store: Store;
  readonly warn: (warning: string) => void;
  /** `undefined` if nothing is cached. */
  readonly cache?: ModuleCache | undefined;
}

/** How often it is looked for a confirmation, in milliseconds. */
const confirmationInterval = 500;

/** Returns `undefined` if the policy has errors, which were reported. */
export async function openConfirmedSource(
  path: string,
  options: ConfirmedSourceOptions,
): Promise<ConfirmedSource | undefined> {
  const versions = new ConfirmedVersions(options.store, path);
  const file = await readPolicyFile(path);
  if (file.kind === 'module') {
    const first = createFirstModule(path, file.bytes, versions);
    return {
      ...first,
      watch: () => {},
      held: () => undefined,
      files: () => [path],
      close: async () => {},
    };
  }
  const source = new WatchedPolicy(path, versions, options);
  const first = await source.open(file);
  if (first === undefined) return undefined;
  return {
    ...first,
    watch: (activate, onHeld) => void source.follow(activate, onHeld),
    held: () => source.held,
    files: () => source.files,
    close: () => source.close(),
  };
}

/** A module cannot be compared, so any other one needs a confirmation. */
function createFirstModule(
  path: string,
  bytes: Uint8Array,
  versions: ConfirmedVersions,
): GuardModule {
  const version = createModuleVersion(path, bytes);
  const confirmed = versions.read();
  if (confirmed === undefined) versions.confirm(version);
  else if (confirmed.digest !== version.digest) {
    throw new UsageError(`${path} ${describeWaiting(path)}`);
  }
  return { module: bytes, limits: [] };
}

function describeWaiting(path: string): string {
  return `changed and may be looser: it is used after \`nhipol guard confirm ${path}\``;
}

/** Loads the language and the compiler, which a policy in the cache does not need. */
function loadCompiler() {
  return import('./compile-source.ts');
}

async function checkAgain(version: PolicyVersion): Promise<PolicyModel | undefined> {
  const { checkPolicyVersion } = await import('../../../versions/check-version.ts');
  return checkPolicyVersion(version);
}

class WatchedPolicy {
  readonly #path: string;
  readonly #versions: ConfirmedVersions;
  readonly #options: ConfirmedSourceOptions;
  readonly #watcher = watchFiles({ endsBySignal: false });
  /** The digests of the version that is active, and of the one that waits for a person. */
  #active = '';
  #heldDigest: string | undefined;
  #changes = 0;
  #files: readonly string[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;
  /** Versions are compared and compiled one after the other. */
  #work: Promise<void> = Promise.resolve();

  constructor(path: string, versions: ConfirmedVersions, options: ConfirmedSourceOptions) {
    this.#path = path;
    this.#versions = versions;
    this.#options = options;
  }

  get held(): string | undefined {
    return this.#heldDigest === undefined
      ? undefined
      : `${this.#path} ${describeWaiting(this.#path)}`;
  }

  get files(): readonly string[] {
    return this.#files;
  }

  /** Returns the version to start with, or `undefined` if the policy has errors, which were reported. */
  async open(file: SourceFile): Promise<GuardModule | undefined> {
    const { console, cache } = this.#options;
    const cached = await findCompiled(file, cache);
    if (cached !== undefined && this.#isConfirmed(cached)) {
      printWarnings(cached, console);
      await this.#follow(cached);
      this.#accept(createPolicyVersion(cached));
      return cached;
    }
    return this.#openChecked(file);
  }

  async #openChecked(file: SourceFile): Promise<GuardModule | undefined> {
    const { checkSource, compileChecked, compileForGuard } = await loadCompiler();
    const { checked, policy } = await checkSource(file, this.#options.console);
    if (policy === undefined) return undefined;
    // Watching starts before the guard does, so that no change is missed, and ends only after it has started.
    await this.#follow(checked);
    const version = createPolicyVersion(checked);
    const confirmed = this.#versions.read();
    if (confirmed === undefined || (await this.#isAccepted(confirmed, checked))) {
      const compiled = await compileChecked(checked, policy, this.#options.cache);
      this.#accept(version);
      return compiled;
    }
    const before = await checkAgain(confirmed);
    if (before === undefined) throw new UsageError(`${this.#path} ${describeWaiting(this.#path)}`);
    this.#active = confirmed.digest;
    this.#hold(version);
    return compileForGuard(before);
  }

  async follow(activate: (policy: GuardModule) => void, onHeld: () => void): Promise<void> {
    if (this.#heldDigest !== undefined) onHeld();
    this.#timer = setInterval(() => {
      this.#enqueue(() => this.#adoptConfirmed(activate));
    }, confirmationInterval);
    this.#timer.unref();
    while (await this.#watcher.change()) {
      await this.#enqueue(() => this.#offer(activate, onHeld));
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#watcher.close();
    await this.#work;
  }

  async #follow({ files }: Pick<PolicySources, 'files'>): Promise<void> {
    this.#files = files;
    await this.#watcher.follow(files);
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(work).catch((error: unknown) => {
      const { message } = error as Error;
      this.#options.warn(`${this.#path} cannot be used: ${message}; the previous policy stays`);
    });
    return this.#work;
  }

  /** The version that is in the files now. */
  async #offer(activate: (policy: GuardModule) => void, onHeld: () => void): Promise<void> {
    const { console, warn, cache } = this.#options;
    const { checkSource, compileChecked } = await loadCompiler();
    const { checked, policy } = await checkSource(await readSourceFile(this.#path), console);
    await this.#follow(checked);
    if (policy === undefined) {
      warn(`${this.#path} has errors: the previous policy stays`);
      return;
    }
    const version = createPolicyVersion(checked);
    const confirmed = this.#versions.read();
    if (confirmed !== undefined && !(await this.#isAccepted(confirmed, checked))) {
      if (this.#hold(version)) onHeld();
      return;
    }
    if (version.digest !== this.#active) {
      activate(await compileChecked(checked, policy, cache));
      warn(`${this.#path} changed: the new policy is active`);
    }
    this.#accept(version);
  }

  /** The version that a person has confirmed in another process, whatever the files contain by now. */
  async #adoptConfirmed(activate: (policy: GuardModule) => void): Promise<void> {
    const { changes } = this.#versions;
    if (changes === this.#changes) return;
    this.#changes = changes;
    const confirmed = this.#versions.read();
    if (confirmed === undefined || confirmed.digest === this.#active) return;
    const { compileForGuard } = await loadCompiler();
    const policy = await checkAgain(confirmed);
    if (policy === undefined) throw new Error('the confirmed version has errors');
    activate(await compileForGuard(policy));
    this.#active = confirmed.digest;
    if (this.#heldDigest === confirmed.digest) this.#heldDigest = undefined;
    this.#options.warn(`${this.#path} was confirmed: the new policy is active`);
  }

  /** Whether a person confirmed this version last, or none was used yet. */
  #isConfirmed(sources: PolicySources): boolean {
    const confirmed = this.#versions.read();
    return confirmed === undefined || confirmed.digest === createPolicyVersion(sources).digest;
  }

  async #isAccepted(confirmed: PolicyVersion, checked: CheckedSource['checked']): Promise<boolean> {
    if (confirmed.digest === createPolicyVersion(checked).digest) return true;
    const { mayBeLooser } = await import('../../../versions/looser.ts');
    const [before, { policy }] = [await checkAgain(confirmed), checked];
    return before !== undefined && policy !== undefined && !mayBeLooser(before, policy);
  }

  #accept(version: PolicyVersion): void {
    this.#active = version.digest;
    this.#heldDigest = undefined;
    if (this.#versions.read()?.digest !== version.digest) this.#versions.confirm(version);
  }

  /** Returns whether this version was not held before. */
  #hold({ digest }: PolicyVersion): boolean {
    if (this.#heldDigest === digest) return false;
    this.#heldDigest = digest;
    this.#options.warn(`${this.#path} ${describeWaiting(this.#path)}; the previous policy stays`);
    return true;
  }
}
