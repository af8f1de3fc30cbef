// Emits what varies in a module that holds sessions: the constants of sessions/layout.ts of the assembly
// library, and functions for the generated part of the policy: events, and evaluation by words alone if
// the rules allow it.

import { changeLayout, effects, maxChanges, maxSession } from '@nhipol/runtime/abi';
import { listContextShapes } from '../../ir/cell-readers.ts';
import type { IrConstraint, IrModule, IrShape } from '../../ir/ir.ts';
import type { MemoryLayout } from '../../layout/layout.ts';
import type { Plan } from '../../plan/plan.ts';
import { type Constants, declare, packText } from '../data/constants.ts';
import type { StaticData } from '../data/static-data.ts';
import { storeNames } from '../readers/record-writers.ts';
import { emitOfWords } from '../rules/judge.ts';
import { emitHistory } from './history.ts';
import { countOutdatedBytes, placeSessionSlots, type SessionSlots } from './slots.ts';

export interface EmittedSessions {
  /** The source of sessions/layout.ts. */
  readonly layout: string;
  /** Functions of the generated part of the policy. */
  readonly lines: readonly string[];
}

/** The texts between the values of a session's JSON, by the name of their constant. */
const texts = {
  TEXT_SESSION: '{"session":1,"id":',
  TEXT_CALL: ',"call":',
  TEXT_LATEST: ',"latest":',
  TEXT_EFFECT: ',"effect":',
  TEXT_OUTDATED: ',"outdated":',
  TEXT_REVOKED: ',"revoked":',
  TEXT_HISTORY: ',"history":"',
  TEXT_REQUEST: '","request":',
  TEXT_SUBJECT: '{"subject":{"type":',
  TEXT_ID: ',"id":',
  TEXT_ACTION: ',"action":{"name":',
  TEXT_RESOURCE: ',"resource":{"type":',
  TEXT_PROPERTIES: ',"properties":',
  TEXT_CONTEXT: ',"context":',
  TEXT_NULL: 'null',
} as const;

/** The texts of the JSON of a record of the history across sessions. */
const recordTexts = { TEXT_RECORD: '{"record":"', TEXT_ENTRY: '","entry":"' } as const;

export function emitSessions(
  ir: IrModule,
  plan: Plan,
  layout: MemoryLayout,
  data: StaticData,
): EmittedSessions {
  const slots = placeSessionSlots(ir.facts, layout.facts, data);
  const ofWords = emitOfWords(ir, plan, layout, data, slots.places);
  const { subject, action, resource, selectors } = ir.facts;
  const locateSelector = (name: string) => layout.facts + (selectors[name]?.offset ?? 0);
  const roots = [subject, action, resource, listContextShapes(ir.facts)];
  const ranges = roots.map((shapes) => findRange(shapes, layout.facts));
  const history = ir.history && emitHistory(ir, layout.facts, data);
  const [subjectNames = 0, actionNames = 0, resourceNames = 0] = [
    ir.selectors.subjects,
    ir.selectors.actions,
    ir.selectors.resources,
  ].map((names) => storeNames(['', ...names], data));
  const blocks = Object.entries(texts).map(
    ([name, text]) => [name, packText(data.text(text))] as const,
  );
  const effectNames = storeNames(effects, data);
  const revokes = storeRevokes(ir, data);
  const members = slots.words.count + slots.stored.count;
  const constants: Constants = {
    MAX_SESSION: ['i32', maxSession],
    MAX_CHANGES: ['i32', maxChanges],
    CHANGES_BYTES: ['i32', maxChanges * changeLayout.size],
    CHANGE_BYTES: ['usize', changeLayout.size],
    CHANGE_HANDLE: ['usize', changeLayout.handle],
    CHANGE_BEFORE: ['usize', changeLayout.before],
    CHANGE_AFTER: ['usize', changeLayout.after],
    HAS_HISTORY: ['bool', history !== undefined],
    HAS_TABLES: ['bool', ir.tables.length > 0],
    STORES_ATOMS: ['bool', ofWords !== undefined],
    IS_PACKED: ['bool', ofWords?.isPacked ?? false],
    ATOMS: ['usize', layout.atoms],
    WORDS: ['usize', slots.words.address],
    WORD_COUNT: ['i32', slots.words.count],
    SLOTS: ['usize', slots.stored.address],
    SLOT_COUNT: ['i32', slots.stored.count],
    RECORD_SLOTS: ['i32', slots.records],
    STATE_SIZE: ['usize', (history?.bytes ?? 0) + countOutdatedBytes(members)],
    OUTDATED: ['usize', history?.bytes ?? 0],
    OUTDATED_BYTES: ['usize', countOutdatedBytes(members)],
    SUBJECT_TYPE: ['usize', locateSelector('subject.type')],
    SUBJECT_ID: ['usize', locateSelector('subject.id')],
    ACTION_NAME: ['usize', locateSelector('action.name')],
    RESOURCE_TYPE: ['usize', locateSelector('resource.type')],
    RESOURCE_ID: ['usize', locateSelector('resource.id')],
    ...Object.fromEntries(
      ['SUBJECT', 'ACTION', 'RESOURCE', 'CONTEXT'].flatMap((root, index) => [
        [`${root}_CELLS`, ['usize', ranges[index]?.start ?? 0]],
        [`${root}_CELLS_SIZE`, ['i32', ranges[index]?.size ?? 0]],
      ]),
    ),
    SUBJECT_NAMES: ['usize', subjectNames],
    ACTION_NAMES: ['usize', actionNames],
    RESOURCE_NAMES: ['usize', resourceNames],
    QUERY_WORDS: ['u32', queryWords(ranges.slice(1, 3), slots, layout.facts)],
    TRACKS: ['usize', history?.tracks.address ?? 0],
    TRACK_COUNT: ['i32', history?.tracks.count ?? 0],
    TERMS: ['usize', history?.terms.address ?? 0],
    TERM_COUNT: ['i32', history?.terms.count ?? 0],
    HAS_SUMS: ['bool', history?.hasSums ?? false],
    HAS_PERIODS: ['bool', history?.hasPeriods ?? false],
    HAS_OUTCOMES: ['bool', ir.history?.signals.some(({ isOutcome }) => isOutcome) ?? false],
    IDENTITIES: ['usize', history?.identities ?? 0],
    HAS_SHARED: ['bool', (history?.sharedCount ?? 0) > 0],
    SHARED_COUNT: ['i32', history?.sharedCount ?? 0],
    SHARED_BYTES: ['usize', history?.sharedBytes ?? 0],
    LINKS: ['usize', history?.links ?? 0],
    HAS_COMPOUND_KEYS: ['bool', history?.hasCompoundKeys ?? false],
    HAS_COUNTERS: ['bool', history?.hasCounters ?? false],
    OWN: ['usize', history?.own ?? 0],
    EVENT_EFFECT: ['usize', layout.facts + (ir.history?.effect ?? 0)],
    EVENT_TIME: ['usize', layout.facts + (ir.history?.time ?? 0)],
    EFFECTS: ['usize', effectNames],
    REVOKES: ['usize', revokes.address],
    REVOKE_COUNT: ['i32', revokes.count],
    TEXT_CALL_RESOURCE:
      ir.facts.digest === undefined ? ['u64', 0] : packText(data.text(',"resource":')),
    ...Object.fromEntries(blocks),
    ...Object.fromEntries(
      Object.entries(recordTexts).map(([name, text]) => [
        name,
        (history?.sharedCount ?? 0) > 0 ? packText(data.text(text)) : ['u64', 0],
      ]),
    ),
  };
  return {
    layout: declare(constants),
    lines: [
      ...(ofWords?.lines ?? []),
      ...(ofWords === undefined ? [noRepair] : []),
      ...(ofWords?.isPacked === true ? [] : [notPacked]),
      ...(history?.lines ?? [noHistory]),
      ...emitHashing('hashConstraints', 'CONSTRAINTS', ir.constraints),
      ...emitHashing(
        'hashOffers',
        'OFFERS',
        ir.offers.flatMap(({ constraint }) => ir.constraints[constraint] ?? []),
      ),
    ],
  };
}

// The functions that a module does not call.
const noRepair =
  'export function repair(slot: i32, value: i64, session: usize): bool { return false; }';
const notPacked =
  'export function packed(sure: u64, may: u64, subject: i32, action: i32, resource: i32): u32 { return 3; }';
const noHistory = `export function noteDecision(state: usize, time: i64, order: u32): void {}
export function noteSharedDecision(time: i64, order: u32): void {}
export function noteSignal(signal: i32, state: usize, time: i64, order: u32, latest: i64): void {}
export function boundOf(term: i32): bool { return false; }`;

/** Emits the function that hashes the values of constraints or offers into the key of an answer. */
function emitHashing(
  name: string,
  cells: string,
  constraints: readonly IrConstraint[],
): readonly string[] {
  return [
    `export function ${name}(key: u64): u64 {`,
    ...constraints.map(
      (constraint, index) =>
        `  key = hashedCell(key, ${cells} + ${index * 16}, ${encodeValueKind(constraint)});`,
    ),
    '  return key;',
    '}',
  ];
}

/** How a cell's value is identified, by the numbers of sessions/answer-key.ts of the library. */
function encodeValueKind({ rep, holds }: IrConstraint): number {
  if (rep === 'cells') return holds === 'Words' ? 2 : 3;
  return rep === 'bytes' ? 1 : 0;
}

interface Range {
  readonly start: number;
  readonly size: number;
}

/** The range of a root's cells, which are contiguous whatever its shapes. */
function findRange(shapes: readonly Pick<IrShape, 'record'>[], facts: number): Range {
  const cells = shapes.flatMap(({ record }) =>
    record.members.map(({ offset, reader }) => ({
      from: offset,
      to: offset + (reader.kind === 'record' ? reader.record.size : 16),
    })),
  );
  if (cells.length === 0) return { start: facts, size: 0 };
  const start = Math.min(...cells.map(({ from }) => from));
  const end = Math.max(...cells.map(({ to }) => to));
  return { start: facts + start, size: end - start };
}

/** The words that the ranges of action and resource cover, as bits by their places in a record. */
function queryWords(ranges: readonly Range[], { places }: SessionSlots, facts: number): number {
  const isCovered = (cell: number) =>
    ranges.some(({ start, size }) => start <= cell && cell < start + size);
  return [...places].reduce(
    (bits, [offset, place]) => (isCovered(facts + offset) ? bits | (1 << place) : bits),
    0,
  );
}

/** Rules can share an id: all but the first get a number, such as `leaked#2`. */
function storeRevokes({ reasons }: IrModule, data: StaticData) {
  const counts = new Map<string, number>();
  const rows = reasons.flatMap(({ id, revokes }, index) => {
    if (!revokes) return [];
    const count = (counts.get(id) ?? 0) + 1;
    counts.set(id, count);
    const { address, length } = data.text(count === 1 ? id : `${id}#${count}`);
    return [index, address, length];
  });
  return { address: data.words(rows), count: rows.length / 3 };
}
