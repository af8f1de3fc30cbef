// Emits everything that makes a module hold sessions: the tables of stored facts, evaluation by words
// alone if the rules allow it, and the exports.

import { effects } from '@nhipol/runtime/abi';
import type { IrModule, IrShape } from '../../ir/ir.ts';
import type { MemoryLayout } from '../../layout/layout.ts';
import type { Plan } from '../../plan/plan.ts';
import type { StaticData } from '../data/static-data.ts';
import { namesOf } from '../readers/record-writers.ts';
import { emitOfWords } from '../rules/judge.ts';
import { type SessionPieces, sessionPieces } from './carrying.ts';
import { sessionDoors } from './doors.ts';
import { emitHistory } from './history.ts';
import { type SessionSlots, sessionSlots } from './slots.ts';

export function emitSessions(
  ir: IrModule,
  plan: Plan,
  layout: MemoryLayout,
  data: StaticData,
): readonly string[] {
  const slots = sessionSlots(ir.facts, layout.facts, data);
  const ofWords = emitOfWords(ir, plan, layout, data, slots.places);
  const { subject, action, resource, context, selectors } = ir.facts;
  const own = [
    ['subject.type', 'subject.id'],
    ['action.name'],
    ['resource.type', 'resource.id'],
    [],
  ];
  const roots = [subject, action, resource, context === undefined ? [] : [context]];
  const ranges = roots.map((shapes) => rangeOf(shapes, layout.facts));
  const history = ir.history && emitHistory(ir, layout.facts, data);
  return [
    ...(ofWords?.lines ?? []),
    ...(history?.lines ?? []),
    sessionDoors({
      slots,
      history:
        ir.history === undefined || history === undefined
          ? undefined
          : {
              ...history,
              effect: layout.facts + ir.history.effect,
              time: layout.facts + ir.history.time,
            },
      roots: ranges,
      askedWords: askedWords(ranges.slice(1, 3), slots, layout.facts),
      own: own.map((names) => names.map((name) => layout.facts + (selectors[name]?.offset ?? 0))),
      names: [ir.selectors.subjects, ir.selectors.actions, ir.selectors.resources].map((names) =>
        namesOf(['', ...names], data),
      ),
      keepsAtoms: ofWords !== undefined,
      isPacked: ofWords?.isPacked ?? false,
      hasTables: ir.tables.length > 0,
      atoms: layout.atoms,
      pieces: Object.fromEntries(
        Object.entries(sessionPieces).map(([name, text]) => [name, data.text(text)]),
      ) as SessionPieces,
      digest: ir.facts.digest && {
        cell: layout.facts + ir.facts.digest.offset,
        policy: data.text(ir.facts.digest.policy),
      },
      effects: namesOf(effects, data),
      revokes: revokesOf(ir, data),
      constraints: ir.constraints,
    }),
  ];
}

interface Range {
  readonly start: number;
  readonly size: number;
}

/** The range of a root's cells, which are contiguous whatever its shapes. */
function rangeOf(shapes: readonly IrShape[], facts: number): Range {
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

/** The words that a root range covers, as bits by their places in a record. */
function askedWords(asked: readonly Range[], { places }: SessionSlots, facts: number): number {
  const isAsked = (cell: number) =>
    asked.some(({ start, size }) => start <= cell && cell < start + size);
  return [...places].reduce(
    (bits, [offset, place]) => (isAsked(facts + offset) ? bits | (1 << place) : bits),
    0,
  );
}

function revokesOf({ reasons }: IrModule, data: StaticData) {
  const rows = reasons.flatMap(({ id, revokes }, at) => {
    const { address, length } = data.text(id);
    return revokes ? [at, address, length] : [];
  });
  return { address: data.words(rows), count: rows.length / 3 };
}
