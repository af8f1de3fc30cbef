// History terms in words.

import {
  type EventKey,
  type EventPattern,
  type Expr,
  type HistoryExpr,
  type KeyPart,
  type LastTerm,
  type ReadExpr,
  spellPath,
} from '@nhipol/language/model';
import { pluralize } from '@nhipol/language/support';
import {
  type Comparison,
  type HistoryWindow,
  negatedComparisons,
  periodWords,
} from '@nhipol/language/types';
import {
  createInlineCode,
  type InlineCode,
  joinAsList,
  type Phrase,
  say,
} from '../pages/phrase.ts';
import { describeComparison } from './operators.ts';
import { describeDuration } from './words.ts';

/** Renders a condition on an event. */
type Clause = (condition: Expr) => Phrase;

export function describeHistoryTest(
  { term }: HistoryExpr,
  holds: boolean,
  clause: Clause,
  value: (expr: Expr) => Phrase,
): Phrase {
  const { subject, verb, more } = describeEvent(term.pattern, clause);
  const not = holds ? '' : 'not ';
  switch (term.form) {
    case 'once':
      return say`${subject} was ${not}${verb}${more}${describeWindow(term.window)}`;
    case 'count': {
      const operator = holds ? term.operator : negatedComparisons[term.operator];
      const times = `${limits[operator]} ${pluralize(Number(term.threshold), 'time')}`;
      return say`${subject} was ${verb}${more} ${times}${describeWindow(term.window)}`;
    }
    case 'sum': {
      const { member, bound, window } = term;
      const operator = holds ? term.operator : negatedComparisons[term.operator];
      const times = say`each time ${subject} was ${verb}${more}${describeWindow(window)}`;
      return say`the sum of ${describeMember(member)} for ${times} ${describeComparison(operator, member.type)} ${value(bound)}`;
    }
    case 'since': {
      const start = describeEvent(term.start, clause);
      return say`${subject} was ${not}${verb}${more} since ${start.subject} was last ${start.verb}${start.more}`;
    }
    case 'last':
      return say`${describeField(term, clause)} is ${holds ? 'true' : 'false'}`;
  }
}

/** Returns the member that `last` reads. */
export function describeField({ pattern, field }: LastTerm, clause: Clause): Phrase {
  const { subject, verb, more } = describeEvent(pattern, clause);
  return say`${describeMember(field)} of the last time ${subject} was ${verb}${more}`;
}

function describeMember({ members }: ReadExpr): Phrase {
  return [createInlineCode(members.map(({ name }) => name).join('.'))];
}

interface EventWords {
  readonly subject: Phrase;
  readonly verb: string;
  readonly more: Phrase;
}

function describeEvent(pattern: EventPattern, clause: Clause): EventWords {
  const { of, isShared, key } = pattern;
  const where = describeWhere(pattern, clause);
  const same = [...(isShared ? [' in any session'] : []), ...describeKey(key)];
  if (of.kind === 'signal')
    return {
      subject: say`the signal ${createInlineCode(of.name)}`,
      verb: 'received',
      more: [...where, ...same],
    };
  const { actions, resources } = of;
  const subject =
    actions === undefined
      ? ['an action']
      : joinAsList(
          actions.map((name) => [createInlineCode(name)]),
          'or',
        );
  const on =
    resources === undefined
      ? []
      : say` on ${joinAsList(
          resources.map((name) => [createInlineCode(name)]),
          'or',
        )}`;
  const more = [...on, ...where, ...same];
  if (of.kind !== 'decision') return { subject, verb: `reported as ${of.name}`, more };
  return { subject, verb: of.which === 'decided' ? 'decided on' : of.which, more };
}

/** The members after `per`, or an empty phrase if there are none. */
function describeKey(key: EventKey | undefined): Phrase {
  const per = key?.parts.filter(({ origin }) => origin === 'per') ?? [];
  if (per.length === 0) return [];
  return say` for the same ${joinAsList(
    per.map(({ ofRequest }) => [spellRequest(ofRequest)]),
    'and',
  )}`;
}

/** The condition of a pattern, with the members that it compares with the request. */
function describeWhere({ condition, key }: EventPattern, clause: Clause): Phrase {
  const compared = key?.parts.filter((part) => part.origin === 'where') ?? [];
  const comparisons = compared.map(
    ({ ofEvent, ofRequest }) =>
      say`${createInlineCode(`event.${ofEvent.members.map(({ name }) => name).join('.')}`)} is ${[spellRequest(ofRequest)]} of this request`,
  );
  const all = [...(condition === undefined ? [] : [clause(condition)]), ...comparisons];
  return all.length === 0 ? [] : say` where ${joinAsList(all, 'and')}`;
}

function spellRequest(member: KeyPart['ofRequest']): InlineCode {
  return createInlineCode(member.kind === 'Selector' ? member.which : spellPath(member));
}

function describeWindow(window: HistoryWindow | undefined): string {
  if (window === undefined) return ' in this session';
  if (window.kind === 'period') return ` ${periodWords[window.unit]} (${window.zone.name})`;
  return ` in the last ${describeDuration(window.milliseconds).replace(/^1 (?=\w+$)/, '')}`;
}

const limits: Readonly<Record<Comparison, string>> = {
  '<': 'fewer than',
  '<=': 'at most',
  '>': 'more than',
  '>=': 'at least',
  is: 'exactly',
  'is not': 'not exactly',
};
