// The timeline of recorded sessions: what each received and answered, in the order of time. Instants and durations
// are milliseconds, instants since the epoch.

import type { EvaluatedAnswer } from '@nhipol/language';
import type { EffectName } from '@nhipol/runtime/abi';
import type { JsonMembers } from '../generate/request-parts.ts';

export interface Timeline {
  /** The instant of the first line. */
  readonly from: bigint;
  /** The instant of the last line, or until when time passes after it. */
  readonly until: bigint;
  /** A lane for each id, in the order in which they were opened. */
  readonly lanes: readonly Lane[];
  readonly happenings: readonly Happening[];
  /** The changes that time alone causes next: at most one change for each session, in the order of time. */
  readonly ahead: readonly Happening[];
  /** Lines that are earlier than the one above them. They are replayed at its instant. */
  readonly behind: { readonly lines: number; readonly most: bigint };
}

export interface Lane {
  readonly id: string;
  readonly spans: readonly EffectSpan[];
  /** The number of decisions, by effect. */
  readonly decisions: Readonly<Record<EffectName, number>>;
  /** The final state; a revoked session may have been closed since. */
  readonly end: 'open' | 'revoked' | 'closed';
}

/** A state from one instant until before another; the last one of all includes its end. */
export interface EffectSpan {
  /** `undefined` if the session is open, and nothing has been decided. */
  readonly effect: EffectName | undefined;
  readonly from: bigint;
  readonly to: bigint;
}

export interface Happening {
  readonly instant: bigint;
  readonly session: string;
  /** The line in the file, from 1, or `undefined` if time passed. */
  readonly line: number | undefined;
  readonly cause: HappeningCause;
  /** `undefined` if nothing had been decided. */
  readonly before: EvaluatedAnswer | undefined;
  /** `undefined` if nothing has been decided, or the session is closed. */
  readonly answer: EvaluatedAnswer | undefined;
  /** Whether effect, reasons, constraints or the counter-offer changed. */
  readonly isOther: boolean;
}

export type HappeningCause =
  | { readonly kind: 'open' | 'close' | 'time' }
  /** An event in another session. */
  | { readonly kind: 'other_session'; readonly session: string }
  /** The changed facts, in part or by whole members. */
  | { readonly kind: 'patch' | 'replace'; readonly part: JsonMembers }
  | {
      readonly kind: 'signal';
      readonly name: string;
      readonly payload: JsonMembers;
      /** When it occurred, or `undefined` for the time when it was recorded. */
      readonly time: bigint | undefined;
    }
  /** Names and ids as recorded, without validation. */
  | { readonly kind: 'decide'; readonly action: string; readonly resource: string };

/** The part of a timeline about these sessions. */
export function selectSessions(timeline: Timeline, sessions: readonly string[]): Timeline {
  const isSelected = ({ session }: Happening) => sessions.includes(session);
  return {
    ...timeline,
    lanes: timeline.lanes.filter(({ id }) => sessions.includes(id)),
    happenings: timeline.happenings.filter(isSelected),
    ahead: timeline.ahead.filter(isSelected),
  };
}
