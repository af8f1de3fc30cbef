// History terms in words.

import {
  type Comparison,
  type EventKey,
  type EventPattern,
  type Expr,
  type HistoryExpr,
  type LastTerm,
  pathOf,
} from '../../language/index.ts';
import { counted } from '../../language/support/words.ts';
import { negated } from '../../language/types/comparisons.ts';
import { code, listed, type Phrase, say } from '../pages/phrase.ts';
import { durationWords } from './words.ts';

/** Renders a condition on an event. */
type Clause = (condition: Expr) => Phrase;

export function historyWords({ term }: HistoryExpr, holds: boolean, clause: Clause): Phrase {
  const { subject, verb, more } = eventWords(term.pattern, clause);
  const not = holds ? '' : 'not ';
  switch (term.form) {
    case 'once':
      return say`${subject} was ${not}${verb}${more}${windowWords(term.within)}`;
    case 'count': {
      const operator = holds ? term.operator : negated[term.operator];
      const times = `${limits[operator]} ${counted(Number(term.threshold), 'time')}`;
      return say`${subject} was ${verb}${more} ${times}${windowWords(term.within)}`;
    }
    case 'since': {
      const start = eventWords(term.start, clause);
      return say`${subject} was ${not}${verb}${more} since ${start.subject} was last ${start.verb}${start.more}`;
    }
    case 'last':
      return say`${fieldWords(term, clause)} is ${holds ? 'true' : 'false'}`;
  }
}

/** Returns the member that `last` reads. */
export function fieldWords({ pattern, field }: LastTerm, clause: Clause): Phrase {
  const { subject, verb, more } = eventWords(pattern, clause);
  const path = field.members.map(({ name }) => name).join('.');
  return say`${code(path)} of the last time ${subject} was ${verb}${more}`;
}

interface EventWords {
  readonly subject: Phrase;
  readonly verb: string;
  readonly more: Phrase;
}

function eventWords({ of, condition, key }: EventPattern, clause: Clause): EventWords {
  const where = condition === undefined ? [] : say` where ${clause(condition)}`;
  const same = key === undefined ? [] : say` for the same ${keyWords(key)}`;
  if (of.kind === 'signal')
    return {
      subject: say`the signal ${code(of.name)}`,
      verb: 'received',
      more: [...where, ...same],
    };
  const { which, actions, resources } = of;
  const subject =
    actions === undefined
      ? ['an action']
      : listed(
          actions.map((name) => [code(name)]),
          'or',
        );
  const on =
    resources === undefined
      ? []
      : say` on ${listed(
          resources.map((name) => [code(name)]),
          'or',
        )}`;
  const verb = which === 'decided' ? 'decided on' : which;
  return { subject, verb, more: [...on, ...where, ...same] };
}

function keyWords({ ofRequest }: EventKey): Phrase {
  return [code(ofRequest.kind === 'Selector' ? ofRequest.which : pathOf(ofRequest))];
}

function windowWords(within: bigint | undefined): string {
  if (within === undefined) return ' in this session';
  return ` in the last ${durationWords(within).replace(/^1 (?=\w+$)/, '')}`;
}

const limits: Readonly<Record<Comparison, string>> = {
  '<': 'fewer than',
  '<=': 'at most',
  '>': 'more than',
  '>=': 'at least',
  is: 'exactly',
  'is not': 'not exactly',
};
