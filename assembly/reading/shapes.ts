// Learned shapes: requests of one client are the same except for their values. The bytes between the
// values of documents that the strict reader accepted without a fault are stored, as a tree of literals,
// each followed by how the value after it was read. For a document that follows a branch only the values
// are read, and they must be accepted as they were. Everything else is left to the strict reader, from
// the start, so that no answer depends on what was learned.
//
// The tree has memory of its own, fixed in size: when that is full, everything is discarded. After many
// misses in a row the tree is not used for a while, so that it costs little where it does not help.

import { textEnd, skipValue } from './json';
import { IGNORED, INPUT, NOTES, NOTES_END, SHAPE_ROOTS, SHAPE_ROOT_COUNT, SHAPES, SHAPES_END } from '../layout';
import { equalBytes, firstBytes } from '../memory/bytes';

/** How a value is read; higher numbers are those of the policy. */
export const enum Kind {
  /** Any type except a string; skipped. */
  ANY = 0,
  /**
   * The contents between quotes, which belong to the literals: so the literal after its node starts with
   * a quote. A string that is skipped goes to the cell `IGNORED`.
   */
  STRING = 1,
  /** The string that chooses the properties of a root. */
  SUBJECT = 2,
  ACTION = 3,
  RESOURCE = 4,
  /** Not a value, but the end of the document. */
  END = 5,
  /** Not a value: there is a record. */
  RECORD = 6,
}

/** A node of the tree, before its literal, which takes a multiple of 16 bytes. */
@unmanaged
class Node {
  /** The node after the value. */
  next!: u32;
  /** The node to try instead. */
  other!: u32;
  /** The bytes of the literal. */
  length!: u32;
  /** The arguments of the value's reader; `kind` is as in `Kind`. */
  kind!: u16;
  depth!: u16;
  cell!: u32;
  path!: i32;
  /** The required outcome of the value. */
  outcome!: i32;
  reserved!: u32;
  /** A mask of the literal's first 16 bytes; without SIMD of the first 8. */
  mask!: u64;
  moreMask!: u64;
}

/** The note of a value. It becomes a node: the members after `end` are those of a node. */
@unmanaged
class Note {
  /** The address of the value, and the one after it. */
  start!: u32;
  end!: u32;
  length!: u32;
  kind!: u16;
  depth!: u16;
  cell!: u32;
  path!: i32;
  outcome!: i32;
  reserved!: u32;
}

const NEXT: usize = offsetof<Node>('next');
const OTHER: usize = offsetof<Node>('other');
const LENGTH: usize = offsetof<Node>('length');
const KIND: usize = offsetof<Node>('kind');
const DEPTH: usize = offsetof<Node>('depth');
const CELL: usize = offsetof<Node>('cell');
const PATH: usize = offsetof<Node>('path');
const OUTCOME: usize = offsetof<Node>('outcome');
const MASK: usize = offsetof<Node>('mask');
const MORE_MASK: usize = offsetof<Node>('moreMask');
const LITERAL: usize = offsetof<Node>();

const NOTE: usize = offsetof<Note>();
/** With more alternatives to one node than this, the bytes between values vary like a value. */
const MAX_OTHERS: i32 = 32;
/** After this number of misses, one document in 63 is tried. */
const MAX_MISSES: i32 = 6;

/** Whether the strict reader notes the positions of values. */
export let noting: bool = false;
let lastNote: usize = NOTES;
/** The address after the value that was noted last. */
let noted: usize = INPUT;

let top: usize = SHAPES;
let misses: i32 = 0;
let pause: i32 = 0;

// --- matching ------------------------------------------------------------------------------------

/** The first node to try; 0: nothing was learned, or it is not worth trying. */
export function firstNode(root: i32): usize {
  if (pause == 0) return load<u32>(getShapeRoot(root));
  return 0;
}

// @ts-ignore: decorator
@inline
export function otherNode(node: usize): usize {
  return load<u32>(node, OTHER);
}

// @ts-ignore: decorator
@inline
export function nextNode(node: usize): usize {
  return load<u32>(node, NEXT);
}

// @ts-ignore: decorator
@inline
export function readKind(node: usize): i32 {
  return load<u16>(node, KIND);
}

// @ts-ignore: decorator
@inline
export function readDepth(node: usize): i32 {
  return load<u16>(node, DEPTH);
}

// @ts-ignore: decorator
@inline
export function readCell(node: usize): usize {
  return load<u32>(node, CELL);
}

// @ts-ignore: decorator
@inline
export function readPath(node: usize): i32 {
  return load<i32>(node, PATH);
}

// @ts-ignore: decorator
@inline
export function readOutcome(node: usize): i32 {
  return load<i32>(node, OUTCOME);
}

// @ts-ignore: decorator
@inline
export function readLength(node: usize): usize {
  return load<u32>(node, LENGTH);
}

/** Whether the node's literal, of `length` bytes, is at `p`. */
// @ts-ignore: decorator
@inline
export function hasLiteral(p: usize, node: usize, length: usize): bool {
  return ASC_FEATURE_SIMD ? hasLiteralByVectors(p, node, length) : hasLiteralByWords(p, node, length);
}

// @ts-ignore: decorator
@inline
function hasLiteralByVectors(p: usize, node: usize, length: usize): bool {
  const first = v128.xor(v128.load(p), v128.load(node, LITERAL));
  let differ = v128.and(first, v128.load(node, MASK));
  if (length > 16) {
    const last = length - 16;
    differ = v128.or(differ, v128.xor(v128.load(p + last), v128.load(node + last, LITERAL)));
    if (last > 16) {
      let at: usize = 16;
      do {
        differ = v128.or(differ, v128.xor(v128.load(p + at), v128.load(node + at, LITERAL)));
        at += 16;
      } while (at < last);
    }
  }
  return !v128.any_true(differ);
}

// @ts-ignore: decorator
@inline
function hasLiteralByWords(p: usize, node: usize, length: usize): bool {
  let differ = (load<u64>(p) ^ load<u64>(node, LITERAL)) & load<u64>(node, MASK);
  if (length > 8) {
    const last = length - 8;
    differ |= load<u64>(p + last) ^ load<u64>(node + last, LITERAL);
    if (length > 16) {
      let at: usize = 8;
      do {
        differ |= load<u64>(p + at) ^ load<u64>(node + at, LITERAL);
        at += 8;
      } while (at < last);
    }
  }
  return differ == 0;
}

/** The document matched a learned shape. */
export function hit(): void {
  misses = 0;
}

/** The document matched no shape, and is read strictly. */
export function miss(): void {
  if (pause > 0) {
    pause -= 1;
    return;
  }
  misses = min(misses + 1, MAX_MISSES);
  pause = (1 << misses) - 2;
  noting = true;
  lastNote = NOTES;
  noted = INPUT;
}

// --- noting --------------------------------------------------------------------------------------

/**
 * Notes how the value at `p` is about to be read. Not noted are the parts of a value that is noted as a
 * whole, an object that is only traversed, whose members are noted, and a null that stands for an absent
 * member.
 */
export function noteValue(kind: i32, p: usize, cell: usize, path: i32, depth: i32): void {
  if (p < noted) return;
  if (load<u8>(p) == (kind == Kind.ANY ? 0x7b : 0x6e)) return;
  if (kind == Kind.ANY && load<u8>(p) == 0x22) {
    kind = Kind.STRING;
    cell = IGNORED;
  }
  noted = usize.MAX_VALUE;
  const end = skipValue(p, depth);
  const quote = usize(kind == Kind.STRING);
  addNote(kind, p + quote, end - quote, cell, path, depth);
  noted = end;
  if (end == 0) noting = false;
}

/** Notes that a record starts at `p`. */
export function noteRecord(p: usize, cell: usize): void {
  if (p < noted) return;
  addNote(Kind.RECORD, p, p, cell, 0, 0);
  noted = p;
}

/** The shape of the document cannot be learned. */
export function stopNoting(): void {
  noting = false;
}

function addNote(kind: i32, start: usize, end: usize, cell: usize, path: i32, depth: i32): void {
  if (lastNote == NOTES_END) {
    noting = false;
    return;
  }
  store<u32>(lastNote, <u32>start, offsetof<Note>('start'));
  store<u32>(lastNote, <u32>end, offsetof<Note>('end'));
  store<u16>(lastNote, kind, KIND);
  store<u16>(lastNote, depth, DEPTH);
  store<u32>(lastNote, <u32>cell, CELL);
  store<i32>(lastNote, path, PATH);
  store<u64>(lastNote, 0, OUTCOME);
  lastNote += NOTE;
}

/** Notes the outcome of the value that was read as `kind`. */
export function noteOutcome(kind: i32, outcome: i32): void {
  for (let note = NOTES; note < lastNote; note += NOTE) {
    if (load<u16>(note, KIND) == kind) store<i32>(note, outcome, OUTCOME);
  }
}

// --- learning ------------------------------------------------------------------------------------

/** The document was accepted: its shape is added, if there is room for it. */
export function learn(root: i32): void {
  addNote(Kind.END, textEnd, textEnd, 0, 0, 0);
  if (!noting || insert(root)) return;
  forget();
  if (!insert(root)) forget();
}

function forget(): void {
  memory.fill(SHAPE_ROOTS, 0, SHAPE_ROOT_COUNT * 4);
  top = SHAPES;
}

function getShapeRoot(root: i32): usize {
  return SHAPE_ROOTS + (<usize>root << 2);
}

/** Adds the missing notes to the tree; returns false if there is no room. */
function insert(root: i32): bool {
  let link = getShapeRoot(root);
  let from = INPUT;
  for (let note = NOTES; note < lastNote; note += NOTE) {
    store<u32>(note, load<u32>(note, offsetof<Note>('start')) - <u32>from, LENGTH);
    let node = <usize>load<u32>(link);
    for (let others = 0; node != 0 && !isSame(node, note, from); others += 1) {
      if (others == MAX_OTHERS) return false;
      link = node + OTHER;
      node = load<u32>(link);
    }
    if (node == 0) {
      node = makeNode(note, from);
      if (node == 0) return false;
      store<u32>(link, <u32>node);
    }
    link = node + NEXT;
    from = load<u32>(note, offsetof<Note>('end'));
  }
  return true;
}

function isSame(node: usize, note: usize, from: usize): bool {
  return (
    equalBytes(node + LENGTH, note + LENGTH, <i32>(NOTE - LENGTH))
    && equalBytes(node + LITERAL, from, load<i32>(note, LENGTH))
  );
}

function makeNode(note: usize, from: usize): usize {
  const length = <usize>load<u32>(note, LENGTH);
  const size = LITERAL + ((length + 15) & ~15);
  const node = top;
  if (size > SHAPES_END - node) return 0;
  top = node + size;
  memory.copy(node, note, NOTE);
  // There is no next and no other node yet.
  store<u64>(node, 0);
  store<u64>(node, firstBytes(<i32>length), MASK);
  if (ASC_FEATURE_SIMD) store<u64>(node, firstBytes(max(<i32>length - 8, 0)), MORE_MASK);
  memory.copy(node + LITERAL, from, length);
  return node;
}

// For tests.

export function missesInARow(): i32 {
  return misses;
}

export function countLearnedBytes(): i32 {
  return <i32>(top - SHAPES);
}
