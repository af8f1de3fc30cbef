// Reads a request along a branch of learned shapes (see shapes.ts), and learns the shape of a request.

import { release } from '../memory/arena';
import { Cell, Marks, pointerIn, storeBytes, WordCell } from '../memory/cells';
import { skipValue, textEnd } from '../reading/json';
import { ARENA, IGNORED, INPUT } from '../layout';
import { Root } from '../reading/roots';
import { plainEnd } from '../reading/scan';
import {
  readCell, readDepth, hasLiteral, Kind, readKind, learn, readLength, nextNode, noteOutcome, otherNode, readOutcome, readPath,
} from '../reading/shapes';
import { readString } from '../reading/values';
import { readValue } from './generated';
import { SCOPED_CONTEXTS } from './layout';
import { choose, getChosenRecord } from './object-reader';
import { getSelector } from './request';

/**
 * Reads the request along a branch; returns false if none fits. The string that chooses the record of a root must
 * choose the same record; null is never a value here, because its bytes differ from those of a string.
 */
export function readLearned(node: usize): bool {
  let p = INPUT;
  let string: usize = 0;
  while (node != 0) {
    const length = readLength(node);
    if (!hasLiteral(p, node, length)) {
      if (string != 0 && load<u8>(p) != 0x22) {
        p = readWholeString(string);
        if (p == 0) return false;
        string = 0;
      } else {
        node = otherNode(node);
      }
      continue;
    }
    const start = p;
    const kind = readKind(node);
    p += length;
    if (kind == Kind.STRING) {
      // The closing quote is compared with the literal after it, which starts with it.
      const end = plainEnd(p);
      storeBytes(readCell(node), p, <i32>(end - p));
      p = end;
      string = node;
      node = nextNode(node);
      continue;
    }
    string = 0;
    if (kind != Kind.ANY && load<u8>(p) == 0x6e) {
      p = start;
      node = otherNode(node);
      continue;
    }
    if (kind == Kind.ANY) {
      p = skipValue(p, readDepth(node));
    } else if (kind < Kind.END) {
      p = readString(p, readCell(node), readPath(node), readDepth(node), true);
      choose(kind - Kind.SUBJECT);
      if (findOutcome(kind - Kind.SUBJECT) != readOutcome(node)) {
        // It is read again, and must not be in the arena twice.
        const text = load<u32>(readCell(node), offsetof<Cell>('pointer'));
        if (text >= <u32>ARENA) release(text);
        p = start;
        node = otherNode(node);
        continue;
      }
    } else if (kind == Kind.END) {
      if (p == textEnd) return true;
      p = start;
      node = otherNode(node);
      continue;
    } else if (kind == Kind.RECORD) {
      store<u32>(readCell(node), Marks.USABLE, offsetof<WordCell>('marks'));
    } else {
      p = readValue(p, kind, readCell(node), readPath(node), readDepth(node));
    }
    if (p == 0) return false;
    node = nextNode(node);
  }
  return false;
}

/** The outcome that a shape requires of the string that chooses the record of a root: the record, or the selector. */
// @ts-ignore: decorator
@inline
function findOutcome(root: i32): i32 {
  return SCOPED_CONTEXTS ? getSelector(root) : getChosenRecord(root);
}

/** Reads the string of a node that is long or has escapes: returns the cursor at its closing quote, or 0. */
function readWholeString(node: usize): usize {
  const cell = readCell(node);
  const p = <usize>pointerIn(cell) - 1;
  const depth = readDepth(node);
  const end = cell == IGNORED ? skipValue(p, depth) : readString(p, cell, readPath(node), depth, true);
  return end == 0 ? 0 : end - 1;
}

/** Learns the shape of the request that was read last. */
export function learnShape(root: i32): void {
  for (let each = 0; each < Root.CONTEXT; each += 1) noteOutcome(each + Kind.SUBJECT, findOutcome(each));
  learn(root);
}
