// Classifies the change between two answers to one request. Effects are compared first, then constraints and
// obligations, reasons, and the end of validity.

import type { EvaluatedAnswer } from '@nhipol/language';
import type { Constraint, PolicyModel } from '@nhipol/language/model';
import { stringify } from '@nhipol/runtime';
import { type AnswerObligation, strictness } from '@nhipol/runtime/abi';
import { findWidening, type Widening } from './constraint-order.ts';
import {
  type AnswerState,
  type Aspect,
  aspects,
  type DiffKind,
  type Direction,
} from './policy-diff.ts';

export type AnswerComparer = (
  before: EvaluatedAnswer,
  after: EvaluatedAnswer,
) => DiffKind | undefined;

/** The comparison returns `undefined` if nothing that is compared differs. */
export function createAnswerComparer(before: PolicyModel, after: PolicyModel): AnswerComparer {
  const [declared, newDeclared] = [indexConstraints(before), indexConstraints(after)];
  return (old, now) =>
    classifyChange(old, now, (name) =>
      findWidening(
        [declared.get(name), old.constraints[name]],
        [newDeclared.get(name), now.constraints[name]],
      ),
    );
}

function indexConstraints({ constraints }: PolicyModel): ReadonlyMap<string, Constraint> {
  return new Map(constraints.map((constraint) => [constraint.name, constraint]));
}

export function makeKindKey({ before, after, aspect, direction }: DiffKind): string {
  return [before, after, aspect, direction].join(' ');
}

function classifyAnswer({ effect, error }: EvaluatedAnswer): AnswerState {
  return error !== undefined && effect === 'deny' ? 'invalid' : effect;
}

function classifyChange(
  before: EvaluatedAnswer,
  after: EvaluatedAnswer,
  widened: (name: string) => Widening,
): DiffKind | undefined {
  const states = { before: classifyAnswer(before), after: classifyAnswer(after) };
  if (states.before === 'invalid' && states.after === 'invalid') return undefined;
  if (states.before !== states.after) {
    const directions = [compareEffects(before, after), compareObligations(before, after)];
    return { ...states, aspect: undefined, direction: joinDirections(directions) };
  }
  const found = listDifferences(before, after, widened);
  const aspect = aspects.find((each) => found.includes(each));
  if (aspect === undefined) return undefined;
  return {
    ...states,
    aspect,
    direction: joinDirections(found.map((each) => directionsByAspect[each])),
  };
}

function compareEffects(before: EvaluatedAnswer, after: EvaluatedAnswer): Direction {
  const less = strictness(before.effect) - strictness(after.effect);
  return less > 0 ? 'looser' : less < 0 ? 'stricter' : 'neither';
}

/** An obligation of a refusal is not a condition for what it refuses, if the other version permits that. */
function compareObligations(before: EvaluatedAnswer, after: EvaluatedAnswer): Direction {
  if (!before.decision || !after.decision) return 'neither';
  const aspect = findObligationAspect(before, after);
  return aspect === undefined ? 'neither' : directionsByAspect[aspect];
}

function joinDirections(directions: readonly Direction[]): Direction {
  const looser = directions.some((direction) => direction === 'looser' || direction === 'both');
  const stricter = directions.some((direction) => direction === 'stricter' || direction === 'both');
  if (looser && stricter) return 'both';
  return looser ? 'looser' : stricter ? 'stricter' : 'neither';
}

const directionsByAspect: Readonly<Record<Aspect, Direction>> = {
  'wider constraints': 'looser',
  'other constraints': 'both',
  'narrower constraints': 'stricter',
  'fewer obligations': 'looser',
  'other obligations': 'both',
  'more obligations': 'stricter',
  'other counter-offer': 'neither',
  'other access request': 'neither',
  'other reasons': 'neither',
  'other messages': 'neither',
  'holds longer': 'neither',
  'holds shorter': 'neither',
};

function listDifferences(
  before: EvaluatedAnswer,
  after: EvaluatedAnswer,
  widened: (name: string) => Widening,
): readonly Aspect[] {
  const differ = (of: (answer: EvaluatedAnswer) => unknown) =>
    stringify(of(before)) !== stringify(of(after));
  const found: readonly (Aspect | undefined | false)[] = [
    findConstraintAspect(before, after, widened),
    findObligationAspect(before, after),
    differ(({ lower }) => lower) && 'other counter-offer',
    differ(
      ({ accessRequest }) => accessRequest && [accessRequest.name, accessRequest.properties],
    ) && 'other access request',
    differ(({ reasons }) => reasons) && 'other reasons',
    differ(({ reasonDetails }) => reasonDetails.map(({ message }) => message ?? '')) &&
      'other messages',
    findLastingAspect(before, after),
  ];
  return found.filter((each): each is Aspect => each !== undefined && each !== false);
}

function findConstraintAspect(
  before: EvaluatedAnswer,
  after: EvaluatedAnswer,
  widened: (name: string) => Widening,
): Aspect | undefined {
  const names = new Set([before, after].flatMap(({ constraints }) => Object.keys(constraints)));
  const widenings = new Set([...names].map(widened));
  widenings.delete('same');
  if (widenings.size === 0) return undefined;
  const [only] = widenings.size === 1 ? widenings : [];
  return only === 'wider' || only === 'narrower' ? `${only} constraints` : 'other constraints';
}

function findObligationAspect(before: EvaluatedAnswer, after: EvaluatedAnswer): Aspect | undefined {
  const [old, now] = [before, after].map(({ obligations }) => new Set(obligations.map(demandText)));
  const dropped = [...(old ?? [])].some((each) => now?.has(each) !== true);
  const added = [...(now ?? [])].some((each) => old?.has(each) !== true);
  if (dropped && added) return 'other obligations';
  return dropped ? 'fewer obligations' : added ? 'more obligations' : undefined;
}

function demandText({ name, properties }: AnswerObligation): string {
  return `${name} ${stringify(properties)}`;
}

function findLastingAspect(before: EvaluatedAnswer, after: EvaluatedAnswer): Aspect | undefined {
  const [old, now] = [before.validUntil, after.validUntil];
  if (old === now) return undefined;
  return old !== undefined && (now === undefined || now > old) ? 'holds longer' : 'holds shorter';
}
