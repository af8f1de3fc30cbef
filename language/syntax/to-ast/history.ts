// Converts history terms and their event patterns.

import type { EventPatternNode, EventWord, HistoryForm, HistoryNode } from '../ast.ts';
import type { EventPatternCstNode, HistoryCstNode } from '../cst.generated.ts';
import {
  broken,
  nodeSpan,
  only,
  optional,
  type Source,
  tokenSpan,
  toScopeList,
  toText,
  whole,
} from './cst.ts';
import { toExpr } from './expressions.ts';
import { toInt } from './numbers.ts';

/** Converts a history term; `above` is the number of operators that contain it. */
export function toHistory(source: Source, node: HistoryCstNode, above: number): HistoryNode {
  const { HistoryWord, eventPattern, Within, expression } = node.children;
  const word = only(HistoryWord);
  const form = word.image as HistoryForm;
  const [first, second, third] = whole(eventPattern);
  const [duration, further] = whole(expression);
  const refuse = (why: string): typeof broken => {
    source.reporter.report('bad-history', tokenSpan(source, word), { why: `\`${form}\` ${why}` });
    return broken;
  };
  if (first === undefined) throw broken;
  if (third !== undefined || (form === 'since') !== (second !== undefined)) {
    throw refuse(form === 'since' ? 'takes two kinds of event' : 'takes one kind of event');
  }
  if (duration !== undefined && form !== 'once' && form !== 'count') {
    throw refuse('takes no `within`');
  }
  if (further !== undefined) throw refuse(`takes one \`${only(Within).image}\``);
  return {
    kind: 'History',
    span: nodeSpan(source, node),
    form,
    pattern: toPattern(source, first, above),
    start: second && toPattern(source, second, above),
    within: duration && toExpr(source, duration, above + 1),
  };
}

function toPattern(source: Source, node: EventPatternCstNode, above: number): EventPatternNode {
  const { EventWord, Text, actions, resources, condition, key } = node.children;
  const [where, path] = [optional(condition), optional(key)];
  return {
    kind: 'EventPattern',
    span: nodeSpan(source, node),
    events: EventWord ? (only(EventWord).image as EventWord) : 'signal',
    signal: EventWord ? undefined : toText(source, only(Text)),
    actions: toScopeList(source, optional(actions)),
    resources: toScopeList(source, optional(resources)),
    condition: where && toExpr(source, where, above + 1),
    key: path && {
      kind: 'EventKey',
      span: nodeSpan(source, path),
      path: toExpr(source, path, above + 1),
      limit: toInt(source, only(node.children.Int)),
    },
  };
}
