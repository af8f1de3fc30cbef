// The options of the session exports, and code that several of them share.

import { maxSessionId } from '@nhipol/runtime/abi';
import type { IrConstraint } from '../../ir/ir.ts';
import type { Block } from '../data/static-data.ts';
import type { SessionPieces } from './carrying.ts';
import type { SessionHistory } from './history.ts';
import type { SessionSlots } from './slots.ts';

export interface SessionDoorOptions {
  readonly slots: SessionSlots;
  /** undefined: no rule uses history. */
  readonly history:
    | (SessionHistory & { readonly effect: number; readonly time: number })
    | undefined;
  /** The ranges of the facts of subject, action, resource and context. */
  readonly roots: readonly { readonly start: number; readonly size: number }[];
  /** A bit for each word of a session's record that belongs to the action or the resource. */
  readonly askedWords: number;
  /** The cells of the request's own strings, by root. */
  readonly own: readonly (readonly number[])[];
  /**
   * For each root, the address of the pointers and lengths of the names that the policy lists, which
   * count from 1.
   */
  readonly names: readonly number[];
  /**
   * Whether a session stores the words of its atoms: rules read only these and the words of its record.
   */
  readonly keepsAtoms: boolean;
  /** Whether rules read only the words of atoms, and never the time. */
  readonly isPacked: boolean;
  /** With tables, the export that reserves memory exists already. */
  readonly hasTables: boolean;
  /** The address of the words of atoms. */
  readonly atoms: number;
  /** The literals between the values of a session's JSON. */
  readonly pieces: SessionPieces;
  /**
   * The cell of the call digest, and the policy's name; undefined: the policy does not declare the
   * digest.
   */
  readonly digest: { readonly cell: number; readonly policy: Block } | undefined;
  /** The address of the pointers and lengths of the names of effects. */
  readonly effects: number;
  /** The reasons of revokes: the number of each, and the pointer and length of its name. */
  readonly revokes: { readonly address: number; readonly count: number };
  /** The type of the value of each constraint. */
  readonly constraints: readonly IrConstraint[];
}

/** The bytes of an ID, with its terminator. */
export const idBytes = maxSessionId + 1;

/** Stores the words of a session's atoms after judging. */
export function keepWords({ atoms }: SessionDoorOptions): string {
  return `store<u64>(session, load<u64>(${atoms})); store<u64>(session, load<u64>(${atoms}, 8), 8);`;
}

/** Restores the words of a session's atoms. */
export function recallWords({ atoms }: SessionDoorOptions): string {
  return `store<u64>(${atoms}, load<u64>(session)); store<u64>(${atoms}, load<u64>(session, 8), 8);`;
}

/** Restores the history terms to the cells where rules read them. */
export function recallHistory({ history }: SessionDoorOptions): string {
  return history === undefined
    ? ''
    : 'recallTerms(TERMS, TERM_COUNT, TRACKS, load<u32>(rest, 16), load<i64>(rest, 8));';
}
