// Performs the steps of a case in the JavaScript host, also in a browser. Sessions are addressed by their ids, as in
// the cases. The clock of its sessions shows the time that a step sets, and never fires a timer.

import {
  type Answer,
  type ChangeKind,
  type Policy,
  type Possibility,
  type SessionChange,
  TableError,
  toAuthZen,
} from '@nhipol/runtime';
import { createRegistry } from '../../../runtime/sessions/create-sessions.ts';
// The class must be the one that the registry throws: a page contains the published runtime as a second copy.
import { SessionError } from '../../../runtime/sessions/session-error.ts';
import type { Doing, Fault, InSession, Outcome } from './steps.ts';

type SessionRegistry = ReturnType<typeof createRegistry>;
type Changes = NonNullable<Outcome['changes']>;

function decodeRequest({
  request,
  request_base64 = '',
}: Extract<Doing, { do: 'decide' | 'could' }>): string | Uint8Array {
  return request ?? Uint8Array.from(atob(request_base64), (each) => each.charCodeAt(0));
}

/** The outcome of a step that evaluates a possibility. */
export function pickPossibility({
  possible,
  reasons,
  validUntil,
  error,
}: Pick<Possibility, 'possible' | 'reasons' | 'validUntil'> & {
  readonly error: Fault | undefined;
}): Outcome {
  return {
    possible,
    reasons,
    ...(validUntil === undefined ? {} : { valid_until: validUntil }),
    ...(error === undefined ? {} : { error }),
  };
}

const kinds: readonly ChangeKind[] = [
  ...(['narrowed', 'challenged', 'denied', 'revoked', 'restored', 'changed'] as const),
];

export class Performer {
  readonly #policy: Policy;
  #sessions: SessionRegistry | undefined;
  #now = 0;
  /**
   * Changes since the last sweep step that the host found on its own, such as after a table was loaded.
   */
  #changes: Changes = [];

  constructor(policy: Policy) {
    this.#policy = policy;
  }

  do(step: Doing): Outcome {
    switch (step.do) {
      case 'decide':
        return { answer: toAuthZen(this.#decide(step)) };
      case 'could':
        return pickPossibility(this.#policy.couldJson(decodeRequest(step), step));
      case 'load_table':
        return this.#listening(() => this.#policy.loadTable(step.table, step.contents));
      case 'drop_table':
        return this.#listening(() => this.#policy.dropTable(step.table));
      default:
        return this.#inSession(step);
    }
  }

  #listening(act: () => void): Outcome {
    const note = (change: SessionChange) => {
      this.#changes = [...this.#changes, toChange(change)];
    };
    for (const kind of kinds) this.#sessions?.on(kind, note);
    const outcome = refusal(act);
    for (const kind of kinds) this.#sessions?.off(kind, note);
    return outcome;
  }

  /** Evaluates the same request from values. */
  doNative(step: Extract<Doing, { do: 'decide' | 'could' }>): Outcome {
    const { request = '', clock, now } = step;
    const value: unknown = JSON.parse(request);
    return step.do === 'could'
      ? pickPossibility(this.#policy.could(value, { clock, now }))
      : { answer: toAuthZen(this.#policy.decide(value, { clock, now })) };
  }

  #decide(step: Extract<Doing, { do: 'decide' }>): Answer {
    const { clock, now } = step;
    return this.#policy.decideJson(decodeRequest(step), { clock, now });
  }

  #inSession(step: InSession): Outcome {
    if ('now' in step) this.#now = step.now;
    this.#sessions ??= this.#open();
    const sessions = this.#sessions;
    switch (step.do) {
      case 'open':
        return refusal(() => sessions.open(step.session, step.request));
      case 'patch':
        return refusal(() => sessions.patch(step.session, JSON.parse(step.part)));
      case 'replace':
        return refusal(() => sessions.replace(step.session, step.part));
      case 'record':
        return refusal(() => sessions.record(step.session, step.signal, step.payload, step.time));
      case 'decide_session': {
        const part = JSON.parse(step.request ?? '{}');
        const answer =
          step.request === undefined
            ? sessions.decide(step.session)
            : sessions.decide(step.session, part);
        return { answer: toAuthZen(answer) };
      }
      case 'could_session': {
        const part = step.request === undefined ? undefined : JSON.parse(step.request);
        const found = sessions.could(step.session, part);
        return pickPossibility({ ...found, error: found.error && pickFault(found.error) });
      }
      case 'reevaluate':
        return { answer: toAuthZen(sessions.reevaluate(step.session)) };
      case 'sweep':
        return { changes: this.#sweep(sessions, step.all) };
      case 'snapshot':
        return catchOutcome(() => ({ text: sessions.snapshot(step.session) }));
      case 'restore':
        return catchOutcome(() => {
          const { id, mismatch } = sessions.restore(step.text);
          return { session: id, ...(mismatch && { mismatch: pickFault(mismatch) }) };
        });
      case 'close':
        return refusal(() => sessions.close(step.session));
    }
  }

  #open(): SessionRegistry {
    const clock = { now: () => this.#now, at: () => () => {} };
    return createRegistry(this.#policy, { clock, revokedIdLifetime: 0 });
  }

  #sweep(sessions: SessionRegistry, all: boolean): Changes {
    const changes = [...this.#changes, ...sessions.sweep({ all }).map(toChange)];
    this.#changes = [];
    return changes.sort((a, b) => (a.session < b.session ? -1 : 1));
  }
}

function toChange({ id, before, answer }: SessionChange): Changes[number] {
  return { session: id, before, after: answer.effect };
}

function refusal(act: () => void): Outcome {
  return catchOutcome(() => {
    act();
    return {};
  });
}

function catchOutcome(act: () => Outcome): Outcome {
  try {
    return act();
  } catch (failure) {
    if (failure instanceof TableError) {
      return { error: { ...pickFault(failure), offset: failure.offset } };
    }
    if (failure instanceof SessionError) return { error: pickFault(failure) };
    throw failure;
  }
}

function pickFault({ code, path, expected, found }: Fault): Fault {
  return { code, path, expected, found };
}
