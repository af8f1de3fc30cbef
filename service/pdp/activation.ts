// Replaces the policy of a decision point: compares the answers to all live sessions first, and holds a version back that
// changes more of them than the operator allows. Another version and other tables of the version in use are held back side
// by side, so that an operator can activate the tables alone.

import { createHash } from 'node:crypto';
import { LoadError } from '@nhipol/runtime';
import type { PolicyModule } from '../engine/policy-module.ts';
import type { LoggedPolicy } from '../log/entry.ts';
import { formatErrorMessage } from '../support/message-of.ts';
import type { DecisionPoint } from './decision-point.ts';
import { Problem } from './problem.ts';
import { type SessionCaller, serviceItself } from './sessions/session-caller.ts';
import type { SessionsPreview } from './sessions/session-host.ts';

export type Outcome =
  /** `changes`: such as `42 permit → narrow, 955 as before`. */
  | { readonly kind: 'activated'; readonly changes: string }
  | { readonly kind: 'held'; readonly changes: string; readonly share: number }
  | { readonly kind: 'refused'; readonly problem: string };

export interface HeldPolicy {
  /** Identifies the module together with the contents of its external tables. */
  readonly digest: string;
  readonly policy: LoggedPolicy;
  readonly changes: string;
  /** The share of sessions whose answer would change, 0 to 1. */
  readonly share: number;
}

/** Why a newer version, or a change of the settings that are read with it, is not in use. */
export interface RefusedChange {
  /** `undefined` if there is no policy to name, such as when its source cannot be read. */
  readonly policy: LoggedPolicy | undefined;
  readonly problem: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A module with the contents of its external tables, JSON by name. */
export interface ModuleWithTables {
  readonly module: Uint8Array;
  readonly tables: ReadonlyMap<string, string>;
}

export interface ActivationOptions {
  readonly point: DecisionPoint;
  /** A version that changes a larger share of the sessions is held back. Default: 1, so that none is. */
  readonly holdAbove?: number;
  readonly onWarning: (warning: string) => void;
  /**
   * A version that was held back is about to be used. `isLast`: nothing else is held back. Throws if it cannot be kept for the
   * next start.
   */
  readonly onForce?: (version: ModuleWithTables, isLast: boolean) => void;
}

/** Another version with its tables, or other tables of the version in use. */
export type HeldKind = 'version' | 'tables';

interface HeldVersion {
  readonly next: PolicyModule;
  readonly tables: ReadonlyMap<string, string>;
  readonly shown: HeldPolicy;
  /** The module in use with which it was compared. */
  readonly comparedWith: PolicyModule;
}

export class Activation {
  readonly #options: ActivationOptions;
  #held: Readonly<Partial<Record<HeldKind, HeldVersion>>> = {};
  readonly #observers = new Set<(outcome: Outcome) => void>();
  #activatedAt = Date.now();
  #refused: RefusedChange | undefined;

  constructor(options: ActivationOptions) {
    this.#options = options;
  }

  /** The version that was held back, or else the tables of the version in use that were. */
  get held(): HeldPolicy | undefined {
    const { version, tables } = this.#held;
    return (version ?? tables)?.shown;
  }

  /** The version in use with other tables, if these were held back in addition to another version. */
  get heldTables(): HeldPolicy | undefined {
    const { version, tables } = this.#held;
    return version === undefined ? undefined : tables?.shown;
  }

  /** Whether versions can be held back. */
  get holdsBack(): boolean {
    return (this.#options.holdAbove ?? 1) < 1;
  }

  /** The latest change, if it was refused. */
  get refused(): RefusedChange | undefined {
    return this.#refused;
  }

  /** Milliseconds since the epoch. */
  get activatedAt(): number {
    return this.#activatedAt;
  }

  /** Calls the function with the outcome of each `force`, before it is answered. */
  watchForced(observer: (outcome: Outcome) => void): void {
    this.#observers.add(observer);
  }

  isInUse(module: Uint8Array): boolean {
    return isSameModule(module, this.#options.point.policy.bytes);
  }

  /** Whether a module with these tables is held back, after a comparison with what is in use now. */
  isHeld({ module, tables }: ModuleWithTables): boolean {
    const { point } = this.#options;
    const held = this.#held[this.#findHeldKind(module)];
    return (
      held?.comparedWith === point.policy &&
      isSameModule(held.next.bytes, module) &&
      isSameTables(held.tables, tables)
    );
  }

  /** Drops a version that was held back. */
  withdraw(kind: HeldKind): void {
    this.#held = { ...this.#held, [kind]: undefined };
  }

  /**
   * Activates a module with its tables (default: those in use), or holds it back. The previous policy stays if it is held or
   * refused.
   */
  offer(module: Uint8Array, tables = this.#options.point.tables): Outcome {
    const { point, holdAbove = 1 } = this.#options;
    let next: PolicyModule | undefined;
    try {
      next = point.load(module, tables);
      const preview = point.sessions.preview(next);
      const { sessions, changes } = preview;
      const share = sessions === 0 ? 0 : changes.length / sessions;
      if (share > holdAbove) return this.#hold({ next, tables }, `${preview}`, share);
      return this.#use(serviceItself, { next, tables }, preview);
    } catch (error) {
      return this.#refuse(serviceItself, error, next);
    }
  }

  /**
   * Activates what was held back: the one with this digest, which somebody decided to activate. Another version that was held
   * back in addition to tables is compared again. Throws a `Problem` if there is none, or another one by now, such as the same module
   * with another table, or if it cannot be kept.
   */
  force(by: SessionCaller, digest: string): Outcome {
    const held = this.#findHeld(digest);
    const { next, tables } = held;
    const { point, onForce } = this.#options;
    const other = held === this.#held.tables ? this.#held.version : undefined;
    try {
      onForce?.({ module: next.bytes, tables }, other === undefined);
    } catch (error) {
      const detail = `the policy cannot be kept for the next start: ${formatErrorMessage(error)}`;
      throw new Problem(503, detail, { code: 'not_kept' });
    }
    let outcome: Outcome;
    try {
      outcome = this.#use(by, held, point.sessions.preview(next));
    } catch (error) {
      outcome = this.#refuse(by, error, next);
    }
    if (other !== undefined && outcome.kind === 'activated') {
      this.withdraw('version');
      this.offer(other.next.bytes, other.tables);
    }
    for (const observer of this.#observers) observer(outcome);
    return outcome;
  }

  #findHeld(digest: string): HeldVersion {
    const { version, tables } = this.#held;
    const [first, second] = [version, tables].filter((heldVersion) => heldVersion !== undefined);
    if (first === undefined)
      throw new Problem(409, 'no policy was held back', { code: 'none_held' });
    for (const heldVersion of [first, second])
      if (heldVersion?.shown.digest === digest) return heldVersion;
    const { policy, digest: current } = first.shown;
    const detail = `another policy is held back by now: ${policy.name} ${policy.version}, ${current}`;
    throw new Problem(409, detail, { code: 'other_held', path: '$.digest' });
  }

  /** A change that is not in use is no longer wanted. */
  settle(): void {
    this.#refused = undefined;
  }

  /** A change that was refused before is still not in use, unless a later one was refused, too. */
  restoreRefused(refused: RefusedChange | undefined): void {
    this.#refused ??= refused;
  }

  /** A change cannot be used. `effect`: on what can be used. */
  refuse(problem: string, effect = 'nothing is changed'): void {
    if (this.#refused?.problem === problem) return;
    const { point, onWarning } = this.#options;
    this.#refused = { policy: undefined, problem, at: Date.now() };
    point.lines.policy(serviceItself.id, problem);
    onWarning(`${effect}: ${problem}`);
  }

  /** Throws if the sessions cannot be migrated: then the version before stays. */
  #use(
    caller: SessionCaller,
    { next, tables }: Pick<HeldVersion, 'next' | 'tables'>,
    preview: SessionsPreview,
  ): Outcome {
    const { point } = this.#options;
    const kind = this.#findHeldKind(next.bytes);
    preview.activate(caller);
    this.#refused = undefined;
    point.replaceModule(next, tables);
    this.withdraw('tables');
    if (kind === 'version') this.withdraw('version');
    this.#activatedAt = Date.now();
    point.lines.policy(caller.id, undefined);
    return { kind: 'activated', changes: `${preview}` };
  }

  #hold(
    { next, tables }: Pick<HeldVersion, 'next' | 'tables'>,
    changes: string,
    share: number,
  ): Outcome {
    const { point, onWarning } = this.#options;
    const shown = { digest: computeDigest(next, tables), policy: next.logged, changes, share };
    const kind = this.#findHeldKind(next.bytes);
    this.#held = { ...this.#held, [kind]: { next, tables, shown, comparedWith: point.policy } };
    const percent = (100 * share).toFixed(1);
    const problem = `held back: it changes the answers to ${percent} % of the sessions (${changes})`;
    point.lines.policy(serviceItself.id, problem, next.logged);
    const { name, version } = next.logged;
    const what = kind === 'tables' ? ', the version in use, with other tables' : '';
    onWarning(`${name} ${version}${what} was ${problem}`);
    return { kind: 'held', changes, share };
  }

  #findHeldKind(module: Uint8Array): HeldKind {
    return this.isInUse(module) ? 'tables' : 'version';
  }

  #refuse({ id: by }: SessionCaller, error: unknown, next: PolicyModule | undefined): Outcome {
    const { point, onWarning } = this.#options;
    const why = error instanceof LoadError ? 'it is not a policy with sessions: ' : '';
    const problem = `${why}${formatErrorMessage(error)}`;
    this.#refused = { policy: next?.logged, problem, at: Date.now() };
    point.lines.policy(by, problem, next?.logged);
    onWarning(`the policy was not activated: ${problem}`);
    return { kind: 'refused', problem };
  }
}

function isSameModule(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** Compares the contents of external tables, JSON by name. */
function isSameTables(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([name, text]) => b.get(name) === text);
}

function computeDigest(
  { policy, logged }: PolicyModule,
  tables: ReadonlyMap<string, string>,
): string {
  const names = policy.manifest.tables ?? [];
  if (names.length === 0) return logged.digest;
  const contents = names.map((name) => [name, tables.get(name) ?? null]);
  const text = JSON.stringify([logged.digest, contents]);
  return `sha-256:${createHash('sha256').update(text).digest('hex')}`;
}
