// Reads the policy and the settings of a service again, when one of their files changes, and when it is requested.
// All of them change together, or none does: what cannot be used is reported, and everything stays as it was. The source of
// the policy is read at the same time as the files: however slow it is, the access of callers does not wait.

import { setTimeout as delay } from 'node:timers/promises';
import { fingerprintFiles } from './versions/file-versions.ts';
import { fileInterval, type ModuleSource } from './versions/policy-source.ts';

export interface ReloadOptions<Settings> {
  readonly source: Pick<ModuleSource, 'interval' | 'isRemote' | 'next'>;
  /** The files of the settings, and those that they name. */
  readonly files: () => Promise<readonly string[]>;
  /** Reads all settings. Rejects if one of them is not valid; nothing has changed then. */
  readonly read: () => Promise<Settings>;
  /**
   * Uses them, and a version of the policy if there is another, at once. Returns whether they are used; if they are not, nothing
   * has changed.
   */
  readonly apply: (settings: Settings, module: Uint8Array | undefined) => boolean;
  /**
   * Uses them with the version in use, after a newer one was refused, which still shows. Returns whether they are used; if they
   * are not, nothing has changed. Absent: they wait for it.
   */
  readonly applyAlone?: (settings: Settings) => boolean;
  /** Uses what does not belong to a version of the policy, while the one of these files is being read. */
  readonly applyCredentials: (settings: Settings) => void;
  readonly onProblem: (problem: string) => void;
  /** Nothing is wanted any more that was refused before. */
  readonly onSettled: () => void;
}

export class Reloads<Settings> {
  readonly #options: ReloadOptions<Settings>;
  readonly #ending = new AbortController();
  /** The version of the files that are in use, and the version of the latest attempt. */
  #used = '';
  #tried = '';
  /** A version of the policy that is not in use, because something else could not be used with it. */
  #waiting: Uint8Array | undefined;
  /** The version of the files whose credentials are in use, while the policy is being read. */
  #usedForCredentials: string | undefined;
  #sourceReadAt = Number.NEGATIVE_INFINITY;
  /** `undefined` if the source is not being read. */
  #reading: Promise<void> | undefined;
  #sourceProblem: string | undefined;
  /** Whether the source had another version, or another problem, since the latest look. */
  #hasSourceChanged = false;
  /** Whether everything is to be read, also if nothing has changed. */
  #isRequested = false;
  #turn: Promise<void> = Promise.resolve();

  /** `version`: the version of the files when they were read. */
  constructor(options: ReloadOptions<Settings>, version: string) {
    this.#options = options;
    [this.#used, this.#tried] = [version, version];
  }

  /** Looks for changes until the end. */
  async run(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      await delay(fileInterval, undefined, { signal, ref: false }).catch(() => {});
      if (!signal.aborted) await this.#inTurn(false);
    }
  }

  /** Uses this version of the policy with the current files, in place of the one with which the service began. */
  begin(module: Uint8Array): Promise<void> {
    [this.#used, this.#waiting] = ['', module];
    return this.#inTurn(true);
  }

  /** Reads everything again now, and resolves when that is done. */
  async reload(): Promise<void> {
    await this.#inTurn(true);
    await this.#reading;
    await this.#turn;
  }

  async end(): Promise<void> {
    this.#ending.abort();
    await this.#turn;
  }

  #inTurn(isRequested: boolean): Promise<void> {
    this.#turn = this.#turn
      .then(() => this.#look(isRequested))
      .catch((error: Error) => this.#options.onProblem(error.message));
    return this.#turn;
  }

  async #look(isRequested: boolean): Promise<void> {
    const { source, files, read, apply, applyAlone, onProblem, onSettled } = this.#options;
    this.#isRequested ||= isRequested;
    this.#readSource(isRequested);
    if (!source.isRemote) await this.#awaitSource();
    const version = await fingerprintFiles(await files());
    if (this.#reading !== undefined && !source.isRemote) {
      await this.#useCredentials(version);
      return;
    }
    const { isWanted, hasChanged } = this.#takeReasons();
    if (!isWanted && !hasChanged && version === this.#tried) return;
    this.#tried = version;
    if (this.#sourceProblem !== undefined) {
      onProblem(this.#sourceProblem);
      // The operator's files wait for each other, and not for what somebody else provides.
      if (!source.isRemote) return;
    }
    const isSame = this.#waiting === undefined && version === this.#used;
    if (isSame && !isWanted) {
      if (this.#sourceProblem === undefined) onSettled();
      return;
    }
    const settings = await read();
    // They may have changed while they were read: then they are read again.
    if ((await fingerprintFiles(await files())) !== version) {
      this.#tried = '';
      return;
    }
    const module = this.#waiting;
    if (apply(settings, module)) {
      [this.#used, this.#waiting] = [version, undefined];
      return;
    }
    // The operator's files do not wait for what somebody else provides, which is offered again with other files.
    const isAlone = source.isRemote && module !== undefined && version !== this.#used;
    if (isAlone && applyAlone?.(settings) === true) this.#used = version;
  }

  /** Returns why there is a look, apart from the files. */
  #takeReasons(): { readonly isWanted: boolean; readonly hasChanged: boolean } {
    const reasons = { isWanted: this.#isRequested, hasChanged: this.#hasSourceChanged };
    [this.#isRequested, this.#hasSourceChanged] = [false, false];
    return reasons;
  }

  /** Begins to read the source, if that is due. */
  #readSource(isRequested: boolean): void {
    const isDue = performance.now() - this.#sourceReadAt >= this.#options.source.interval;
    if (this.#reading !== undefined || !(isRequested || isDue)) return;
    this.#reading = this.#readNext().then((hasChanged) => {
      this.#reading = undefined;
      this.#sourceReadAt = performance.now();
      this.#hasSourceChanged ||= hasChanged;
      if (hasChanged && !this.#ending.signal.aborted) void this.#inTurn(false);
    });
  }

  /** Returns whether the source has another version, or another problem. */
  async #readNext(): Promise<boolean> {
    const before = this.#sourceProblem;
    try {
      const next = await this.#options.source.next();
      this.#sourceProblem = undefined;
      if (next !== undefined) this.#waiting = next;
      return next !== undefined || before !== undefined;
    } catch (error) {
      this.#sourceProblem = (error as Error).message;
      return before !== this.#sourceProblem;
    }
  }

  /** The operator's files wait for each other, and not longer than until the next look. */
  async #awaitSource(): Promise<void> {
    const isOver = new AbortController();
    const { signal } = isOver;
    const limit = delay(fileInterval, undefined, { signal, ref: false }).catch(() => {});
    await Promise.race([this.#reading, limit]);
    isOver.abort();
  }

  async #useCredentials(version: string): Promise<void> {
    if (version === this.#used || version === this.#usedForCredentials) return;
    this.#usedForCredentials = version;
    this.#options.applyCredentials(await this.#options.read());
  }
}
