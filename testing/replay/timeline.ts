// What became of recorded sessions: what each was told and answered, in the order of time. Instants and
// durations are milliseconds, instants since the epoch.

import type { EffectName } from '@nhipol/runtime/abi';
import type { Answer } from '../../language/index.ts';
import type { Members } from '../generate/request-parts.ts';

export interface Timeline {
  /** The instant of the first line. */
  readonly from: bigint;
  /** That of the last one, or until when time was let pass behind it. */
  readonly until: bigint;
  /** A lane for each id, in the order in which they were opened. */
  readonly lanes: readonly Lane[];
  readonly happenings: readonly Happening[];
  /** What time alone changes next: at most one for each session, in the order of time. */
  readonly ahead: readonly Happening[];
  /** Of lines that lay before the one above them, and count as of its instant. */
  readonly behind: { readonly lines: number; readonly most: bigint };
}

export interface Lane {
  readonly id: string;
  readonly spans: readonly Span[];
  /** How many decisions were taken, by what was answered. */
  readonly decisions: Readonly<Record<EffectName, number>>;
  /** How it stands at the end; one that was revoked may have been closed since. */
  readonly end: 'open' | 'revoked' | 'closed';
}

/** What held from one instant until before another; until itself where that is the end of all. */
export interface Span {
  /** undefined: the session is open, and nothing has been decided in it. */
  readonly effect: EffectName | undefined;
  readonly from: bigint;
  readonly to: bigint;
}

export interface Happening {
  readonly at: bigint;
  readonly session: string;
  /** Of the file, from 1; undefined: time passed. */
  readonly line: number | undefined;
  readonly cause: Cause;
  /** undefined: nothing had been decided. */
  readonly before: Answer | undefined;
  /** undefined: nothing has been decided, or the session is closed. */
  readonly answer: Answer | undefined;
  /** Whether effect, reasons or constraints are others than before. */
  readonly isOther: boolean;
}

export type Cause =
  | { readonly kind: 'open' | 'close' | 'time' }
  /** What is told of it, in part or by whole members. */
  | { readonly kind: 'patch' | 'replace'; readonly part: Members }
  | {
      readonly kind: 'signal';
      readonly name: string;
      readonly told: Members;
      /** When it came about; undefined: when it was recorded. */
      readonly time: bigint | undefined;
    }
  /** Names and ids as they were told, whatever they are. */
  | { readonly kind: 'decide'; readonly action: string; readonly resource: string };

/** Of these sessions alone. */
export function only(timeline: Timeline, sessions: readonly string[]): Timeline {
  const isAbout = ({ session }: Happening) => sessions.includes(session);
  return {
    ...timeline,
    lanes: timeline.lanes.filter(({ id }) => sessions.includes(id)),
    happenings: timeline.happenings.filter(isAbout),
    ahead: timeline.ahead.filter(isAbout),
  };
}
