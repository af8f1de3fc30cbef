// Reads the objects of a request by the tables of their members (see members.ts), so that a record needs no
// code of its own. It is strict, fills the cells of the facts and notes how each value was read.

import { Cell, clearCells, isFaulty, Marks, WordCell } from '../memory/cells';
import { Code, failText, Found, recordFault } from '../reading/errors';
import { faultCells } from '../reading/faults';
import { enter, classifyValue, skipNull, skipSpace, skipValue } from '../reading/json';
import { FACTS } from '../layout';
import {
  clearOthers, isNextMember, commonLength, faulty, firstMember, getNextMember, memberBit, memberCell, memberKind, MemberKind,
  memberPath, memberRecord, missing, RecordTable, getRequiredBits,
} from '../reading/members';
import { openNames, otherMember, readOtherName, skipRepeated } from '../reading/names';
import { Part, Root } from '../reading/roots';
import { Kind, noteRecord, noteValue, noting, stopNoting } from '../reading/shapes';
import { hadNull, readString, refuse } from '../reading/values';
import {
  actionRecord, chooseAction, chooseResource, chooseSubject, clearProperties, clearRoot, contextRecord, readValue,
  resourceRecord, subjectRecord,
} from './generated';
import { CONTEXT_PATH, CONTEXT_RECORD, ENTITIES, PATCHES, ROOT_RECORD, SCOPED_CONTEXTS } from './layout';

/** The description of a subject, an action or a resource, in this order at `ENTITIES`. */
@unmanaged
export class Entity {
  /** The table of its own members. */
  own!: u32;
  /** The cell of the string that chooses the table of its properties. */
  chooser!: u32;
  path!: i32;
  propertiesPath!: i32;
  /** The address of the tables of all its properties, terminated by 0. */
  records!: u32;
  chooserPath!: i32;
}

/** The levels of containers in a request. */
const enum Depth {
  REQUEST = 1,
  ENTITY = 2,
  PROPERTIES = 3,
}

/** The members of the object that was read last, as bits. */
let seenMembers: u64 = 0;
let hasContext: bool = false;
let hasProperties: bool = false;
/** Where properties start that can be read only once the member that chooses them is known. */
let laterProperties: usize = 0;
/** The same for the context; 0: it was read, or there is none. */
let laterContext: usize = 0;
/** Whether the request is a partial one; only set with scoped contexts. */
let isPartial: bool = false;

/** Reads the object that starts at `p` into cells from `base` on. */
function readMembers(p: usize, record: usize, base: usize, depth: i32): usize {
  p = enter(p, depth);
  if (p == 0) return 0;
  depth += 1;
  let seen: u64 = 0;
  if (load<u8>(p) != 0x7d) {
    const scope = openNames();
    let next = firstMember(record);
    while (true) {
      const at = p;
      let member = next;
      if (isNextMember(p, next)) {
        p = skipSpace(p + commonLength(next));
      } else {
        p = readOtherName(p, record, scope, depth);
        if (p == 0) return 0;
        member = otherMember;
      }
      if (member != 0) {
        next = getNextMember(member);
        const bit = memberBit(member);
        const cell = base + memberCell(member);
        const kind = memberKind(member);
        if (seen & bit) {
          p = skipRepeated(at, p, depth);
        } else {
          seen |= bit;
          if (kind < MemberKind.RECORD) {
            const path = memberPath(member);
            if (noting) noteValue(kind, p, cell, path, depth);
            p = kind < Kind.END ? readString(p, cell, path, depth, true) : readValue(p, kind, cell, path, depth);
          } else {
            p = readMember(p, kind, member, cell, depth);
          }
        }
        if (p == 0) return 0;
      }
      p = skipSpace(p);
      const byte = load<u8>(p);
      if (byte == 0x7d) break;
      if (byte != 0x2c) return failText(Code.NOT_JSON, p);
      p = skipSpace(p + 1);
    }
  }
  if (hadNull || (getRequiredBits(record) & ~seen) != 0) missing(record, base, p);
  seenMembers = seen;
  return p + 1;
}

/** Reads a member that is not a value. */
function readMember(p: usize, kind: i32, member: usize, cell: usize, depth: i32): usize {
  const record = memberRecord(member);
  if (kind == MemberKind.RECORD) return readRecord(p, record, cell, memberPath(member), depth, true);
  if (kind == MemberKind.ENTITY) return readEntity(p, <i32>record);
  if (kind == MemberKind.PROPERTIES) return readProperties(p, <i32>record);
  if (PATCHES) {
    if (skipped & Part.CONTEXT) return skipValue(p, depth);
    if (replaced & Part.CONTEXT) clearRoot(Root.CONTEXT);
  }
  hasContext = load<u8>(p) != 0x6e;
  if (SCOPED_CONTEXTS) {
    if (!hasContext) return skipNull(p);
    if (isContextChosen()) return readRootRecord(p, contextTable(), memberPath(member), depth);
    stopNoting();
    laterContext = p;
    return skipValue(p, depth);
  }
  return hasContext ? readRootRecord(p, record, memberPath(member), depth) : skipNull(p);
}

/** The table of the context, for the types and names of the request; 0: the policy declares none. */
// @ts-ignore: decorator
@inline
export function contextTable(): usize {
  return SCOPED_CONTEXTS ? <usize>contextRecord() : CONTEXT_RECORD;
}

/** Whether the strings that choose the table of the context precede it; in a partial request, others may follow. */
function isContextChosen(): bool {
  if (isPartial) return false;
  for (let root = 0; root < Root.CONTEXT; root += 1) {
    if (!load<u8>(load<u32>(entityAt(root), offsetof<Entity>('chooser')), offsetof<Cell>('known'))) return false;
  }
  return true;
}

/** Reads a record with a cell of its own. */
export function readRecord(
  p: usize, record: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool,
): usize {
  if (load<u8>(p) != 0x7b) {
    p = refuse(p, cell, path, depth, nullIsAbsent);
    if (isFaulty(cell)) faultCells(cell, load<i32>(record, offsetof<RecordTable>('size')));
    return p;
  }
  if (noting) noteRecord(p, cell);
  // A record replaces a value that was not a record.
  if (PATCHES) {
    if (isFaulty(cell)) clearCells(cell, load<i32>(record, offsetof<RecordTable>('size')));
  }
  store<u32>(cell, Marks.USABLE, offsetof<WordCell>('marks'));
  return readMembers(p, record, cell, depth);
}

/** Reads a record that is not null and has no cell of its own. */
export function readRootRecord(p: usize, record: usize, path: i32, depth: i32): usize {
  if (load<u8>(p) == 0x7b) return readMembers(p, record, FACTS, depth);
  recordFault(Code.WRONG_TYPE, path, classifyValue(p), p);
  faulty(record, FACTS);
  return skipValue(p, depth);
}

/** The description of an entity. */
export function entityAt(root: i32): usize {
  return ENTITIES + <usize>root * offsetof<Entity>();
}

function readEntity(p: usize, root: i32): usize {
  const entity = entityAt(root);
  if (PATCHES) {
    if ((skipped >> root) & 1) return skipValue(p, Depth.ENTITY);
    if ((replaced >> root) & 1) clearRoot(root);
  }
  if (load<u8>(p) != 0x7b) {
    const isNull = load<u8>(p) == 0x6e;
    recordFault(
      isNull ? Code.MISSING : Code.WRONG_TYPE, load<i32>(entity, offsetof<Entity>('path')),
      isNull ? Found.NOTHING : classifyValue(p), p,
    );
    entityFaulty(entity);
    return skipValue(p, Depth.ENTITY);
  }
  hasProperties = false;
  laterProperties = 0;
  p = readMembers(p, load<u32>(entity, offsetof<Entity>('own')), FACTS, Depth.ENTITY);
  if (p == 0) return 0;
  if (hasProperties && laterProperties == 0) return p;
  choose(root);
  if (hasProperties) return readChosen(laterProperties, root) == 0 ? 0 : p;
  const record = getChosenRecord(root);
  if (record != 0) missing(record, FACTS, p - 1);
  return p;
}

/** Reads properties at once if the type that describes them is known, otherwise later. */
function readProperties(p: usize, root: i32): usize {
  if (load<u8>(p) == 0x6e) {
    if (PATCHES) clearProperties(root);
    return skipNull(p);
  }
  hasProperties = true;
  if (load<u8>(load<u32>(entityAt(root), offsetof<Entity>('chooser')), offsetof<Cell>('known'))) {
    choose(root);
    return readChosen(p, root);
  }
  stopNoting();
  laterProperties = p;
  return skipValue(p, Depth.PROPERTIES);
}

/** Reads the properties with the table that was chosen. */
function readChosen(p: usize, root: i32): usize {
  const record = getChosenRecord(root);
  const path = load<i32>(entityAt(root), offsetof<Entity>('propertiesPath'));
  if (record != 0) return readRootRecord(p, record, path, Depth.PROPERTIES);
  if (load<u8>(p) != 0x7b) recordFault(Code.WRONG_TYPE, path, classifyValue(p), p);
  return skipValue(p, Depth.PROPERTIES);
}

/** Marks the properties of an entity as faulty. */
export function entityFaulty(entity: usize): void {
  for (let at: usize = load<u32>(entity, offsetof<Entity>('records')); load<u32>(at) != 0; at += 4) {
    faulty(load<u32>(at), FACTS);
  }
}

/** Reads a request; returns the cursor after it, or 0 after an error that ends reading. */
export function readRoot(p: usize): usize {
  if (load<u8>(p) != 0x7b) {
    const kind = classifyValue(p);
    if (kind != 0) recordFault(Code.WRONG_TYPE, 0, kind, p);
    for (let root = 0; root < Root.CONTEXT; root += 1) entityFaulty(entityAt(root));
    if (CONTEXT_RECORD != 0) faulty(contextTable(), FACTS);
    return skipValue(p, Depth.REQUEST);
  }
  hasContext = false;
  beginContext(false);
  p = readMembers(p, ROOT_RECORD, FACTS, Depth.REQUEST);
  if (p == 0) return 0;
  for (let root = 0; root < Root.CONTEXT; root += 1) {
    if ((seenMembers >> <u64>root) & 1) continue;
    recordFault(Code.MISSING, load<i32>(entityAt(root), offsetof<Entity>('path')), Found.NOTHING, p - 1);
    entityFaulty(entityAt(root));
  }
  if (CONTEXT_RECORD != 0) {
    if (!hasContext) missing(contextTable(), FACTS, p - 1);
    if (SCOPED_CONTEXTS) {
      if (laterContext != 0 && readLaterContext() == 0) return 0;
    }
  }
  return p;
}

/** The members of a request that a partial request has, as bits, without those that are skipped. */
export let partsSeen: i32 = 0;

/** The roots that a partial request replaces as a whole where it has them, and those that are skipped; as bits. */
export let replaced: i32 = 0;
export let skipped: i32 = 0;

export function setReplaced(replacing: i32, skipping: i32): void {
  replaced = replacing;
  skipped = skipping;
}

/**
 * Reads a partial request; `required` has a bit for each root that must be present. Other members of the facts stay;
 * null is not a valid root.
 */
export function readPart(p: usize, required: i32): usize {
  if (load<u8>(p) != 0x7b) {
    const kind = classifyValue(p);
    if (kind != 0) recordFault(Code.WRONG_TYPE, 0, kind, p);
    return skipValue(p, Depth.REQUEST);
  }
  hasContext = true;
  const before = SCOPED_CONTEXTS ? contextTable() : 0;
  beginContext(true);
  p = readMembers(p, ROOT_RECORD, FACTS, Depth.REQUEST);
  if (p == 0) return 0;
  partsSeen = <i32>seenMembers & ~skipped;
  for (let each = 0; each < Root.CONTEXT; each += 1) {
    if (((seenMembers >> <u64>each) & 1) || !((required >> each) & 1)) continue;
    recordFault(Code.MISSING, load<i32>(entityAt(each), offsetof<Entity>('path')), Found.NOTHING, p - 1);
  }
  if (CONTEXT_RECORD != 0 && !(skipped & Part.CONTEXT)) {
    if (!hasContext) recordFault(Code.WRONG_TYPE, CONTEXT_PATH, Found.NULL, p - 1);
    else if (SCOPED_CONTEXTS) {
      if (!readChangedContext(before, (required & Part.CONTEXT) != 0, p)) return 0;
    } else if ((required & Part.CONTEXT) && !((seenMembers >> Root.CONTEXT) & 1)) {
      missing(CONTEXT_RECORD, FACTS, p - 1);
    }
  }
  return p;
}

// @ts-ignore: decorator
@inline
function beginContext(partial: bool): void {
  if (SCOPED_CONTEXTS) {
    laterContext = 0;
    isPartial = partial;
  }
}

function readLaterContext(): usize {
  return readRootRecord(laterContext, contextTable(), CONTEXT_PATH, Depth.ENTITY);
}

/**
 * Reads the context of a partial request that ends at `p`, if it has one. If another table applies than before, the
 * members that only the previous one has are cleared. Returns false after an error that ends reading.
 */
function readChangedContext(before: usize, isRequired: bool, p: usize): bool {
  const record = contextTable();
  if (record != before) clearOthers(before, record, FACTS);
  if (laterContext != 0) return readLaterContext() != 0;
  if (record != before || isRequired) missing(record, FACTS, p - 1);
  return true;
}

/** Chooses the table of a root's properties, by its type or name. */
export function choose(root: i32): void {
  if (root == Root.SUBJECT) chooseSubject();
  else if (root == Root.ACTION) chooseAction();
  else chooseResource();
}

/** The table of a root's properties; 0: it has none. */
export function getChosenRecord(root: i32): i32 {
  return root == Root.SUBJECT ? subjectRecord() : root == Root.ACTION ? actionRecord() : resourceRecord();
}
