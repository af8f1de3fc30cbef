// Lays out the memory of the module, from bottom to top: the answer, the facts, constant data, the source
// of the request, the table of names, the arena, and learned shapes; the assembler's own data is above.

import { requestLimits } from '@nhipol/runtime/abi';
import { digestLength } from '@nhipol/runtime/call-digest';
import type { IrModule } from '../ir/ir.ts';
import type { Plan } from '../plan/plan.ts';
import { countAtomBytes } from './atom-words.ts';
import { countJoinedBytes } from './joined-strings.ts';
import type { ResponseRoom } from './response-room.ts';

export const wasmPageBytes = 65_536;
/** For the sets that rules compute. */
const workBytes = 262_144;
/** For the canonical forms of a call, while they are written and while a session that stores them changes. */
export const callBytes = 5 * wasmPageBytes;
/** Deeply nested lists share this memory; a request that exhausts it is denied. */
const maxElementBytes = 16_777_216;
export const nameSlots = 16_384;
/**
 * The maximum number of probes for all names of a document, per slot: names with colliding hashes must
 * not take long.
 */
export const nameProbes = 4;
/** The maximum number of probes of a look-up in an external table, for the same reason. */
export const probeLimit = 256;
/** The bytes of a function reference with its entry in a list. */
const referenceBytes = 64;
/** Enough for dozens of shapes of common size. */
export const shapeBytes = 49_152;
/** The maximum number of values in a request that is learned. */
export const notes = 128;
const noteBytes = 32;
/** The bytes of source per word of marks, and the number of words after the longest source. */
const markedTogether = 32;
const markedAhead = 32;

export interface MemoryLayout {
  readonly result: number;
  /** The winning reasons. */
  readonly reasons: number;
  readonly constraints: number;
  readonly offers: number;
  readonly placeholders: number;
  /** The values of the reasons' obligations. */
  readonly properties: number;
  /** The joined strings of obligations, and their end. */
  readonly texts: number;
  readonly textsEnd: number;
  /** Five lists of fired reasons, one per effect, each with room for all reasons. */
  readonly fired: number;
  readonly narrowed: number;
  /** A cell that is never read. */
  readonly ignored: number;
  /** The digest of the call. */
  readonly digest: number;
  readonly facts: number;
  /** The atoms: the parts of conditions that the request alone decides. */
  readonly atoms: number;
  readonly data: number;
}

/** The regions above the constant data, whose size is known last. */
export interface UpperLayout {
  readonly input: number;
  readonly names: number;
  readonly nameSlots: number;
  readonly arena: number;
  readonly arenaEnd: number;
  /** The start of the trees of learned shapes. */
  readonly shapeRoots: number;
  readonly shapes: number;
  readonly notes: number;
  readonly notesEnd: number;
  readonly marks: number;
  /** The parts of a response: ranked reasons, paths, obligations, and the regions that it is written in. */
  readonly rankBits: number;
  readonly rankEntries: number;
  readonly readBits: number;
  readonly demands: number;
  readonly sorted: number;
  readonly responseTexts: number;
  readonly response: number;
  readonly responseEnd: number;
  readonly memoryBase: number;
  readonly pages: number;
  /** The start of the blocks for external tables. */
  readonly blocks: number;
}

/**
 * Lays out the lower regions. Several policies in one module share them, because they are evaluated one
 * at a time.
 */
export function layoutMemory(irs: readonly IrModule[], plans: readonly Plan[]): MemoryLayout {
  const findMax = (count: (ir: IrModule) => number) => Math.max(0, ...irs.map(count));
  let at = 1024;
  const take = (bytes: number) => {
    const start = at;
    at += Math.ceil(bytes / 16) * 16;
    return start;
  };
  const reasons = findMax((ir) => ir.reasons.length);
  const joined = findMax(({ reasons }) =>
    reasons.reduce(
      (all, { properties }) =>
        properties.reduce((sum, { value }) => sum + countJoinedBytes(value), all),
      0,
    ),
  );
  const digest = irs.some(hasDigest) ? digestLength : 0;
  return {
    result: take(64),
    reasons: take(reasons * 16),
    constraints: take(findMax((ir) => ir.constraints.length) * 16),
    offers: take(findMax((ir) => ir.offers.length) * 16),
    placeholders: take(findMax((ir) => ir.placeholders) * 16),
    properties: take(findMax((ir) => ir.properties) * 16),
    texts: take(joined),
    textsEnd: at,
    fired: take(reasons * 4 * 5),
    narrowed: take(findMax((ir) => ir.rules.length + ir.scores.length) * 12),
    ignored: take(16),
    digest: take(digest),
    facts: take(findMax((ir) => ir.facts.size)),
    atoms: take(Math.max(0, ...plans.map(({ atoms }) => countAtomBytes(atoms.length)))),
    data: take(0),
  };
}

/** Whether the policy declares the digest of the call. */
export function hasDigest({ facts }: IrModule): boolean {
  return facts.digest !== undefined;
}

/** `call`: for the canonical forms of a call; `references`: to functions, which the assembler lays out as objects; `roots`: of learned shapes; `room`: for responses. */
export function layoutAbove(
  dataEnd: number,
  elementBytes: number,
  call: number,
  references: number,
  roots: number,
  room: ResponseRoom,
): UpperLayout {
  const align = (address: number) => Math.ceil(address / 16) * 16;
  const input = Math.ceil(dataEnd / markedTogether) * markedTogether;
  const names = align(input + requestLimits.bytes + 32);
  const arena = names + nameSlots * 16;
  const arenaEnd =
    arena + requestLimits.bytes + Math.min(elementBytes, maxElementBytes) + workBytes + call;
  const shapeRoots = align(arenaEnd);
  const shapes = align(shapeRoots + roots * 4);
  const notesStart = shapes + shapeBytes;
  const notesEnd = notesStart + notes * noteBytes;
  const marks = align(notesEnd);
  const rankBits = align(marks + requestLimits.bytes / 4 + markedAhead);
  const rankEntries = align(rankBits + Math.ceil(room.ranks / 64) * 8);
  const readBits = align(rankEntries + room.ranks * 4);
  const demands = align(readBits + room.readWords * 8);
  const sorted = align(demands + room.demands);
  const responseTexts = align(sorted + room.sorted);
  const response = align(responseTexts + room.texts);
  const responseEnd = align(response + room.response);
  const memoryBase = responseEnd;
  const pages = Math.ceil(
    (memoryBase + wasmPageBytes + references * referenceBytes) / wasmPageBytes,
  );
  return {
    input,
    names,
    nameSlots,
    arena,
    arenaEnd,
    shapeRoots,
    shapes,
    notes: notesStart,
    notesEnd,
    marks,
    rankBits,
    rankEntries,
    readBits,
    demands,
    sorted,
    responseTexts,
    response,
    responseEnd,
    memoryBase,
    pages,
    blocks: pages * wasmPageBytes,
  };
}
