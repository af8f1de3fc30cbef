// Replaces the policy of a decision point: compares the answers to all live sessions first, and holds a version back that
// changes more of them than the operator allows.

import { createHash } from 'node:crypto';
import { LoadError } from '@nhipol/runtime';
import type { PolicyModule } from '../engine/policy-module.ts';
import type { LoggedPolicy } from '../log/entry.ts';
import { formatErrorMessage } from '../support/message-of.ts';
import type { DecisionPoint } from './decision-point.ts';
import { Problem } from './problem.ts';
import { type SessionCaller, serviceItself } from './session-caller.ts';
import type { SessionsPreview } from './session-host.ts';

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
  /** undefined: there is no policy to name, such as when its source cannot be read. */
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
  /** A version that was held back is about to be used. Throws if it cannot be kept for the next start. */
  readonly onForce?: (version: ModuleWithTables) => void;
}

interface HeldVersion {
  readonly next: PolicyModule;
  readonly tables: ReadonlyMap<string, string>;
  readonly shown: HeldPolicy;
}

export class Activation {
  readonly #options: ActivationOptions;
  #held: HeldVersion | undefined;
  readonly #observers = new Set<(outcome: Outcome) => void>();
  #activatedAt = Date.now();
  #refused: RefusedChange | undefined;

  constructor(options: ActivationOptions) {
    this.#options = options;
  }

  /** The version that was held back. */
  get held(): HeldPolicy | undefined {
    return this.#held?.shown;
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
   * Activates the version that was held back: the one with this digest, which somebody decided to activate. Throws a
   * `Problem` if there is none, or another one by now, such as the same module with another table, or if it cannot be kept.
   */
  force(by: SessionCaller, digest: string): Outcome {
    const held = this.#held;
    if (held === undefined)
      throw new Problem(409, 'no policy was held back', { code: 'none_held' });
    const { digest: current, policy } = held.shown;
    if (current !== digest) {
      const { name, version } = policy;
      const detail = `another policy is held back by now: ${name} ${version}, ${current}`;
      throw new Problem(409, detail, { code: 'other_held', path: '$.digest' });
    }
    const { next, tables } = held;
    const { point, onForce } = this.#options;
    try {
      onForce?.({ module: next.bytes, tables });
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
    for (const observer of this.#observers) observer(outcome);
    return outcome;
  }

  /** A change that is not in use is no longer wanted. */
  settle(): void {
    this.#refused = undefined;
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
    preview.activate(caller);
    this.#refused = undefined;
    point.replaceModule(next, tables);
    this.#held = undefined;
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
    const digest = computeDigest(next, tables);
    this.#held = { next, tables, shown: { digest, policy: next.logged, changes, share } };
    const percent = (100 * share).toFixed(1);
    const problem = `held back: it changes the answers to ${percent} % of the sessions (${changes})`;
    point.lines.policy(serviceItself.id, problem, next.logged);
    onWarning(`${next.logged.name} ${next.logged.version} was ${problem}`);
    return { kind: 'held', changes, share };
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
