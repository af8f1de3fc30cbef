// Replays sessions from a log: takes its lines in the order of time and returns the timeline of each session, or
// the errors in the lines. Between two lines time passes, and every answer that expires is evaluated again at that
// instant. No clock, no I/O.

import type { EvaluatedAnswer } from '@nhipol/language';
import { didYouMean, suggest } from '@nhipol/language/support';
import { formatInstant, lastInstant } from '@nhipol/language/types';
import { stringify } from '@nhipol/runtime';
import { type EffectName, effects, type JsonValue } from '@nhipol/runtime/abi';
import {
  applyRequestChange,
  createQueryChange,
  createReplacement,
  findMember,
  type JsonMembers,
} from '../generate/request-parts.ts';
import type { Host, InputRefusal } from './host.ts';
import type { LineFault } from './line-json.ts';
import type { ReplayedApproval, ReplayLine, SessionInput } from './log-line.ts';
import type { EffectSpan, Happening, HappeningCause, Lane, Timeline } from './timeline.ts';

export interface Replayed {
  readonly timeline: Timeline;
  /** If there are any, the events of these lines are missing from the timeline. */
  readonly faults: readonly LineFault[];
  /** Inputs that the policy refused, of the lines that can be skipped. */
  readonly skipped: readonly LineFault[];
}

/** As in sessions: the maximum difference between the clocks of several machines. */
const tolerance = 60_000n;
/** The maximum number of consecutive answers that expire without a change. */
const maxEnds = 1_000;

/** `until`: time passes until then after the last line, or `undefined` if it does not. */
export function replay(
  host: Host,
  lines: readonly ReplayLine[],
  until: bigint | undefined,
): Replayed {
  const course = new Course(host, lines[0]?.at ?? until ?? 0n);
  for (const line of lines) course.read(line);
  return course.end(until);
}

interface Held {
  readonly id: string;
  readonly spans: EffectSpan[];
  readonly decisions: Record<EffectName, number>;
  /** `undefined` if nothing was decided. */
  standing: EvaluatedAnswer | undefined;
  request: JsonMembers;
  end: Lane['end'];
  isOpen: boolean;
  /** Whether the latest call has an approval. */
  isApproved: boolean;
  /** A line that should have opened it was rejected, so later errors about it are not reported. */
  isLost: boolean;
}

class Course {
  readonly #host: Host;
  readonly #from: bigint;
  #now: bigint;
  readonly #sessions = new Map<string, Held>();
  readonly #happenings: Happening[] = [];
  readonly #faults: LineFault[] = [];
  readonly #skipped: LineFault[] = [];
  /** When an answer must be evaluated again. */
  readonly #due = new Map<Held, bigint>();
  /** No answer expires before this instant. */
  #earliest = lastInstant;
  #behind = { lines: 0, most: 0n };
  #isOutOfOrder = false;

  constructor(host: Host, from: bigint) {
    this.#host = host;
    this.#from = from;
    this.#now = from;
  }

  read(entry: ReplayLine): void {
    if (this.#isOutOfOrder) return;
    const back = this.#now - entry.at;
    if (back > tolerance) {
      this.#isOutOfOrder = true;
      const message = `it is earlier than the line above it, at ${formatInstant(this.#now)}: sort the lines by time`;
      this.#faults.push({ line: entry.line, path: '$.at', message });
      return;
    }
    if (back > 0n) {
      const { lines, most } = this.#behind;
      this.#behind = { lines: lines + 1, most: back > most ? back : most };
    }
    this.#pass(entry.at);
    const fault = this.#happen(entry);
    if (fault === undefined) return;
    const faults = entry.isSkippable ? this.#skipped : this.#faults;
    faults.push({ line: entry.line, ...fault });
  }

  end(until: bigint | undefined): Replayed {
    if (until !== undefined) this.#pass(until);
    for (const held of this.#sessions.values()) this.#show(held, undefined);
    const lanes = [...this.#sessions.values()].map(({ id, spans, decisions, end }) => ({
      id,
      spans,
      decisions,
      end,
    }));
    const timeline: Timeline = {
      from: this.#from,
      until: this.#now,
      lanes,
      happenings: this.#happenings,
      ahead: this.#ahead(),
      behind: this.#behind,
    };
    return { timeline, faults: this.#faults, skipped: this.#skipped };
  }

  // --- time ----------------------------------------------------------------------------------------

  /** Evaluates again the answers that expire until then, inclusive, at the instant of their expiry. */
  #pass(to: bigint): void {
    while (this.#earliest <= to) {
      let next: [Held, bigint] | undefined;
      for (const entry of this.#due) if (next === undefined || entry[1] < next[1]) next = entry;
      if (next === undefined || next[1] > to) {
        this.#earliest = next?.[1] ?? lastInstant;
        break;
      }
      const [held, at] = next;
      this.#now = at;
      this.#judge(held, undefined, { kind: 'time' });
    }
    if (to > this.#now) this.#now = to;
  }

  /** The first future change by time of each session. Notifies of nothing afterwards. */
  #ahead(): readonly Happening[] {
    const happenings: Happening[] = [];
    for (const [held, due] of this.#due) {
      let at: bigint | undefined = due;
      for (let ends = 0; at !== undefined && at <= lastInstant && ends < maxEnds; ends += 1) {
        const answer = this.#host.judge(held.id, at);
        if (isOther(held.standing, answer)) {
          const [before, cause] = [held.standing, { kind: 'time' } as const];
          const who = { session: held.id, line: undefined };
          happenings.push({ instant: at, ...who, cause, before, answer, isOther: true });
          break;
        }
        at = findEnd(answer);
      }
    }
    return happenings.sort((a, b) => (a.instant < b.instant ? -1 : a.instant > b.instant ? 1 : 0));
  }

  #await(held: Held, until: bigint | undefined): void {
    if (until === undefined) {
      this.#due.delete(held);
      return;
    }
    if (until <= this.#now) throw new Error('broken invariant: an answer that ended before');
    this.#due.set(held, until);
    if (until < this.#earliest) this.#earliest = until;
  }

  // --- lines ---------------------------------------------------------------------------------------

  /** The error in the line, if any. */
  #happen({ line, session: id, input }: ReplayLine): Fault | undefined {
    if (input.kind === 'open') return this.#open(id, input.request, line);
    const held = this.#sessions.get(id);
    if (held?.isLost) return undefined;
    if (held === undefined || !held.isOpen) return this.#notOpen(id, held);
    if (input.kind === 'close') {
      this.#close(held, line);
      return undefined;
    }
    if (input.kind === 'decide') {
      this.#decide(held, input, line);
      return undefined;
    }
    // A session that ended ignores further input.
    const fault = held.end === 'revoked' ? undefined : this.#take(held, input);
    if (fault !== undefined) return fault;
    this.#judge(held, line, input);
    if (input.kind === 'signal') this.#judgeOthers(held);
    return undefined;
  }

  #notOpen(id: string, held: Held | undefined): Fault {
    if (held !== undefined) return { path: '$.session', message: `\`${id}\` is closed` };
    const near = suggest(id, this.#sessions.keys());
    const help = near.length > 0 ? didYouMean(near) : 'a line with `open` opens it';
    return { path: '$.session', message: `unknown session \`${id}\`: ${help}` };
  }

  #open(id: string, request: JsonMembers, line: number): Fault | undefined {
    const existingSession = this.#sessions.get(id);
    if (existingSession?.isOpen && !existingSession.isLost)
      return { path: '$.open', message: `\`${id}\` is open already` };
    const refused = this.#host.open(id, request, this.#now);
    const held: Held = {
      id,
      spans: existingSession?.spans ?? [],
      decisions: existingSession?.decisions ?? createDecisionCounts(),
      standing: undefined,
      request,
      end: 'open',
      isOpen: true,
      isApproved: false,
      isLost: refused !== undefined,
    };
    this.#sessions.set(id, held);
    if (refused !== undefined) return toFault('$.open', refused);
    this.#push(held, line, { kind: 'open' }, undefined, undefined);
    this.#show(held, { effect: undefined });
    return undefined;
  }

  #take(
    held: Held,
    input: Extract<SessionInput, { kind: 'patch' | 'replace' | 'signal' }>,
  ): Fault | undefined {
    if (input.kind === 'signal') {
      const { name } = input;
      if (!this.#host.signals.includes(name)) return createSignalFault(name, this.#host.signals);
      const refused = this.#host.record(held.id, input, this.#now);
      return refused && toFault('$.payload', refused);
    }
    const change =
      input.kind === 'patch' ? { part: input.part, replaced: [] } : createReplacement(input.part);
    const request = applyRequestChange(held.request, change);
    const other = input.kind === 'patch' ? findOtherKind(held.request, request) : undefined;
    if (other !== undefined) return other;
    const refused = this.#host.change(held.id, change, this.#now);
    if (refused !== undefined) return toFault(`$.${input.kind}`, refused);
    held.request = request;
    return undefined;
  }

  #decide(held: Held, { query, approval, facts }: Decide, line: number): void {
    if (facts !== undefined) this.#adopt(held, facts);
    const request = applyRequestChange(held.request, createQueryChange(query));
    const before = held.standing;
    this.#withdraw(held);
    const refused = this.#host.decide(held.id, query, this.#now);
    const answer = this.#applyApproval(held, query, refused, approval) ?? refused;
    const cause: HappeningCause = { kind: 'decide', ...readNames(request) };
    held.decisions[answer.effect] += 1;
    // The query cannot be evaluated: it is rejected, and the previous one remains.
    if (answer.error !== undefined && answer.effect !== 'revoke') {
      this.#push(held, line, cause, before, answer);
      return;
    }
    held.request = request;
    this.#recordAnswer(held, line, cause, answer);
    this.#judgeOthers(held);
  }

  /** Replaces the facts by those of a call, together with the call. Facts that the policy refuses leave the session as it is. */
  #adopt(held: Held, facts: JsonMembers): void {
    const change = createReplacement(facts);
    if (this.#host.change(held.id, change, this.#now) !== undefined) return;
    held.request = applyRequestChange(held.request, change);
  }

  /**
   * The answer with the approval, which is valid until the next decision, or `undefined` if there is none, or it
   * does not help.
   */
  #applyApproval(
    held: Held,
    query: JsonMembers,
    { effect, callDigest }: EvaluatedAnswer,
    approval: ReplayedApproval | undefined,
  ): EvaluatedAnswer | undefined {
    if (approval === undefined || effect !== 'challenge' || callDigest === undefined) {
      return undefined;
    }
    const { approver, grantedAt, expiresAt } = approval;
    const by = approver === undefined ? {} : { approver };
    const granted = { digest: callDigest, granted_at: grantedAt, expires_at: expiresAt, ...by };
    if (this.#setApprovals(held, [granted]) !== undefined) return undefined;
    held.isApproved = true;
    return this.#host.decide(held.id, query, this.#now);
  }

  #withdraw(held: Held): void {
    if (held.isApproved) this.#setApprovals(held, []);
    held.isApproved = false;
  }

  #setApprovals({ id }: Held, approvals: readonly JsonMembers[]): InputRefusal | undefined {
    const change = { part: { context: { approvals } }, replaced: [] };
    return this.#host.change(id, change, this.#now);
  }

  #close(held: Held, line: number): void {
    this.#host.close(held.id);
    const before = held.standing;
    held.standing = undefined;
    held.isOpen = false;
    if (held.end === 'open') held.end = 'closed';
    this.#due.delete(held);
    this.#push(held, line, { kind: 'close' }, before, undefined);
    this.#show(held, undefined);
  }

  // --- answers -------------------------------------------------------------------------------------

  /** Evaluates the latest query again. Without a line of its own, an equal answer is not reported. */
  #judge(held: Held, line: number | undefined, cause: HappeningCause): void {
    if (held.standing === undefined) {
      this.#push(held, line, cause, undefined, undefined);
      return;
    }
    const answer = held.end === 'revoked' ? held.standing : this.#host.judge(held.id, this.#now);
    if (line === undefined && !isOther(held.standing, answer)) {
      held.standing = answer;
      this.#await(held, findEnd(answer));
    } else this.#recordAnswer(held, line, cause, answer);
  }

  /** Evaluates the sessions again whose answers can have changed by an event in this one. */
  #judgeOthers({ id }: Held): void {
    if (!this.#host.sharesHistory) return;
    for (const other of this.#sessions.values()) {
      if (other.id === id || !other.isOpen || other.standing === undefined) continue;
      this.#judge(other, undefined, { kind: 'other_session', session: id });
    }
  }

  #recordAnswer(
    held: Held,
    line: number | undefined,
    cause: HappeningCause,
    answer: EvaluatedAnswer,
  ): void {
    this.#push(held, line, cause, held.standing, answer);
    held.standing = answer;
    if (answer.effect === 'revoke') held.end = 'revoked';
    this.#await(held, findEnd(answer));
    this.#show(held, answer);
  }

  #push(
    { id: session }: Held,
    line: number | undefined,
    cause: HappeningCause,
    before: EvaluatedAnswer | undefined,
    answer: EvaluatedAnswer | undefined,
  ): void {
    const other = answer !== undefined && isOther(before, answer);
    this.#happenings.push({
      instant: this.#now,
      session,
      line,
      cause,
      before,
      answer,
      isOther: other,
    });
  }

  /** Ends the current span of the lane now, and starts the next one; `undefined` starts none. */
  #show({ spans }: Held, next: { readonly effect: EffectName | undefined } | undefined): void {
    const last = spans.at(-1);
    const isOpen = last !== undefined && last.to === stillOpen;
    if (isOpen && next !== undefined && last.effect === next.effect) return;
    if (isOpen) spans[spans.length - 1] = { ...last, to: this.#now };
    if (next !== undefined) spans.push({ effect: next.effect, from: this.#now, to: stillOpen });
  }
}

/** Later than everything that a log can contain. */
const stillOpen = lastInstant + 1n;

type Decide = Extract<SessionInput, { kind: 'decide' }>;

type Fault = Omit<LineFault, 'line'>;

/** Whether effect, reasons, constraints or the counter-offer changed; the first answer is a change. */
function isOther(before: EvaluatedAnswer | undefined, answer: EvaluatedAnswer): boolean {
  if (before === undefined) return true;
  const comparable = ({ effect, reasons, constraints, lower }: EvaluatedAnswer) =>
    stringify([effect, reasons, constraints, lower]);
  return comparable(before) !== comparable(answer);
}

function createDecisionCounts(): Record<EffectName, number> {
  return Object.fromEntries(effects.map((effect) => [effect, 0])) as Record<EffectName, number>;
}

function toFault(root: string, { path, expected, found }: InputRefusal): Fault {
  return { path: `${root}${path.slice(1)}`, message: `expected ${expected}, found ${found}` };
}

function createSignalFault(name: string, signals: readonly string[]): Fault {
  const near = suggest(name, signals);
  const help = near.length > 0 ? `: ${didYouMean(near)}` : '';
  return { path: '$.signal', message: `the policy declares no signal \`${name}\`${help}` };
}

/** The members that select rules, which a patch of a session cannot change. */
const kinds = [
  ['subject', 'type'],
  ['action', 'name'],
  ['resource', 'type'],
];

function findOtherKind(before: JsonMembers, after: JsonMembers): Fault | undefined {
  const other = kinds.find((path) => findMember(before, path) !== findMember(after, path));
  if (other === undefined || findMember(after, other) === undefined) return undefined;
  const path = `$.patch.${other.join('.')}`;
  return { path, message: 'it can only be changed by `decide` or `replace`' };
}

function readNames({ action, resource }: JsonMembers): { action: string; resource: string } {
  const text = (value: JsonValue | undefined, path: readonly string[]) => {
    const found = value === undefined ? undefined : findMember(value, path);
    return typeof found === 'string' ? found : '';
  };
  const [type, id] = [text(resource, ['type']), text(resource, ['id'])];
  return { action: text(action, ['name']), resource: [type, id].filter(Boolean).join(' ') };
}

function findEnd({ validUntil }: EvaluatedAnswer): bigint | undefined {
  return validUntil === undefined ? undefined : BigInt(validUntil);
}
