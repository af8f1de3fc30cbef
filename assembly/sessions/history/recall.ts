// Loads what a session stores into the cells where rules read it.

import { mark, resetArena } from '../../memory/arena';
import { AtomWords } from '../../rules/atoms';
import { Cell, clearCells, Presence, storeAbsent, storeBytes } from '../../memory/cells';
import { resetErrors } from '../../reading/errors';
import { FACTS, FACTS_SIZE } from '../../layout';
import { fillDefaults } from '../../policy/generated';
import { Name } from '../../policy/record-writer';
import {
  actionSelector, resourceSelector, setReadable, setRequestEnd, setSelector, subjectSelector,
} from '../../policy/request';
import { Root } from '../../reading/roots';
import { loadFacts, loadWords } from '../facts/facts';
import {
  ACTION_NAME, ACTION_NAMES, ATOMS, HAS_HISTORY, RESOURCE_NAMES, RESOURCE_TYPE, SLOT_COUNT, SLOTS, STATE_SIZE,
  STORES_ATOMS, SUBJECT_NAMES, SUBJECT_TYPE, TERM_COUNT, TERMS, TRACKS, WORD_COUNT, WORDS,
} from '../layout';
import { Session, SessionRest } from '../records/session';
import { recallTerms } from './terms';

/** The address of the ID of the session that was recalled last. */
export let idAt: usize = 0;

/** Loads the facts. */
export function recall(session: Session, rest: SessionRest): void {
  resetErrors();
  resetArena();
  clearCells(FACTS, FACTS_SIZE);
  loadWords(rest, WORDS, WORD_COUNT);
  idAt = loadFacts(rest.block, SLOTS, SLOT_COUNT, STATE_SIZE);
  recallSelectors(session);
  recallNames();
  fillDefaults();
  setRequestEnd(mark());
  setReadable(true);
}

export function recallSelectors(session: Session): void {
  setSelector(Root.SUBJECT, load<u16>(changetype<usize>(session), offsetof<Session>('subject')));
  setSelector(Root.ACTION, load<u16>(changetype<usize>(session), offsetof<Session>('action')));
  setSelector(Root.RESOURCE, load<u16>(changetype<usize>(session), offsetof<Session>('resource')));
}

/** Clears names that the policy lists, because they are stored as selectors. */
export function clearNames(): void {
  if (subjectSelector > 0) storeAbsent(SUBJECT_TYPE);
  if (actionSelector > 0) storeAbsent(ACTION_NAME);
  if (resourceSelector > 0) storeAbsent(RESOURCE_TYPE);
}

export function recallNames(): void {
  recallName(SUBJECT_TYPE, SUBJECT_NAMES, subjectSelector);
  recallName(ACTION_NAME, ACTION_NAMES, actionSelector);
  recallName(RESOURCE_TYPE, RESOURCE_NAMES, resourceSelector);
}

function recallName(cell: usize, names: usize, selector: i32): void {
  const name = names + <usize>selector * offsetof<Name>();
  if (selector > 0) {
    storeBytes(cell, load<u32>(name, offsetof<Name>('pointer')), load<i32>(name, offsetof<Name>('length')));
  }
}

/** Evaluates the history terms. */
// @ts-ignore: decorator
@inline
export function recallHistory(rest: SessionRest): void {
  if (HAS_HISTORY) recallTerms(TERMS, TERM_COUNT, TRACKS, rest.block, rest.latest);
}

// @ts-ignore: decorator
@inline
export function recallAtoms(session: Session): void {
  store<u64>(ATOMS, session.trueAtoms, offsetof<AtomWords>('sure'));
  store<u64>(ATOMS, session.possibleAtoms, offsetof<AtomWords>('may'));
}

/** Stores the words of atoms after they were decided. */
// @ts-ignore: decorator
@inline
export function saveAtoms(session: Session): void {
  if (STORES_ATOMS) {
    session.trueAtoms = load<u64>(ATOMS, offsetof<AtomWords>('sure'));
    session.possibleAtoms = load<u64>(ATOMS, offsetof<AtomWords>('may'));
  }
}

/** Whether the facts in the cells have an action and a resource. */
export function isComplete(): bool {
  return load<u8>(ACTION_NAME, offsetof<Cell>('presence')) != Presence.ABSENT
    && load<u8>(RESOURCE_TYPE, offsetof<Cell>('presence')) != Presence.ABSENT;
}
