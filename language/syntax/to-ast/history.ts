// Converts history terms and their event patterns.

import { joinSpans, type Span } from '../../support/source.ts';
import type { PeriodUnit } from '../../types/time/period.ts';
import type { EventPatternNode, EventWord, HistoryForm, HistoryNode, PeriodNode } from '../ast.ts';
import type {
  EventPatternCstNode,
  ExpressionCstNode,
  HistoryCstNode,
  PeriodCstNode,
} from '../cst.generated.ts';
import { historyForms } from '../history-forms.ts';
import {
  broken,
  type ExprConverter,
  findPart,
  getNodeSpan,
  getTokenSpan,
  type ParsedSource,
  requirePart,
  requireWhole,
  toScopeList,
  toText,
} from './cst.ts';
import { toInt } from './numbers.ts';

/** Converts a history term; `above` is the number of operators that contain it. */
export function toHistory(
  source: ParsedSource,
  node: HistoryCstNode,
  above: number,
  toExpr: ExprConverter,
): HistoryNode {
  const { HistoryWord, member, eventPattern, Within, expression, period } = node.children;
  const word = requirePart(HistoryWord);
  const form = word.image as HistoryForm;
  const { hasWindow, hasStart, hasMember } = historyForms[form];
  const [first, second, third] = requireWhole(eventPattern);
  const [duration] = requireWhole(expression);
  const [calendar] = requireWhole(period);
  const added = findPart(member);
  const refuse = (why: string): typeof broken => {
    source.reporter.report('bad-history', getTokenSpan(source, word), {
      why: `\`${form}\` ${why}`,
    });
    return broken;
  };
  if (first === undefined) throw broken;
  if (third !== undefined || hasStart !== (second !== undefined)) {
    throw refuse(hasStart ? 'takes two kinds of event' : 'takes one kind of event');
  }
  if (hasMember !== (added !== undefined)) {
    throw refuse(
      hasMember
        ? 'adds a member of events: `sum(event.rows of signal "read")`'
        : 'takes no member before its events',
    );
  }
  if (Within !== undefined && !hasWindow) throw refuse('takes no `within`');
  if (Within !== undefined && Within.length > 1) throw refuse('takes one `within`');
  const pattern = toPattern(source, first, above, toExpr);
  const start = second && toPattern(source, second, above, toExpr);
  if (pattern.across || start?.across) {
    const why = explainNotAcross(form, pattern, Within !== undefined);
    if (why !== undefined) throw refuse(why);
  }
  return {
    kind: 'History',
    span: getNodeSpan(source, node),
    form,
    member: added && toExpr(source, added, above + 1),
    pattern,
    start,
    within: duration && toExpr(source, duration, above + 1),
    period: calendar && toPeriod(source, calendar),
  };
}

/** Why the events of all sessions cannot be counted, or `undefined` if they can. */
function explainNotAcross(
  form: HistoryForm,
  { key }: EventPatternNode,
  isLimited: boolean,
): string | undefined {
  if (!historyForms[form].hasWindow) return 'takes no `across sessions`';
  if (key === undefined) {
    return 'needs a key with `across sessions`: `across sessions per subject.id up to 1_000`';
  }
  return isLimited ? undefined : 'needs a window with `across sessions`: add `, within 1d`';
}

const periodAfterThis: ReadonlyMap<string, PeriodUnit> = new Map([
  ['week', 'week'],
  ['month', 'month'],
]);

function toPeriod(source: ParsedSource, node: PeriodCstNode): PeriodNode {
  const { Word, Text } = node.children;
  const span = getNodeSpan(source, node);
  const word = Word && requirePart(Word);
  const unit = word === undefined ? 'day' : periodAfterThis.get(word.image);
  if (unit === undefined) {
    const why = `\`this ${word?.image}\` is not a period: write \`today\`, \`this week\` or \`this month\``;
    source.reporter.report('bad-history', span, { why });
    throw broken;
  }
  return { kind: 'Period', span, unit, zone: toText(source, requirePart(Text)) };
}

function toPattern(
  source: ParsedSource,
  node: EventPatternCstNode,
  above: number,
  toExpr: ExprConverter,
): EventPatternNode {
  const { EventWord, Outcome, Text, actions, resources, condition, Across } = node.children;
  const where = findPart(condition);
  const keys = listKeyNodes(node);
  const limit = findPart(node.children.Int);
  const about = findPart(actions) ?? findPart(resources);
  if (about !== undefined && !EventWord && !Outcome) {
    const why =
      'a signal is not about an action or a resource type: only decisions and outcomes are';
    source.reporter.report('bad-history', getNodeSpan(source, about), { why });
    throw broken;
  }
  return {
    kind: 'EventPattern',
    span: getNodeSpan(source, node),
    events: EventWord
      ? (requirePart(EventWord).image as EventWord)
      : Outcome
        ? 'outcome'
        : 'signal',
    signal: EventWord ? undefined : toText(source, requirePart(Text)),
    actions: toScopeList(source, findPart(actions)),
    resources: toScopeList(source, findPart(resources)),
    condition: where && toExpr(source, where, above + 1),
    across: Across !== undefined,
    key: limit && {
      kind: 'EventKey',
      span: keys === undefined ? getTokenSpan(source, limit) : findKeySpan(source, node, keys),
      paths: keys?.map((path) => toExpr(source, path, above + 1)) ?? [],
      limit: toInt(source, limit),
    },
  };
}

/** Returns the members of a key, in brackets if there are several, or `undefined` if the pattern has no key. */
function listKeyNodes(node: EventPatternCstNode): readonly ExpressionCstNode[] | undefined {
  const { key, keys } = node.children;
  return keys === undefined
    ? key && requireWhole(key)
    : requireWhole(requirePart(keys).children.expression);
}

/** The span of the members of a key, with the brackets around several. */
function findKeySpan(
  source: ParsedSource,
  { children: { LParen, RParen } }: EventPatternCstNode,
  paths: readonly ExpressionCstNode[],
): Span {
  if (LParen && RParen) {
    return joinSpans(
      getTokenSpan(source, requirePart(LParen)),
      getTokenSpan(source, requirePart(RParen)),
    );
  }
  return getNodeSpan(source, requirePart(paths));
}
