// Emits AssemblyScript from the IR of policies; link.ts completes the module. Deterministic: the same IR results in
// the same source.

import { abiMajor, abiMinor } from '@nhipol/runtime/abi';
import { digestLength } from '@nhipol/runtime/call-digest';
import { collectHostTests } from '../direct/encoding.ts';
import type { HostTests } from '../direct/host-tests.ts';
import type { Description } from '../ir/description.ts';
import type { IrFacts, IrModule } from '../ir/ir.ts';
import {
  callBytes,
  hasDigest,
  layoutAbove,
  layoutMemory,
  type MemoryLayout,
  type UpperLayout,
} from '../layout/layout.ts';
import type { ResponseRoom } from '../layout/response-room.ts';
import type { Plan, PlannedPossibility } from '../plan/plan.ts';
import { type Constants, declare, packText } from './data/constants.ts';
import { alignSize, StaticData } from './data/static-data.ts';
import { emitNormalize } from './readers/normalize.ts';
import { emitReaders } from './readers/readers.ts';
import { describeResponse } from './response/describe-response.ts';
import { maxRoom } from './response/room.ts';
import { emitJudge, emitPossibility } from './rules/judge.ts';
import { emitSessions } from './sessions/emit-sessions.ts';

/** A policy to emit. */
export interface Unit {
  readonly ir: IrModule;
  readonly plan: Plan;
  readonly possibility?: PlannedPossibility | undefined;
  readonly description: Description;
  /** Whether the module holds sessions; only a module with a single policy can. */
  readonly sessions?: boolean;
}

/** The numbers of a module that its bounds depend on. */
export interface Placement {
  readonly pages: number;
  /** The maximum number of slots that a look-up in the emitted tables visits. */
  readonly maxRun: number;
}

/** The parts of a module. */
export interface Parts extends Placement {
  readonly units: readonly Unit[];
  readonly bodies: readonly Body[];
  readonly tests: readonly HostTests[];
  readonly layout: MemoryLayout;
  readonly data: StaticData;
  /** The addresses above the data. */
  readonly upper: UpperLayout;
}

/** Emits the parts of a module with one policy or, for tests, with many. */
export function emit(units: readonly Unit[]): Parts {
  const irs = units.map((unit) => unit.ir);
  const plans = units.flatMap(({ plan, possibility }) => [plan, possibility?.plan ?? []].flat());
  const layout = layoutMemory(irs, plans);
  const data = new StaticData(layout.data);
  const tests = units.map(({ ir, plan }) => collectHostTests(ir, plan));
  const bodies = units.map((unit, index) =>
    emitBody(unit, index, layout, data, tests[index] as HostTests),
  );
  const { end, maxRun } = data;
  const upper = layoutAbove(
    end,
    Math.max(0, ...irs.map((ir) => ir.facts.elementBytes)),
    irs.some(hasDigest) ? callBytes : 0,
    plans.reduce((all, plan) => all + countReferences(plan), 0),
    countShapeRoots(units),
    maxRoom(bodies.map(({ room }) => room)),
  );
  return { units, bodies, tests, layout, data, maxRun, upper, pages: upper.pages };
}

/** The number of roots of learned shapes: two for each policy. */
export function countShapeRoots(units: readonly Unit[]): number {
  return units.length * 2;
}

/**
 * The maximum number of function references: those that evaluate a rule, explain it and fill its cells.
 */
function countReferences({ direct, families, trees, leaves }: Plan): number {
  return 3 * (direct.length + families.length + trees.length + leaves.length);
}

export interface Body {
  /** The generated part of the policy. */
  readonly body: string;
  /** The source of policy/possibility.ts, if the module states what is possible. */
  readonly possibility: string | undefined;
  /** The source of policy/layout.ts. */
  readonly layout: string;
  /** The source of sessions/layout.ts, if the module holds sessions. */
  readonly sessionLayout: string | undefined;
  readonly room: ResponseRoom;
  /** The bytes of the data that describe responses. */
  readonly responseBytes: number;
}

/** Emits the generated part of a policy except for its imports. */
function emitBody(
  { ir, plan, possibility, description, sessions = false }: Unit,
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
  const judge = emitJudge(ir, plan, layout, data, decided, possibility?.ir);
  const normalize = emitNormalize(facts, layout.facts, data);
  const tables = emitTables(ir, data);
  const possible = possibility && emitPossibility(possibility, layout, data);
  const emittedSessions = sessions ? emitSessions(ir, plan, layout, data) : undefined;
  const response = describeResponse(ir, description, layout, data.end, sessions);
  const responseData = data.raw(response.bytes);
  const constants: Constants = {
    ...response.constants,
    TIME_CELL: ['usize', time ?? 0],
    REQUEST_FACTS_SIZE: ['i32', facts.requestSize],
    SHAPE_ROOT: ['i32', index * 2],
    ...readers.constants,
    DIGEST_CELL: ['usize', facts.digest === undefined ? 0 : layout.facts + facts.digest.offset],
    DIGEST: ['usize', layout.digest],
    DIGEST_BYTES: ['i32', digestLength],
    ...createCallTexts(facts.digest, data),
  };
  const body = [
    `export const abi_major: i32 = ${abiMajor};`,
    `export const abi_minor: i32 = ${abiMinor};`,
    ...edges,
    ...readers.lines,
    ...normalize,
    ...judge,
    ...tables,
    ...(emittedSessions?.lines ?? []),
  ];
  return {
    body: body.join('\n'),
    possibility: possible && [...edges, ...possible].join('\n'),
    layout: declare(constants),
    sessionLayout: emittedSessions?.layout,
    room: response.room,
    responseBytes: alignSize(responseData.length),
  };
}

const edges = [
  '// The edges of a condition, or of both contributions of a rule.',
  'let edgeA: i64 = NEVER;',
  'let edgeB: i64 = NEVER;',
];

/** The texts between the parts of a call that its digest covers. */
function createCallTexts(digest: IrFacts['digest'], data: StaticData): Constants {
  const packCallText = (text: string) =>
    digest === undefined ? (['u64', 0] as const) : packText(data.text(text));
  return {
    CALL_ACTION: packCallText('{"action":'),
    CALL_RESOURCE: packCallText(`,"policy":${JSON.stringify(digest?.policy)},"resource":`),
    CALL_SUBJECT: packCallText(',"subject":'),
  };
}

/** Emits the choice of the description of an external table by its index in the manifest. */
function emitTables({ tables }: IrModule, data: StaticData): readonly string[] {
  const descriptions = tables.map((table) => data.description(table));
  return [
    'export function describeTable(index: i32): usize {',
    '  switch (index) {',
    ...descriptions.map((address, index) => `    case ${index}: return ${address};`),
    '    default: return 0;',
    '  }',
    '}',
  ];
}
