// Links the emitted parts of a module: the entry file, the layout that the library is compiled with, and the constant
// data with its address.

import { type Encoding, requestLimits } from '@nhipol/runtime/abi';
import { describeEncoding } from '../direct/encoding.ts';
import type { HostTests } from '../direct/host-tests.ts';
import type { IrModule } from '../ir/ir.ts';
import type { IrTable } from '../ir/tables.ts';
import { nameProbes, probeLimit } from '../layout/layout.ts';
import { assemblySources } from './assembly-sources.generated.ts';
import { type Constants, declare } from './data/constants.ts';
import { countShapeRoots, type Parts, type Unit } from './emit.ts';
import {
  factExports,
  growthExports,
  historyExports,
  moduleExports,
  possibilityExports,
  sessionExports,
  sessionPossibilityExports,
  tableExports,
} from './exports.ts';
import { printImports } from './expressions/library.ts';
import { collectSettableWords } from './sessions/settable-words.ts';
import { countSessionRestBytes } from './sessions/slots.ts';

export interface Linked {
  /** AssemblyScript by file name; `entry.ts` is compiled. */
  readonly sources: ReadonlyMap<string, string>;
  readonly data: { readonly address: number; readonly bytes: Uint8Array };
  readonly memoryBase: number;
  readonly pages: number;
  readonly maximumPages: number;
  readonly encodings: readonly Encoding[];
}

/** Links a module. `suffix`: what the exports of the nth policy end in. */
export function link(
  { units, bodies, tests, layout, data, upper }: Parts,
  suffix: (index: number) => string,
): Linked {
  const findMax = (count: (ir: IrModule) => number) =>
    Math.max(0, ...units.map(({ ir }) => count(ir)));
  const withImports = (body: string) => `${printImports(body)}${body}`;
  const constants: Constants = {
    INPUT: ['usize', upper.input],
    INPUT_LIMIT: ['i32', requestLimits.bytes],
    MARKS: ['usize', upper.marks],
    NAMES: ['usize', upper.names],
    NAMES_SLOTS: ['i32', upper.nameSlots],
    NAMES_PROBES: ['i32', nameProbes],
    PROBE_LIMIT: ['i32', probeLimit],
    ARENA: ['usize', upper.arena],
    ARENA_END: ['usize', upper.arenaEnd],
    TEXTS: ['usize', layout.texts],
    TEXTS_END: ['usize', layout.textsEnd],
    SHAPE_ROOTS: ['usize', upper.shapeRoots],
    SHAPE_ROOT_COUNT: ['i32', countShapeRoots(units)],
    SHAPES: ['usize', upper.shapes],
    SHAPES_END: ['usize', upper.notes],
    NOTES: ['usize', upper.notes],
    NOTES_END: ['usize', upper.notesEnd],
    BLOCKS: ['usize', upper.blocks],
    HAS_CLOSED_TABLES: ['bool', units.some(({ ir }) => ir.tables.some(isClosed))],
    OPENS_REQUESTS: ['bool', units.some(({ possibility }) => possibility !== undefined)],
    HAS_SEASONS: ['bool', data.hasSeasons],
    HAS_AUTOMATA: ['bool', data.hasAutomata],
    HAS_SEGMENT_GLOBS: ['bool', data.hasSegmentGlobs],
    STRING_LIMIT: ['i32', requestLimits.stringBytes],
    ELEMENT_LIMIT: ['i32', requestLimits.elements],
    DEPTH_LIMIT: ['i32', requestLimits.depth],
    RESULT: ['usize', layout.result],
    REASONS: ['usize', layout.reasons],
    REASON_COUNT: ['i32', findMax((ir) => ir.reasons.length)],
    FIRED: ['usize', layout.fired],
    NARROWED: ['usize', layout.narrowed],
    CONSTRAINTS: ['usize', layout.constraints],
    CONSTRAINT_COUNT: ['i32', findMax((ir) => ir.constraints.length)],
    OFFERS: ['usize', layout.offers],
    OFFER_COUNT: ['i32', findMax((ir) => ir.offers.length)],
    IGNORED: ['usize', layout.ignored],
    SESSION_REST: [
      'usize',
      units.some(({ sessions }) => sessions)
        ? findMax(({ facts }) => countSessionRestBytes(facts))
        : 0,
    ],
    RANK_BITS: ['usize', upper.rankBits],
    RANK_ENTRIES: ['usize', upper.rankEntries],
    READ_BITS: ['usize', upper.readBits],
    DEMANDS: ['usize', upper.demands],
    RESPONSE_SORTED: ['usize', upper.sorted],
    RESPONSE_TEXTS: ['usize', upper.responseTexts],
    RESPONSE: ['usize', upper.response],
    RESPONSE_END: ['usize', upper.responseEnd],
    FACTS: ['usize', layout.facts],
    FACTS_SIZE: ['i32', findMax((ir) => ir.facts.size)],
  };
  const sessionLayouts = bodies.flatMap(({ sessionLayout }) => sessionLayout ?? []);
  const sources = new Map([
    ...assemblySources,
    ['layout.ts', declare(constants)],
    ...sessionLayouts.map((source): [string, string] => ['sessions/layout.ts', source]),
    ...bodies.flatMap(({ body, possibility, layout: own }, index) =>
      listPolicyFiles(
        namePolicyFolder(index),
        new Map([
          ['generated.ts', withImports(body)],
          ['layout.ts', own],
          ...(possibility === undefined
            ? []
            : ([['possibility.ts', withImports(possibility)]] as const)),
        ]),
      ),
    ),
    [
      'entry.ts',
      units
        .flatMap((unit, index) => exportLines(unit, namePolicyFolder(index), suffix(index)))
        .join(''),
    ],
  ]);
  return {
    sources,
    data: { address: layout.data, bytes: data.bytes },
    memoryBase: upper.memoryBase,
    pages: upper.pages,
    maximumPages: units.some(grows) ? maxPages : upper.pages,
    encodings: units.map(({ ir, plan, sessions = false }, index) =>
      describeEncoding(
        ir,
        plan,
        tests[index] as HostTests,
        { ...layout, ...upper },
        sessions ? collectSettableWords(ir) : undefined,
      ),
    ),
  };
}

function isClosed({ external }: IrTable): boolean {
  return external?.form === 'closed sets';
}

/** The folder of a policy's files. Sessions, which only a single policy has, use the folder of the first. */
function namePolicyFolder(index: number): string {
  return index === 0 ? 'policy' : `policy${index}`;
}

/** A copy of the library's folder for one policy, with its generated part and its addresses. */
function listPolicyFiles(
  folder: string,
  own: ReadonlyMap<string, string>,
): readonly [string, string][] {
  const files = [...assemblySources].filter(([name]) => name.startsWith('policy/'));
  return files.map(([name, source]) => {
    const file = name.slice('policy/'.length);
    return [`${folder}/${file}`, own.get(file) ?? source];
  });
}

/** Half of the 32-bit address space, so that an address is never negative. */
const maxPages = 32_767;

/** Whether a host can reserve more memory. */
function grows({ ir, sessions = false }: Unit): boolean {
  return sessions || ir.tables.length > 0;
}

function sharesHistory({ history }: IrModule): boolean {
  return history?.tracks.some(({ isShared }) => isShared) ?? false;
}

/** The lines of the entry file that export what a policy has. */
function exportLines(unit: Unit, folder: string, suffix: string): readonly string[] {
  const { ir, sessions = false } = unit;
  return [
    ...moduleExports,
    ...(ir.facts.digest === undefined ? factExports : []),
    ...(ir.possibility === undefined ? [] : possibilityExports),
    ...(grows(unit) ? growthExports : []),
    ...(ir.tables.length === 0 ? [] : tableExports),
    ...(sessions ? sessionExports : []),
    ...(sessions && ir.possibility !== undefined ? sessionPossibilityExports : []),
    ...(sessions && sharesHistory(ir) ? historyExports : []),
  ].map(({ file, names }) => {
    const renamed = names.map((name) => `${name} as ${name}${suffix}`);
    return `export { ${renamed.join(', ')} } from './${file.replace('policy/', `${folder}/`)}';\n`;
  });
}
