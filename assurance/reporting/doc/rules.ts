// The section of a policy page on rules: each rule as a sentence, with its effect on unknown, and a table of the
// rules of each scope, strictest first.

import type {
  Band,
  Demand,
  Expr,
  Narrowing,
  PolicyModel,
  Rule,
  Scope,
  Score,
} from '@nhipol/language/model';
import { pluralize, type Span } from '@nhipol/language/support';
import { effects } from '@nhipol/runtime/abi';
import {
  describeEffect,
  describeFiring,
  describeUnknownEffect,
  mayBeUnknown,
} from '../english/effects.ts';
import { English } from '../english/expressions.ts';
import { isSameScope, scopeWords } from '../english/scopes.ts';
import {
  createHeading,
  createItems,
  createParagraph,
  createTable,
  type Item,
  type PageBlock,
} from '../pages/page.ts';
import {
  capitalizePhrase,
  countVisibleCharacters,
  createInlineCode,
  joinAsList,
  joinPhrases,
  lineBreak,
  mark,
  type Phrase,
  say,
} from '../pages/phrase.ts';
import type { SourceTexts } from '../source-texts.ts';

/** Beyond these limits, the conditions of a sentence become a list. */
const maxInlineConditions = 2;
const maxInlineLength = 160;

interface ScopeRules {
  readonly scope: Scope;
  readonly rules: Rule[];
  readonly scores: Score[];
}

export function buildRuleBlocks(policy: PolicyModel, sources: SourceTexts): readonly PageBlock[] {
  return groupByScope(policy).flatMap((group) => scopeBlocks(group, sources));
}

/** Groups rules by scope, in the order of the files. */
function groupByScope({ rules, scores }: PolicyModel): readonly ScopeRules[] {
  const scopeRules: ScopeRules[] = [];
  const of = (scope: Scope): ScopeRules => {
    const sameScopeRules = scopeRules.find((each) => isSameScope(each.scope, scope));
    if (sameScopeRules !== undefined) return sameScopeRules;
    const added = { scope, rules: [], scores: [] };
    scopeRules.push(added);
    return added;
  };
  for (const rule of rules) of(rule.scope).rules.push(rule);
  for (const score of scores) of(score.scope).scores.push(score);
  return scopeRules;
}

function scopeBlocks(
  { scope, rules, scores }: ScopeRules,
  sources: SourceTexts,
): readonly PageBlock[] {
  const strictestFirst = [...effects].reverse();
  const sentences = strictestFirst.flatMap((effect) => {
    const rulesOfEffect = rules.filter((rule) => rule.effect === effect);
    return rulesOfEffect.length === 0
      ? []
      : [
          createHeading(4, [mark(effect)]),
          createItems(rulesOfEffect.map((rule) => buildRuleItem(rule, sources))),
        ];
  });
  const scoreItems = scores.map((score) => scoreItem(score, sources));
  const rows = [
    ...strictestFirst.flatMap((effect) =>
      rules.filter((rule) => rule.effect === effect).map((rule) => buildRuleRow(rule, sources)),
    ),
    ...scores.flatMap((score) => scoreRows(score, sources)),
  ];
  const words = scopeWords(scope);
  return [
    createHeading(3, capitalizePhrase(words)),
    ...sentences,
    ...(scoreItems.length === 0
      ? []
      : [createHeading(4, [mark('score')]), createItems(scoreItems)]),
    createTable(
      `Rules for ${formatScope(scope)}, strictest first`,
      ['Effect', 'Reason', 'Condition', 'Fires on', 'Message', 'Covers'],
      rows,
    ),
  ];
}

function formatScope(scope: Scope): string {
  return scopeWords(scope)
    .map((part) => (typeof part === 'string' ? part : 'code' in part ? part.code : ''))
    .join('');
}

// --- sentences -----------------------------------------------------------------------------------

function buildRuleItem(rule: Rule, sources: SourceTexts): Item {
  const english = new English(sources);
  const conditions = english.conditions(rule.condition);
  const start = say`${createInlineCode(rule.id)}: ${describeEffect(rule.effect, scopeWords(rule.scope))}`;
  const to = rule.narrowing === undefined ? [] : describeSetting(rule.narrowing, english);
  const end = mayBeUnknown(rule.condition)
    ? describeUnknownEffect(rule.effect, rule.skipUnknown)
    : undefined;
  const { text, list } = buildSentence(say`${start}${to}`, conditions, end);
  const falls = rule.effect === 'narrow' || rule.effect === 'challenge';
  const node = sources.findRule(rule.span)?.node;
  const unless = node?.kind === 'Rule' ? node.unless?.span : undefined;
  const more = [
    ...rule.demands.map((demand) => say`It requires ${demandWords(demand, english)}.`),
    ...(falls ? describeFalling(rule, unless, english) : []),
    ...english.notes.map(({ name, meaning }) => say`Here ${createInlineCode(name)} ${meaning}.`),
    ...(rule.message.length === 0 ? [] : [say`Message: “${sources.message(rule.message)}”.`]),
  ];
  return { text, below: [...list, ...more.map(createParagraph)] };
}

function buildSentence(
  start: Phrase,
  conditions: readonly Phrase[],
  end: string | undefined,
): { readonly text: Phrase; readonly list: readonly PageBlock[] } {
  const close = end === undefined ? '.' : ` — ${end}.`;
  if (conditions.length === 0) return { text: say`${start}, always.`, list: [] };
  const inline = say`${start} when ${joinAsList(conditions)}${close}`;
  if (
    conditions.length <= maxInlineConditions ||
    countVisibleCharacters(inline) <= maxInlineLength
  ) {
    return { text: inline, list: [] };
  }
  const after = end === undefined ? '' : ` — ${end}`;
  return {
    text: say`${start} when all of these are true${after}:`,
    list: [createItems(conditions)],
  };
}

function describeSetting({ settings }: Narrowing, english: English): Phrase {
  if (settings.length === 0) return [];
  const parts = settings.map(({ constraint, value }): Phrase => {
    const { limits, type } = constraint;
    const words = english.value(value);
    if (limits === undefined) return say`${createInlineCode(constraint.name)} ${words}`;
    return type.kind === 'Set'
      ? say`${createInlineCode(constraint.name)} within ${words}`
      : say`${createInlineCode(constraint.name)} at most ${words}`;
  });
  return say` to ${joinAsList(parts)}`;
}

/** Returns when a narrow or a challenge denies instead. `unless`: the place of its `or deny unless`. */
function describeFalling(
  { narrowing, demands }: Pick<Rule, 'narrowing' | 'demands'>,
  unless: Span | undefined,
  english: English,
): readonly Phrase[] {
  const settings = narrowing?.settings ?? [];
  const limited = settings.flatMap(({ constraint: { limits } }) =>
    limits === undefined ? [] : [createInlineCode([limits.root, ...limits.names].join('.'))],
  );
  const condition = unless && narrowing && findOperand(narrowing.inside, unless);
  const values = [
    ...settings.map(({ value }) => value),
    ...demands.flatMap(({ properties }) => properties.map(({ value }) => value)),
  ];
  const words: Phrase[] = [];
  if (limited.length > 0) {
    const paths = joinAsList(limited, 'or');
    words.push(say`If ${paths} exceeds this or is unknown, it denies instead.`);
    if (settings.some(({ constraint }) => constraint.lowers))
      words.push(describeLowering(settings));
  }
  if (condition !== undefined) {
    const clauses = joinAsList(english.conditions(condition));
    words.push(say`It denies instead unless it is certain that ${clauses}.`);
  }
  if (values.some(({ kind }) => kind !== 'Constant')) {
    words.push(['It denies instead if a value that it sets or requires is unknown.']);
  }
  return words;
}

/** Returns what a denied request is offered. */
function describeLowering(settings: Narrowing['settings']): Phrase {
  const paths = settings.flatMap(({ constraint: { limits, lowers } }) =>
    limits === undefined || !lowers
      ? []
      : [createInlineCode([limits.root, ...limits.names].join('.'))],
  );
  return say`If nothing else denies, the answer offers a lower value of ${joinAsList(paths, 'and')}.`;
}

function findOperand(expr: Expr, { start, end, file }: Span): Expr | undefined {
  const { span } = expr;
  if (span.start === start && span.end === end && span.file === file) return expr;
  if (expr.kind !== 'And') return undefined;
  return expr.operands
    .map((operand) => findOperand(operand, { start, end, file }))
    .find((found) => found !== undefined);
}

function demandWords({ obligation, properties }: Demand, english: English): Phrase {
  if (properties.length === 0) return [createInlineCode(obligation.name)];
  const phrases = properties.map(
    ({ name, value }) => say`${createInlineCode(name)}: ${english.value(value)}`,
  );
  return say`${createInlineCode(obligation.name)} (${joinPhrases(phrases, '; ')})`;
}

// --- scores --------------------------------------------------------------------------------------

function scoreItem(score: Score, sources: SourceTexts): Item {
  const counts = score.conditions.map((condition): Item => {
    const english = new English(sources);
    const weight = pluralize(Number(condition.weight), 'point');
    const clauses = joinAsList(english.conditions(condition.condition));
    const notes = english.notes.map(
      ({ name, meaning }) => say`Here ${createInlineCode(name)} ${meaning}.`,
    );
    const message =
      condition.message.length === 0
        ? []
        : [say`Message: “${sources.message(condition.message)}”.`];
    return {
      text: say`${createInlineCode(condition.id)}: ${weight} when ${clauses}.`,
      below: [...notes, ...message].map(createParagraph),
    };
  });
  const nodes = sources.score(score.span)?.bands;
  const bands = score.bands.map((band, index) =>
    buildBandItem(band, nodes?.[index]?.unless?.span, new English(sources)),
  );
  return {
    text: say`${createInlineCode(score.name)} counts points for ${scopeWords(score.scope)}:`,
    below: [createItems([...counts, ...bands])],
  };
}

function buildBandItem(
  { from, effect, narrowing }: Band,
  unless: Span | undefined,
  english: English,
): Item {
  const to = narrowing === undefined ? [] : describeSetting(narrowing, english);
  const unknown = effect === 'revoke' ? 'count only towards a deny' : 'count, too';
  const notes = [
    ...describeFalling({ narrowing, demands: [] }, unless, english),
    ...english.notes.map(({ name, meaning }) => say`Here ${createInlineCode(name)} ${meaning}.`),
  ];
  const points = pluralize(Number(from), 'point');
  return {
    text: say`From ${points}: ${mark(effect)}${to}; unknown conditions ${unknown}.`,
    below: notes.map(createParagraph),
  };
}

// --- the table -----------------------------------------------------------------------------------

function buildRuleRow(rule: Rule, sources: SourceTexts): readonly Phrase[] {
  return [
    [mark(rule.effect)],
    [createInlineCode(rule.id)],
    renderCondition(rule, sources),
    [describeFiring(rule.effect, rule.skipUnknown, rule.condition)],
    [rule.message.length === 0 ? '—' : sources.message(rule.message)],
    rule.covers.length === 0 ? ['—'] : joinPhrases(rule.covers, lineBreak),
  ];
}

function scoreRows(score: Score, sources: SourceTexts): readonly (readonly Phrase[])[] {
  return score.conditions.map((condition) => [
    [mark('score', `${score.name} +${condition.weight}`)],
    [createInlineCode(condition.id)],
    renderCondition(condition, sources),
    ['true or unknown'],
    [condition.message.length === 0 ? '—' : sources.message(condition.message)],
    condition.covers.length === 0 ? ['—'] : joinPhrases(condition.covers, lineBreak),
  ]);
}

function renderCondition({ span }: Pick<Rule, 'span'>, sources: SourceTexts): Phrase {
  const written = sources.findRule(span);
  const conditionNode = written?.node.condition;
  const lines = [
    ...(written?.around ?? []),
    ...(conditionNode === undefined ? [] : [sources.expr(conditionNode.span)]),
  ];
  return lines.length === 0 ? ['always'] : joinPhrases(lines.map(createInlineCode), lineBreak);
}
