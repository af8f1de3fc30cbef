// Describes a policy for the responses of its module: see description.ts.

import { describeExpectation, listExternalTables } from '@nhipol/language';
import {
  collectPolicyHistory,
  collectRuleReads,
  collectScoreReads,
  type Demand,
  findSourcePlace,
  type MessagePart,
  mayDeny,
  mayDowngrade,
  type PolicyModel,
  type Rule,
  type Score,
  type ScoreCondition,
  scopeSelectors,
} from '@nhipol/language/model';
import type { Type } from '@nhipol/language/types';
import type { EffectName } from '@nhipol/runtime/abi';
import type {
  DescribedDemand,
  DescribedReason,
  DescribedRule,
  Description,
  TypeDescription,
} from '../ir/description.ts';
import type { IrModule, IrScope } from '../ir/ir.ts';

/** A list without duplicates, and the index of each entry. */
class Listed {
  readonly all: string[] = [];
  readonly #places = new Map<string, number>();

  readonly indexText = (text: string): number => {
    const existingPlace = this.#places.get(text);
    if (existingPlace !== undefined) return existingPlace;
    const place = this.all.push(text) - 1;
    this.#places.set(text, place);
    return place;
  };
}

interface Lists {
  readonly expected: Listed;
  readonly files: Listed;
  readonly reads: Listed;
}

export function describePolicy(policy: PolicyModel, ir: IrModule): Description {
  const lists: Lists = { expected: new Listed(), files: new Listed(), reads: new Listed() };
  return {
    policy: { name: policy.name, version: policy.version },
    ...describeHistory(policy, lists),
    selectors: ir.selectors,
    paths: describePaths(ir, lists),
    expected: lists.expected.all,
    files: lists.files.all,
    reads: lists.reads.all,
    obligations: policy.obligations.map(({ name, type }) => ({ name, type })),
    properties: describeProperties(policy),
    reasons: describeReasons(policy, ir, lists),
    rules: [
      ...policy.rules.map((rule, index) => describeRule(rule, ir.rules[index]?.scope, lists)),
      ...policy.scores.map((score, index) => describeScore(score, ir.scores[index]?.scope, lists)),
    ],
    choosers: [...scopeSelectors(policy)].sort(),
    constraints: policy.constraints.map(({ name, type }) => ({ name, type: describe(type) })),
    offers: ir.offers.flatMap(({ path, constraint }) => {
      const declared = policy.constraints[constraint];
      return declared === undefined ? [] : [{ name: path, type: describe(declared.type) }];
    }),
    placeholders: describePlaceholders(policy),
    tables: describeTables(policy),
    signals: ir.history?.signals.map(({ name }) => name) ?? [],
  };
}

function describeHistory(policy: PolicyModel, { reads }: Lists): Pick<Description, 'history'> {
  const historyTerms = collectPolicyHistory(policy).map(({ term }) => term);
  if (historyTerms.length === 0) return {};
  const places = (terms: typeof historyTerms) => [
    ...new Set(terms.map(({ text }) => reads.indexText(text))),
  ];
  const decisions = historyTerms.filter(({ countsDecisions }) => countsDecisions);
  return { history: { terms: places(historyTerms), decisions: places(decisions) } };
}

/** Each path as a suffix of the longest earlier path that it starts with. */
function describePaths({ paths }: IrModule, { expected }: Lists): Description['paths'] {
  const places = new Map<string, number>();
  return paths.map((row, index) => {
    let before = row.path;
    do before = before.replace(/(?:\.[^.[\]]*|\[[^[\]]*\]|.)$/su, '');
    while (before !== '' && !places.has(before));
    places.set(row.path, index);
    const step = row.path.slice(before.length);
    return [places.get(before) ?? 0, step, expected.indexText(row.expected)];
  });
}

function describeTables(policy: PolicyModel): Description['tables'] {
  const describeColumn = (type: Type) => ({
    type: describe(type),
    expected: describeExpectation(type),
  });
  return listExternalTables(policy).map(({ name, keys, value }) => ({
    name,
    keys: keys.map(describeColumn),
    value: {
      ...describeColumn(value),
      ...(value.kind === 'Set' ? { element: describeExpectation(value.element) } : {}),
    },
  }));
}

/** The reasons in the order in which lowering numbers them: rules, then the conditions of each score. */
function listReasonSources(policy: PolicyModel): readonly (Rule | ScoreCondition)[] {
  return [...policy.rules, ...policy.scores.flatMap((score) => score.conditions)];
}

function describeReasons(
  policy: PolicyModel,
  ir: IrModule,
  { files, reads }: Lists,
): readonly DescribedReason[] {
  let placeholder = 0;
  let property = 0;
  const describeDemand = (demand: Demand): DescribedDemand => ({
    obligation: policy.obligations.indexOf(demand.obligation),
    properties: Object.fromEntries(
      demand.properties.map(({ name }) => {
        property += 1;
        return [name, property - 1];
      }),
    ),
  });
  return listReasonSources(policy).map((source, index) => {
    const message = source.message.map((part) => {
      if (typeof part === 'string') return part;
      placeholder += 1;
      return placeholder - 1;
    });
    const unknown = ir.reasons[index]?.unknown ?? [];
    const { file, line, column } = findSourcePlace(policy, source.span);
    return {
      id: source.id,
      ...(message.length === 0 ? {} : { message }),
      source: [files.indexText(file), line, column],
      ...('demands' in source && source.demands.length > 0
        ? { demands: { effect: source.effect, obligations: source.demands.map(describeDemand) } }
        : {}),
      ...(unknown.length === 0 ? {} : { unknown: unknown.map(reads.indexText) }),
    };
  });
}

function describePlaceholders(policy: PolicyModel): readonly TypeDescription[] {
  return listReasonSources(policy)
    .flatMap((source) => source.message)
    .filter((part): part is Exclude<MessagePart, string> => typeof part !== 'string')
    .map((part) => describe(part.type));
}

/** The properties in the order in which lowering numbers them. */
function describeProperties(policy: PolicyModel): readonly TypeDescription[] {
  return policy.rules
    .flatMap((rule) => rule.demands)
    .flatMap((demand) => demand.properties)
    .map(({ value }) => describe(value.type));
}

function describeRule(rule: Rule, scope: IrScope | undefined, { reads }: Lists): DescribedRule {
  const falls = rule.effect === 'revoke' || mayDowngrade(rule);
  return {
    effects: falls ? [rule.effect, 'deny'] : [rule.effect],
    lowers: rule.narrowing?.lowering !== undefined,
    ...describeScope(scope),
    read: [...collectRuleReads(rule)].map(reads.indexText),
  };
}

function describeScore(score: Score, scope: IrScope | undefined, { reads }: Lists): DescribedRule {
  const effects = score.bands.flatMap(({ effect, narrowing }): readonly EffectName[] =>
    effect === 'revoke' || (narrowing !== undefined && mayDeny(narrowing))
      ? [effect, 'deny']
      : [effect],
  );
  return {
    effects: [...new Set(effects)],
    lowers: score.bands.some(({ narrowing }) => narrowing?.lowering !== undefined),
    ...describeScope(scope),
    read: [...collectScoreReads(score)].map(reads.indexText),
  };
}

function describeScope(
  scope: IrScope | undefined,
): Pick<DescribedRule, 'subjects' | 'actions' | 'resources'> {
  return {
    ...(scope?.subjects === undefined ? {} : { subjects: scope.subjects }),
    ...(scope?.actions === undefined ? {} : { actions: scope.actions }),
    ...(scope?.resources === undefined ? {} : { resources: scope.resources }),
  };
}

function describe(type: Type): TypeDescription {
  if (type.kind === 'Enum') return { kind: 'Enum', name: type.name, members: type.members };
  if (type.kind === 'Set' || type.kind === 'List')
    return { kind: 'Set', element: describe(type.element) };
  if (type.kind === 'Record' || type.kind === 'Map')
    throw new Error('broken invariant: a record is not a value');
  return { kind: type.kind };
}
