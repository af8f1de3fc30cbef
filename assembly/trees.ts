// Evaluates conditions as data: `and`, `or` and `not` over a stack of the results of leaf functions. The
// row of a tree: +0 u32 reason, +4 u32 number of steps, from +8 on 8 bytes each: u32 kind (3 bits) and
// number of the leaf, u32 the leaf's row, the number of joined values, or a value. Steps are in the order
// of evaluation; the compiler ensures that the stack suffices.

import { NEVER } from './clock';

const enum Kind {
  LEAF = 0,
  AND = 1,
  OR = 2,
  NOT = 3,
  CONST = 4,
}

/** More than the maximum number of operators in an expression. */
const DEPTH: i32 = 1024;
/** An entry of the stack: +0 i32 value, +8 i64 edge, +16 u64 mask of the paths that made it unknown. */
const ENTRY: i32 = 24;
const stack: usize = memory.data(DEPTH * ENTRY, 8);

let edgeOfLeaf: i64 = NEVER;

/** Sets the edge of a leaf's value, from its function. */
export function leafEdge(edge: i64): void {
  edgeOfLeaf = edge;
}

/** The value of a tree; `leaves`, and `whys` or 0, are functions by the numbers of leaves. */
export function treeValue(row: usize, leaves: usize, whys: usize): i32 {
  let top = stack;
  let step = row + 8;
  for (let left = load<i32>(row, 4); left > 0; left -= 1) {
    const what = load<u32>(step);
    const operand = load<u32>(step, 4);
    step += 8;
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
        store<i32>(top - ENTRY, 2 - load<i32>(top - ENTRY));
        break;
      default:
        top -= <usize>operand * ENTRY;
        join(top, <i32>operand, (what & 7) == Kind.AND);
        top += ENTRY;
    }
  }
  return load<i32>(stack);
}

/** The edge of the tree that was evaluated last. */
export function treeEdge(): i64 {
  return load<i64>(stack, 8);
}

/** The mask of the tree that was evaluated last, with `whys`. */
export function treeMask(): u64 {
  return load<u64>(stack, 16);
}

// @ts-ignore: decorator
@inline
function push(at: usize, value: i32, edge: i64, mask: u64): void {
  store<i32>(at, value);
  store<i64>(at, edge, 8);
  store<u64>(at, mask, 16);
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
    const own = load<i32>(at);
    const edge = load<i64>(at, 8);
    value = all ? min<i32>(value, own) : max<i32>(value, own);
    earliest = min<i64>(earliest, edge);
    if (own == deciding) latest = max<i64>(latest, edge);
    mask |= load<u64>(at, 16);
  }
  push(first, value, value == deciding ? latest : earliest, value == 1 ? mask : 0);
}
