// The request that is evaluated: its selectors, how it was supplied, and reading it from JSON.

import { ARENA, FACTS, FACTS_SIZE } from '../layout';
import { CELL, clearCells, isAbsent, isKnown, storeFaulty } from '../memory/cells';
import { errorSeverity, Severity } from '../reading/errors';
import { expectEnd } from '../reading/json';
import { openMembers, setChoosers, setOpen } from '../reading/members';
import { beginRequest } from '../reading/reader';
import { Root } from '../reading/roots';
import { firstNode, hit, miss, noting, stopNoting } from '../reading/shapes';
import { forgetNulls } from '../reading/values';
import { fillDefaults } from './generated';
import { CONTEXT_RECORD, PARTIAL_MEMBERS, REQUEST_FACTS_SIZE, SHAPE_ROOT } from './layout';
import { learnShape, readLearned } from './learned-reader';
import { getChosenRecord, contextTable, Entity, entityAt, readRoot } from './object-reader';

/** The subject's type, among the names that the policy lists, from 1; 0: it lists no such name. */
export let subjectSelector: i32 = 0;
/** The action's name, likewise. */
export let actionSelector: i32 = 0;
/** The resource's type, likewise. */
export let resourceSelector: i32 = 0;
/** Whether the host supplied an instant. */
export let hasHostTime: bool = false;
/** The end of the request's values in the arena; values that rules compute follow. */
export let requestEnd: usize = ARENA;
/** Whether the facts could be read, so that rules can be evaluated. */
export let isReadable: bool = false;

// @ts-ignore: decorator
@inline
export function setSelectors(subject: i32, action: i32, resource: i32): void {
  subjectSelector = subject;
  actionSelector = action;
  resourceSelector = resource;
}

/** Sets the selector of one root. */
// @ts-ignore: decorator
@inline
export function setSelector(root: i32, selector: i32): void {
  if (root == Root.SUBJECT) subjectSelector = selector;
  else if (root == Root.ACTION) actionSelector = selector;
  else resourceSelector = selector;
}

export function getSelector(root: i32): i32 {
  return root == Root.SUBJECT ? subjectSelector : root == Root.ACTION ? actionSelector : resourceSelector;
}

// @ts-ignore: decorator
@inline
export function setHostTime(value: bool): void {
  hasHostTime = value;
}

// @ts-ignore: decorator
@inline
export function setRequestEnd(end: usize): void {
  requestEnd = end;
}

// @ts-ignore: decorator
@inline
export function setReadable(value: bool): void {
  isReadable = value;
}

/** Reads the request; returns false if it is not readable. A learned shape is tried first. */
export function readRequest(length: i32): bool {
  const root = SHAPE_ROOT + i32(hasHostTime);
  let p = beginReading(length);
  if (p != 0) {
    const node = firstNode(root);
    if (node != 0) {
      if (readLearned(node) && errorSeverity == Severity.NONE) {
        hit();
        fillDefaults();
        return true;
      }
      p = beginReading(length);
    }
    miss();
    p = readRoot(p);
    if (p != 0) p = expectEnd(p);
  }
  if (noting && errorSeverity == Severity.NONE) learnShape(root);
  stopNoting();
  if (p == 0 || errorSeverity > Severity.FAULT) return false;
  fillDefaults();
  return true;
}

/**
 * Reads a request of which members may be missing; returns false if it is not readable. An absent member is faulty
 * without an error; the elements of sets and lists are complete.
 */
export function readOpenRequest(length: i32): bool {
  setOpen(FACTS, FACTS + <usize>REQUEST_FACTS_SIZE);
  openChoosers();
  let p = beginReading(length);
  stopNoting();
  if (p != 0) p = readRoot(p);
  if (p != 0) p = expectEnd(p);
  setOpen(0, 0);
  if (p == 0 || errorSeverity > Severity.FAULT) return false;
  openAbsent();
  return true;
}

/** Marks the absent members of the request as open. */
export function openAbsent(): void {
  if (PARTIAL_MEMBERS) openDeclared();
  else {
    for (let cell = FACTS; cell < FACTS + <usize>REQUEST_FACTS_SIZE; cell += CELL) {
      if (isAbsent(cell)) storeFaulty(cell);
    }
  }
  fillDefaults();
}

/** Sets the strings that are required although members may be missing. */
export function openChoosers(): void {
  setChoosers(getChooser(Root.SUBJECT), getChooser(Root.ACTION), getChooser(Root.RESOURCE));
}

/** Marks what the request can contain; other members stay absent, however it is completed. */
function openDeclared(): void {
  for (let root = 0; root < Root.CONTEXT; root += 1) {
    const entity = entityAt(root);
    const own = isKnown(getChooser(root)) ? getChosenRecord(root) : 0;
    openMembers(load<u32>(entity, offsetof<Entity>('own')), FACTS);
    if (own != 0) openMembers(own, FACTS);
  }
  const context = CONTEXT_RECORD == 0 ? 0 : contextTable();
  if (context != 0) openMembers(context, FACTS);
}

function getChooser(root: i32): usize {
  return load<u32>(entityAt(root), offsetof<Entity>('chooser'));
}

/** Clears the facts; returns the cursor at the request, or 0 if it is too large. */
export function beginReading(length: i32): usize {
  clearCells(FACTS, FACTS_SIZE);
  setSelectors(0, 0, 0);
  forgetNulls();
  return beginRequest(length);
}
