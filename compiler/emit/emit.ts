// Emits AssemblyScript from the IR: the entry file, the layout that the support library is compiled with,
// and the constant data with its address. Deterministic: the same IR results in the same source.

import { abiMajor, abiMinor, type Encoding, requestLimits } from '@nhipol/runtime/abi';
import { digestLength } from '@nhipol/runtime/call-digest';
import { describeEncoding, testsOf } from '../direct/encoding.ts';
import type { HostTests } from '../direct/host-tests.ts';
import type { IrModule } from '../ir/ir.ts';
import {
  layoutAbove,
  layoutMemory,
  type MemoryLayout,
  nameProbes,
  probeLimit,
} from '../layout/layout.ts';
import type { Plan } from '../plan/plan.ts';
import { assemblySources } from './assembly-sources.generated.ts';
import { type Constants, declare } from './data/constants.ts';
import { roundedUp, StaticData } from './data/static-data.ts';
import {
  digestExports,
  growthExports,
  moduleExports,
  sessionExports,
  tableExports,
} from './exports.ts';
import { importsOf } from './expressions/library.ts';
import { emitNormalize } from './readers/normalize.ts';
import { emitReaders } from './readers/readers.ts';
import { emitJudge } from './rules/judge.ts';
import { emitSessions } from './sessions/emit-sessions.ts';
import { sessionRestBytes } from './sessions/slots.ts';

export interface Emitted {
  /** AssemblyScript by file name; `entry.ts` is compiled. */
  readonly sources: ReadonlyMap<string, string>;
  readonly data: { readonly address: number; readonly bytes: Uint8Array };
  readonly memoryBase: number;
  readonly pages: number;
  readonly maximumPages: number;
  /** The manifest of each policy as bytes. */
  readonly manifests: readonly Uint8Array[];
  readonly encodings: readonly Encoding[];
}

/** The properties of a module once everything but its manifest is laid out. */
export interface Placement {
  readonly pages: number;
  /** The maximum number of slots that a look-up in the laid out tables visits. */
  readonly maxRun: number;
}

/** A policy to emit, and its manifest as bytes. */
export interface Unit {
  readonly ir: IrModule;
  readonly plan: Plan;
  /** Whether the module holds sessions; only a module with a single policy can. */
  readonly sessions?: boolean;
  readonly manifest: (laid: Placement) => Uint8Array;
}

/** Emits one policy, whose exports have their plain names. */
export function emit(unit: Unit): Emitted {
  return emitUnits([unit], () => '');
}

/** Emits many policies in one module, for tests; the exports of the nth policy end in `_n`. */
export function emitMany(units: readonly Unit[]): Emitted {
  return emitUnits(units, (index) => `_${index}`);
}

function emitUnits(units: readonly Unit[], suffix: (index: number) => string): Emitted {
  const irs = units.map((unit) => unit.ir);
  const layout = layoutMemory(
    irs,
    units.map((unit) => unit.plan),
  );
  const data = new StaticData(layout.data);
  const tests = units.map(({ ir, plan }) => testsOf(ir, plan));
  const bodies = units.map((unit, index) =>
    emitBody(unit, index, layout, data, tests[index] as HostTests),
  );
  const maxOf = (count: (ir: IrModule) => number) => Math.max(0, ...irs.map(count));
  const shapeRoots = units.length * 2;
  const above = (end: number) =>
    layoutAbove(
      end,
      maxOf((ir) => ir.facts.elementBytes),
      units.reduce((all, { plan }) => all + referencesOf(plan), 0),
      shapeRoots,
    );
  const manifests = finalManifests(units, data, (end) => above(end).pages);
  const generated = bodies.map(({ body }, index) => {
    const block = data.raw(manifests[index] ?? new Uint8Array());
    return [
      importsOf(body),
      `export const manifest: usize = ${block.address};\n`,
      `export const manifest_length: i32 = ${block.length};\n`,
      body,
    ].join('');
  });
  const upper = above(data.end);
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
    SHAPE_ROOT_COUNT: ['i32', shapeRoots],
    SHAPES: ['usize', upper.shapes],
    SHAPES_END: ['usize', upper.notes],
    NOTES: ['usize', upper.notes],
    NOTES_END: ['usize', upper.notesEnd],
    BLOCKS: ['usize', upper.blocks],
    STRING_LIMIT: ['i32', requestLimits.stringBytes],
    ELEMENT_LIMIT: ['i32', requestLimits.elements],
    DEPTH_LIMIT: ['i32', requestLimits.depth],
    RESULT: ['usize', layout.result],
    REASONS: ['usize', layout.reasons],
    REASON_COUNT: ['i32', maxOf((ir) => ir.reasons.length)],
    FIRED: ['usize', layout.fired],
    NARROWED: ['usize', layout.narrowed],
    CONSTRAINTS: ['usize', layout.constraints],
    CONSTRAINT_COUNT: ['i32', maxOf((ir) => ir.constraints.length)],
    IGNORED: ['usize', layout.ignored],
    SESSION_REST: [
      'usize',
      units.some(({ sessions }) => sessions) ? maxOf(({ facts }) => sessionRestBytes(facts)) : 0,
    ],
    FACTS: ['usize', layout.facts],
    FACTS_SIZE: ['i32', maxOf((ir) => ir.facts.size)],
  };
  const sessionLayouts = bodies.flatMap(({ sessionLayout }) => sessionLayout ?? []);
  const sources = new Map([
    ...assemblySources,
    ['layout.ts', declare(constants)],
    ...sessionLayouts.map((source): [string, string] => ['sessions/layout.ts', source]),
    ...generated.flatMap((source, at) =>
      policyFiles(policyFolder(at), source, bodies[at]?.layout ?? ''),
    ),
    [
      'entry.ts',
      units.flatMap((unit, at) => exportLines(unit, policyFolder(at), suffix(at))).join(''),
    ],
  ]);
  return {
    sources,
    data: { address: layout.data, bytes: data.bytes },
    memoryBase: upper.memoryBase,
    pages: upper.pages,
    maximumPages: units.some(grows) ? maxPages : upper.pages,
    manifests,
    encodings: units.map(({ ir, plan }, at) =>
      describeEncoding(ir, plan, tests[at] as HostTests, { ...layout, ...upper }),
    ),
  };
}

/**
 * A manifest contains the number of pages, which depends on the length of the manifest: repeats until
 * both agree.
 */
function finalManifests(
  units: readonly Unit[],
  data: StaticData,
  pagesFor: (end: number) => number,
): readonly Uint8Array[] {
  const { end, maxRun } = data;
  for (let pages = pagesFor(end); ; ) {
    const manifests = units.map(({ manifest }) => manifest({ pages, maxRun }));
    const needed = pagesFor(manifests.reduce((all, { length }) => all + roundedUp(length), end));
    if (needed === pages) return manifests;
    pages = needed;
  }
}

/** The folder of a policy's files. Sessions, which only a single policy has, use that of the first. */
function policyFolder(index: number): string {
  return index === 0 ? 'policy' : `policy${index}`;
}

/** A copy of the library's folder for one policy, with its generated part and its addresses. */
function policyFiles(
  folder: string,
  generated: string,
  layout: string,
): readonly [string, string][] {
  const own = new Map([
    ['generated.ts', generated],
    ['layout.ts', layout],
  ]);
  const files = [...assemblySources].filter(([name]) => name.startsWith('policy/'));
  return files.map(([name, source]) => {
    const file = name.slice('policy/'.length);
    return [`${folder}/${file}`, own.get(file) ?? source];
  });
}

/** Half of the 32-bit address space, so that an address is never negative. */
const maxPages = 32_767;

/**
 * The maximum number of function references: those that evaluate a rule, explain it and fill its cells.
 */
function referencesOf({ direct, families, trees, leaves }: Plan): number {
  return 3 * (direct.length + families.length + trees.length + leaves.length);
}

/** Whether a host can reserve more memory. */
function grows({ ir, sessions = false }: Unit): boolean {
  return sessions || ir.tables.length > 0;
}

/** The lines of the entry file that export what a policy has. */
function exportLines(unit: Unit, folder: string, suffix: string): readonly string[] {
  const { ir, sessions = false } = unit;
  return [
    ...moduleExports,
    ...(ir.facts.digest === undefined ? [] : digestExports),
    ...(grows(unit) ? growthExports : []),
    ...(ir.tables.length === 0 ? [] : tableExports),
    ...(sessions ? sessionExports : []),
  ].map(({ file, names }) => {
    const renamed = names.map((name) => `${name} as ${name}${suffix}`);
    return `export { ${renamed.join(', ')} } from './${file.replace('policy/', `${folder}/`)}';\n`;
  });
}

interface Body {
  /** The generated part of the policy. */
  readonly body: string;
  /** The source of policy/layout.ts. */
  readonly layout: string;
  /** The source of sessions/layout.ts, if the module holds sessions. */
  readonly sessionLayout: string | undefined;
}

/** Emits the generated part of a policy except for its imports and the location of its manifest. */
function emitBody(
  { ir, plan, sessions = false }: Unit,
  index: number,
  layout: MemoryLayout,
  data: StaticData,
  { exprs: decided }: HostTests,
): Body {
  const { facts, selectors } = ir;
  const time = facts.time && layout.facts + facts.time.offset;
  const names = [selectors.subjects, selectors.actions, selectors.resources];
  const readers = emitReaders(facts, names, {
    facts: layout.facts,
    data,
    time,
    patching: sessions,
    signals: ir.history?.signals,
  });
  const judge = emitJudge(ir, plan, layout, data, decided);
  const normalize = emitNormalize(facts, layout.facts, data);
  const tables = emitTables(ir, data);
  const emittedSessions = sessions ? emitSessions(ir, plan, layout, data) : undefined;
  const constants: Constants = {
    TIME_CELL: ['usize', time ?? 0],
    SHAPE_ROOT: ['i32', index * 2],
    DIGEST_CELL: ['usize', facts.digest === undefined ? 0 : layout.facts + facts.digest.offset],
    HOST_DIGEST: ['usize', layout.hostDigest],
    TAKEN_DIGEST: ['usize', layout.takenDigest],
    DIGEST_BYTES: ['i32', digestLength],
  };
  const body = [
    `export const abi_major: i32 = ${abiMajor};`,
    `export const abi_minor: i32 = ${abiMinor};`,
    `export const result: usize = ${layout.result};`,
    `export const reasons: usize = ${layout.reasons};`,
    `export const constraints: usize = ${layout.constraints};`,
    `export const placeholders: usize = ${layout.placeholders};`,
    `export const properties: usize = ${layout.properties};`,
    '// The edges of a condition, or of both contributions of a rule.',
    'let edgeA: i64 = NEVER;',
    'let edgeB: i64 = NEVER;',
    ...readers,
    ...normalize,
    ...judge,
    ...tables,
    ...(emittedSessions?.lines ?? []),
  ];
  return {
    body: body.join('\n'),
    layout: declare(constants),
    sessionLayout: emittedSessions?.layout,
  };
}

/** Emits the choice of the description of an external table by its index in the manifest. */
function emitTables({ tables }: IrModule, data: StaticData): readonly string[] {
  const descriptions = tables.map((table) => data.description(table));
  return [
    'export function descriptionOf(index: i32): usize {',
    '  switch (index) {',
    ...descriptions.map((address, index) => `    case ${index}: return ${address};`),
    '    default: return 0;',
    '  }',
    '}',
  ];
}
