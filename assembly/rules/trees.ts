// Evaluates conditions as data: `and`, `or` and `not` over a stack of the results of leaf functions. Steps are
// in the order of evaluation; the compiler ensures that the stack suffices.

import { NEVER } from '../time/clock';

/** The row of a tree, before its steps. */
@unmanaged
class Tree {
  reason!: u32;
  stepCount!: i32;
}

@unmanaged
class Step {
  /** The lowest three bits: the kind. Above them: the number of a leaf. */
  what!: u32;
  /** The row of a leaf, the number of joined values, or a value. */
  operand!: u32;
}

/** An entry of the stack. */
@unmanaged
class Entry {
  /** 0 false, 1 unknown, 2 true. */
  value!: i32;
  edge!: i64;
  /** A bit for each path that made it unknown. */
  mask!: u64;
}

const enum Kind {
  LEAF = 0,
  AND = 1,
  OR = 2,
  NOT = 3,
  CONST = 4,
}

/** More than the maximum number of operators in an expression. */
const DEPTH: i32 = 1024;
const ENTRY: i32 = <i32>offsetof<Entry>();
const stack: usize = memory.data(DEPTH * ENTRY, 8);

let edgeOfLeaf: i64 = NEVER;

/** Sets the edge of a leaf's value, from its function. */
export function leafEdge(edge: i64): void {
  edgeOfLeaf = edge;
}

/** The value of a tree; `leaves`, and `whys` or 0, are functions by the numbers of leaves. */
export function treeValue(row: usize, leaves: usize, whys: usize): i32 {
  let top = stack;
  let step = row + offsetof<Tree>();
  for (let left = load<i32>(row, offsetof<Tree>('stepCount')); left > 0; left -= 1) {
    const what = load<u32>(step, offsetof<Step>('what'));
    const operand = load<u32>(step, offsetof<Step>('operand'));
    step += offsetof<Step>();
    switch (<i32>(what & 7)) {
      case Kind.LEAF: {
        const leaf = <usize>(what >> 3) << 2;
        const value = call_indirect<i32>(load<u32>(load<u32>(leaves + leaf)), <usize>operand);
        let mask: u64 = 0;
        if (whys != 0 && value == 1) {
          mask = call_indirect<u64>(load<u32>(load<u32>(whys + leaf)), <usize>operand);
        }
        push(top, value, edgeOfLeaf, mask);
        top += ENTRY;
        break;
      }
      case Kind.CONST:
        push(top, <i32>operand, NEVER, 0);
        top += ENTRY;
        break;
      case Kind.NOT:
        store<i32>(top - ENTRY, 2 - load<i32>(top - ENTRY, offsetof<Entry>('value')), offsetof<Entry>('value'));
        break;
      default:
        top -= <usize>operand * ENTRY;
        join(top, <i32>operand, (what & 7) == Kind.AND);
        top += ENTRY;
    }
  }
  return load<i32>(stack, offsetof<Entry>('value'));
}

/** The edge of the tree that was evaluated last. */
export function treeEdge(): i64 {
  return load<i64>(stack, offsetof<Entry>('edge'));
}

/** The mask of the tree that was evaluated last, with `whys`. */
export function treeMask(): u64 {
  return load<u64>(stack, offsetof<Entry>('mask'));
}

// @ts-ignore: decorator
@inline
function push(at: usize, value: i32, edge: i64, mask: u64): void {
  store<i32>(at, value, offsetof<Entry>('value'));
  store<i64>(at, edge, offsetof<Entry>('edge'));
  store<u64>(at, mask, offsetof<Entry>('mask'));
}

/** Once decided, the latest edge of the operands that decide it; otherwise the earliest of all. */
function join(first: usize, count: i32, all: bool): void {
  const deciding = all ? 0 : 2;
  const end = first + <usize>count * ENTRY;
  let value = 2 - deciding;
  let earliest = NEVER;
  let latest: i64 = i64.MIN_VALUE;
  let mask: u64 = 0;
  for (let at = first; at < end; at += ENTRY) {
    const own = load<i32>(at, offsetof<Entry>('value'));
    const edge = load<i64>(at, offsetof<Entry>('edge'));
    value = all ? min<i32>(value, own) : max<i32>(value, own);
    earliest = min<i64>(earliest, edge);
    if (own == deciding) latest = max<i64>(latest, edge);
    mask |= load<u64>(at, offsetof<Entry>('mask'));
  }
  push(first, value, value == deciding ? latest : earliest, value == 1 ? mask : 0);
}
