// Replaces the policy of a decision point: compares the answers to all live sessions first, and holds a version back that
// changes more of them than the operator allows.

import { createHash } from 'node:crypto';
import { LoadError } from '@nhipol/runtime';
import type { PolicyModule } from '../engine/policy-module.ts';
import type { LoggedPolicy } from '../log/entry.ts';
import { messageOf } from '../support/message-of.ts';
import type { DecisionPoint } from './decision-point.ts';
import { Problem } from './problem.ts';
import { type SessionCaller, serviceItself } from './session-caller.ts';

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

export interface ActivationOptions {
  readonly point: DecisionPoint;
  /** A version that changes a larger share of the sessions is held back. Default: 1, so that none is. */
  readonly holdAbove?: number;
  readonly onWarning: (warning: string) => void;
  /** A version is in use from now on. */
  readonly onActivated?: (module: Uint8Array) => void;
}

export class Activation {
  readonly #options: ActivationOptions;
  #held: { readonly next: PolicyModule; readonly shown: HeldPolicy } | undefined;
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

  /** Activates a module, or holds it back. The previous policy stays if it is held or refused. */
  offer(module: Uint8Array): Outcome {
    const { point, holdAbove = 1 } = this.#options;
    let next: PolicyModule | undefined;
    try {
      next = point.load(module);
      const preview = point.sessions.preview(next);
      const { sessions, changes } = preview;
      const share = sessions === 0 ? 0 : changes.length / sessions;
      if (share > holdAbove) return this.#hold(next, `${preview}`, share);
      preview.activate(serviceItself);
      return this.#activated(serviceItself, next, `${preview}`);
    } catch (error) {
      return this.#refuse(serviceItself, error, next);
    }
  }

  /**
   * Activates the version that was held back: the one with this digest, which somebody decided to activate. Throws a
   * `Problem` if there is none, or another one by now, such as the same module with another table.
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
    try {
      const preview = this.#options.point.sessions.preview(held.next);
      preview.activate(by);
      return this.#activated(by, held.next, `${preview}`);
    } catch (error) {
      return this.#refuse(by, error, held.next);
    }
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

  #activated({ id: by }: SessionCaller, next: PolicyModule, changes: string): Outcome {
    const { point } = this.#options;
    this.#refused = undefined;
    point.replaceModule(next);
    this.#held = undefined;
    this.#activatedAt = Date.now();
    point.lines.policy(by, undefined);
    this.#options.onActivated?.(next.bytes);
    return { kind: 'activated', changes };
  }

  #hold(next: PolicyModule, changes: string, share: number): Outcome {
    const { point, onWarning } = this.#options;
    const digest = digestOf(next, point.tables);
    this.#held = { next, shown: { digest, policy: next.logged, changes, share } };
    const percent = (100 * share).toFixed(1);
    const problem = `held back: it changes the answers to ${percent} % of the sessions (${changes})`;
    point.lines.policy(serviceItself.id, problem, next.logged);
    onWarning(`${next.logged.name} ${next.logged.version} was ${problem}`);
    return { kind: 'held', changes, share };
  }

  #refuse({ id: by }: SessionCaller, error: unknown, next: PolicyModule | undefined): Outcome {
    const { point, onWarning } = this.#options;
    const why = error instanceof LoadError ? 'it is not a policy with sessions: ' : '';
    const problem = `${why}${messageOf(error)}`;
    this.#refused = { policy: next?.logged, problem, at: Date.now() };
    point.lines.policy(by, problem, next?.logged);
    onWarning(`the policy was not activated: ${problem}`);
    return { kind: 'refused', problem };
  }
}

function digestOf({ policy, logged }: PolicyModule, tables: ReadonlyMap<string, string>): string {
  const names = policy.manifest.tables ?? [];
  if (names.length === 0) return logged.digest;
  const contents = names.map((name) => [name, tables.get(name) ?? null]);
  const text = JSON.stringify([logged.digest, contents]);
  return `sha-256:${createHash('sha256').update(text).digest('hex')}`;
}
