// The module's memory map, from bottom to top: the answer, the facts, constant data, the text of
// the request, the table of names, the arena, and learned shapes; above it what the assembler itself places.

import { requestLimits } from '@nhipol/runtime/abi';
import { digestLength } from '@nhipol/runtime/call-digest';
import type { IrModule } from '../ir/ir.ts';
import type { Plan } from '../plan/plan.ts';
import { atomBytes } from './atom-words.ts';
import { joinedBytes } from './joined-strings.ts';

export const pageBytes = 65_536;
/** For the sets that rules compute. */
const workBytes = 262_144;
/** Absurdly nested lists share what there is; running out of it is a deny. */
const mostElementBytes = 16_777_216;
export const nameSlots = 16_384;
/** For all names of a text, for each slot: names that are made to collide must not take long. */
export const nameProbes = 4;
/** For a look-up in an external table, for the same reason. */
export const probeLimit = 256;
/** With its place in a list. */
const referenceBytes = 64;
/** Some dozens of shapes of common size. */
export const shapeBytes = 49_152;
/** As many values as a text may have to be learned. */
export const notes = 128;
const noteBytes = 32;
/** As many bytes of text as have a word of marks, and how many there are behind those of the longest text. */
const markedTogether = 32;
const markedAhead = 32;

export interface MemoryLayout {
  readonly result: number;
  /** The winning reasons. */
  readonly reasons: number;
  readonly constraints: number;
  readonly placeholders: number;
  /** What the obligations of the reasons say. */
  readonly properties: number;
  /** The strings of obligations that are joined from parts, and their end. */
  readonly texts: number;
  readonly textsEnd: number;
  /** Five lists of fired reasons, one an effect, each with room for all. */
  readonly fired: number;
  readonly narrowed: number;
  /** A cell that is never read. */
  readonly ignored: number;
  /** The digest of the call, where the host writes it and where rules look. */
  readonly toldDigest: number;
  readonly takenDigest: number;
  readonly facts: number;
  /** What the request decides of the rules' conditions. */
  readonly atoms: number;
  readonly data: number;
}

/** What lies above the constant data, whose size is known last. */
export interface UpperLayout {
  readonly input: number;
  readonly names: number;
  readonly nameSlots: number;
  readonly arena: number;
  readonly arenaEnd: number;
  /** Where the trees of learned shapes begin. */
  readonly shapeRoots: number;
  readonly shapes: number;
  readonly notes: number;
  readonly notesEnd: number;
  readonly marks: number;
  readonly memoryBase: number;
  readonly pages: number;
  /** Where blocks for external tables begin. */
  readonly blocks: number;
}

/** Several policies in one module share all of it, for they are asked one at a time. */
export function layoutMemory(irs: readonly IrModule[], plans: readonly Plan[]): MemoryLayout {
  const most = (count: (ir: IrModule) => number) => Math.max(0, ...irs.map(count));
  let at = 1024;
  const take = (bytes: number) => {
    const start = at;
    at += Math.ceil(bytes / 16) * 16;
    return start;
  };
  const reasons = most((ir) => ir.reasons.length);
  const joined = most(({ reasons }) =>
    reasons.reduce(
      (all, { properties }) => properties.reduce((sum, { value }) => sum + joinedBytes(value), all),
      0,
    ),
  );
  const digest = irs.some(({ facts }) => facts.digest !== undefined) ? digestLength : 0;
  return {
    result: take(64),
    reasons: take(reasons * 16),
    constraints: take(most((ir) => ir.constraints.length) * 16),
    placeholders: take(most((ir) => ir.placeholders) * 16),
    properties: take(most((ir) => ir.properties) * 16),
    texts: take(joined),
    textsEnd: at,
    fired: take(reasons * 4 * 5),
    narrowed: take(most((ir) => ir.rules.length + ir.scores.length) * 12),
    ignored: take(16),
    toldDigest: take(digest),
    takenDigest: take(digest),
    facts: take(most((ir) => ir.facts.size)),
    atoms: take(Math.max(0, ...plans.map(({ atoms }) => atomBytes(atoms.length)))),
    data: take(0),
  };
}

/**
 * `references`: to functions, each of which the assembler lays out as an object; `roots`: of learned
 * shapes.
 */
export function layoutAbove(
  dataEnd: number,
  elementBytes: number,
  references: number,
  roots: number,
): UpperLayout {
  const align = (address: number) => Math.ceil(address / 16) * 16;
  const input = Math.ceil(dataEnd / markedTogether) * markedTogether;
  const names = align(input + requestLimits.bytes + 32);
  const arena = names + nameSlots * 16;
  const arenaEnd =
    arena + requestLimits.bytes + Math.min(elementBytes, mostElementBytes) + workBytes;
  const shapeRoots = align(arenaEnd);
  const shapes = align(shapeRoots + roots * 4);
  const notesStart = shapes + shapeBytes;
  const notesEnd = notesStart + notes * noteBytes;
  const marks = align(notesEnd);
  const memoryBase = align(marks + requestLimits.bytes / 4 + markedAhead);
  const pages = Math.ceil((memoryBase + pageBytes + references * referenceBytes) / pageBytes);
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
    memoryBase,
    pages,
    blocks: pages * pageBytes,
  };
}
