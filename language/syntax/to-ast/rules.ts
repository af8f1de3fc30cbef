// Converts groups and their items. A rule with a syntax error is left out; other rules are not affected.

import type { EffectName } from '@nhipol/runtime/abi';
import type { CstNode, IToken } from 'chevrotain';
import type {
  BandNode,
  DemandNode,
  ExprNode,
  GivenNode,
  GroupItemNode,
  GroupNode,
  MessageNode,
  NameNode,
  OtherwiseNode,
  RuleNode,
  ScoreConditionNode,
  ScoreNode,
  SettingNode,
} from '../ast.ts';
import type {
  BandCstNode,
  BecauseClauseCstNode,
  BlockCstNode,
  BlockItemCstNode,
  CoversClauseCstNode,
  GivenCstNode,
  GroupCstNode,
  RuleCstNode,
  ScoreConditionCstNode,
  ScoreCstNode,
  ToClauseCstNode,
  UnlessClauseCstNode,
  WithClauseCstNode,
} from '../cst.generated.ts';
import { toCondition } from './conditions.ts';
import {
  broken,
  convertAll,
  findPart,
  getNodeSpan,
  getTokenSpan,
  type ParsedSource,
  refuseBroken,
  refuseBrokenHead,
  requirePart,
  requireWhole,
  toControlId,
  toName,
  toNameList,
  toScopeList,
} from './cst.ts';
import { toExpr } from './expressions.ts';
import { toLet, toWhere } from './functions.ts';
import { toMessage } from './messages.ts';
import { toInt } from './numbers.ts';
import { toDemands } from './obligations.ts';
import { toSettings } from './settings.ts';

export function toGroup(source: ParsedSource, node: GroupCstNode): GroupNode {
  const { subjects, actions, resources, When, expression } = node.children;
  const block = refuseBrokenHead(source, node, node.children.block?.[0]);
  return {
    kind: 'Group',
    span: getNodeSpan(source, node),
    subjects: toNameList(source, requirePart(subjects)),
    actions: toScopeList(source, findPart(actions)),
    resources: toScopeList(source, findPart(resources)),
    condition: When && toCondition(source, requirePart(expression)),
    items: toBlock(source, block),
  };
}

function toBlock(source: ParsedSource, node: BlockCstNode): readonly GroupItemNode[] {
  return convertAll(node.children.blockItem, (item) => toGroupItem(source, item));
}

function toGroupItem(source: ParsedSource, { children }: BlockItemCstNode): GroupItemNode {
  if (children.rule) return toRule(source, requirePart(children.rule));
  if (children.given) return toGiven(source, requirePart(children.given));
  if (children.score) return toScore(source, requirePart(children.score));
  return toLet(source, requirePart(children.letItem));
}

function toEffect(token: IToken): EffectName {
  return token.image as EffectName;
}

function toRule(source: ParsedSource, node: RuleCstNode): RuleNode {
  const { EffectWord, Word, When, expression, Otherwise, Skip } = node.children;
  refuseBroken(source, node);
  refuseNameless(
    source,
    requirePart(EffectWord),
    requirePart(Word),
    When !== undefined || Otherwise !== undefined,
  );
  return {
    kind: 'Rule',
    span: getNodeSpan(source, node),
    effect: toEffect(requirePart(EffectWord)),
    name: toName(source, requirePart(Word)),
    condition: When && toCondition(source, requirePart(expression)),
    otherwise: Otherwise !== undefined,
    skipUnknown: Skip !== undefined,
    ...toClauses(source, node.children),
    where: toWhere(source, requireOnce(source, node.children.whereClause, 'where')),
  };
}

/** Reports `permit otherwise`, which is a rule without a name. */
function refuseNameless(
  source: ParsedSource,
  effect: IToken,
  name: IToken,
  isComplete: boolean,
): void {
  if (effect.image !== 'permit' || name.image !== 'otherwise' || isComplete) return;
  source.reporter.report(
    'syntax-error',
    getTokenSpan(source, name),
    { expected: 'a name for the rule', found: '`otherwise`' },
    { help: 'a rule has a name, which answers return as their reason: `permit NAME otherwise`' },
  );
  throw broken;
}

interface ClausesCst {
  readonly toClause?: readonly ToClauseCstNode[];
  readonly unlessClause?: readonly UnlessClauseCstNode[];
  readonly withClause?: readonly WithClauseCstNode[];
  readonly becauseClause?: readonly BecauseClauseCstNode[];
  readonly coversClause?: readonly CoversClauseCstNode[];
}

interface Clauses {
  readonly settings: readonly SettingNode[];
  readonly unless: ExprNode | undefined;
  readonly demands: readonly DemandNode[];
  readonly because: MessageNode | undefined;
  readonly covers: readonly NameNode[];
}

/** Converts clauses, which may occur once each, in any order. */
function toClauses(source: ParsedSource, clauses: ClausesCst): Clauses {
  const to = requireOnce(source, clauses.toClause, 'to');
  const unless = requireOnce(source, clauses.unlessClause, 'or deny unless');
  const demands = requireOnce(source, clauses.withClause, 'with');
  const because = requireOnce(source, clauses.becauseClause, 'because');
  const covers = requireOnce(source, clauses.coversClause, 'covers');
  return {
    settings: to ? toSettings(source, requirePart(to.children.settings)) : [],
    unless: unless && toExpr(source, requirePart(unless.children.expression)),
    demands: demands ? toDemands(source, demands, true) : [],
    because: because && toMessage(source, requirePart(because.children.Text), toExpr),
    covers: requireWhole(covers?.children.controlId).map((id) => toControlId(source, id)),
  };
}

function requireOnce<T extends CstNode>(
  source: ParsedSource,
  list: readonly T[] | undefined,
  clause: string,
): T | undefined {
  const [first, second] = requireWhole(list);
  if (first && second) {
    const start = getNodeSpan(source, second).start;
    const { length } = clause.split(' ')[0] ?? '';
    const makeWordSpan = (offset: number) => ({
      file: source.file,
      start: offset,
      end: offset + length,
    });
    source.reporter.report(
      'duplicate-clause',
      makeWordSpan(start),
      { clause },
      { related: [{ span: makeWordSpan(getNodeSpan(source, first).start), message: 'the first' }] },
    );
  }
  return first;
}

function toGiven(source: ParsedSource, node: GivenCstNode): GivenNode {
  const { Word, expression } = node.children;
  const block = refuseBrokenHead(source, node, node.children.block?.[0]);
  return {
    kind: 'Given',
    span: getNodeSpan(source, node),
    name: toName(source, requirePart(Word)),
    value: toExpr(source, requirePart(expression)),
    items: toBlock(source, block),
    otherwise: toOtherwise(source, node),
  };
}

function toOtherwise(source: ParsedSource, node: GivenCstNode): OtherwiseNode | undefined {
  const { Otherwise, Ignore, otherwise } = node.children;
  if (Otherwise === undefined) {
    // After an error, `otherwise` may be in the part that recovery skipped.
    const span = getNodeSpan(source, node);
    const isReported = source.errors.some((error) => error.start > span.start);
    return isReported ? { kind: 'Otherwise', span, ignore: true, items: [] } : undefined;
  }
  const start = getTokenSpan(source, requirePart(Otherwise)).start;
  const ignore = findPart(Ignore);
  if (ignore) {
    const { end } = getTokenSpan(source, ignore);
    return { kind: 'Otherwise', span: { file: source.file, start, end }, ignore: true, items: [] };
  }
  const block = otherwise?.[0];
  if (block === undefined) throw broken;
  const { end } = getNodeSpan(source, block);
  return {
    kind: 'Otherwise',
    span: { file: source.file, start, end },
    ignore: false,
    items: toBlock(source, block),
  };
}

function toScore(source: ParsedSource, node: ScoreCstNode): ScoreNode {
  const { Word, scoreCondition, band } = node.children;
  const conditions = convertAll(scoreCondition, (condition) => toScoreCondition(source, condition));
  const bands = convertAll(band, (part) => toBand(source, part));
  // A score without some of its parts would have a different meaning.
  if (conditions.length + bands.length === 0) refuseBroken(source, node);
  if (
    conditions.length < requireWhole(scoreCondition).length ||
    bands.length < requireWhole(band).length
  )
    throw broken;
  return {
    kind: 'Score',
    span: getNodeSpan(source, node),
    name: toName(source, requirePart(Word)),
    conditions,
    bands,
  };
}

function toScoreCondition(source: ParsedSource, node: ScoreConditionCstNode): ScoreConditionNode {
  const { Word, Int, expression } = node.children;
  refuseBroken(source, node);
  const { because, covers } = toClauses(source, node.children);
  return {
    kind: 'ScoreCondition',
    span: getNodeSpan(source, node),
    name: toName(source, requirePart(Word)),
    weight: toInt(source, requirePart(Int)),
    condition: toCondition(source, requirePart(expression)),
    because,
    covers,
  };
}

function toBand(source: ParsedSource, node: BandCstNode): BandNode {
  const { Int, EffectWord } = node.children;
  refuseBroken(source, node);
  const { settings, unless } = toClauses(source, node.children);
  return {
    kind: 'Band',
    span: getNodeSpan(source, node),
    from: toInt(source, requirePart(Int)),
    effect: toEffect(requirePart(EffectWord)),
    settings,
    unless,
  };
}
