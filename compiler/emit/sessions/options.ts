// What the doors of sessions are made of, and what several of them say alike.

import { maxSessionId } from '@nhipol/runtime/abi';
import type { IrConstraint } from '../../ir/ir.ts';
import type { Block } from '../data/static-data.ts';
import type { SessionPieces } from './carrying.ts';
import type { SessionHistory } from './history.ts';
import type { SessionSlots } from './slots.ts';

export interface SessionDoorOptions {
  readonly slots: SessionSlots;
  /** undefined: no rule asks for what happened. */
  readonly history:
    | (SessionHistory & { readonly effect: number; readonly time: number })
    | undefined;
  /** Where the facts of subject, action, resource and context lie. */
  readonly roots: readonly { readonly start: number; readonly size: number }[];
  /** A bit for each word of a session's record that tells of action or resource. */
  readonly askedWords: number;
  /** Cells of the request's own strings, by root. */
  readonly own: readonly (readonly number[])[];
  /** By root, where pointers and lengths of the names that the policy lists are, from 1 on. */
  readonly names: readonly number[];
  /** Whether a session keeps the words of its atoms: rules look at these and at its record's words alone. */
  readonly keepsAtoms: boolean;
  /** Whether rules look at the words of atoms alone, and never at the time. */
  readonly isPacked: boolean;
  /** Tables come with the door that reserves memory. */
  readonly hasTables: boolean;
  /** Where the words of atoms lie. */
  readonly atoms: number;
  /** What stands between the values of a session's text. */
  readonly pieces: SessionPieces;
  /** Where the digest of the call is, and the policy's name; undefined: the policy does not declare it. */
  readonly digest: { readonly cell: number; readonly policy: Block } | undefined;
  /** Where pointers and lengths of the names of effects are. */
  readonly effects: number;
  /** Reasons that a session may be revoked for: the number of each, and pointer and length of its name. */
  readonly revokes: { readonly address: number; readonly count: number };
  /** How the value of each constraint is held. */
  readonly constraints: readonly IrConstraint[];
}

/** Of an id, with its end. */
export const idBytes = maxSessionId + 1;

/** The words of a session's atoms, out of the judge's. */
export function keepWords({ atoms }: SessionDoorOptions): string {
  return `store<u64>(session, load<u64>(${atoms})); store<u64>(session, load<u64>(${atoms}, 8), 8);`;
}

/** And back. */
export function recallWords({ atoms }: SessionDoorOptions): string {
  return `store<u64>(${atoms}, load<u64>(session)); store<u64>(${atoms}, load<u64>(session, 8), 8);`;
}

/** What happened, in the cells where rules look for it. */
export function recallHistory({ history }: SessionDoorOptions): string {
  return history === undefined
    ? ''
    : 'recallTerms(TERMS, TERM_COUNT, TRACKS, load<u32>(rest, 16), load<i64>(rest, 8));';
}
