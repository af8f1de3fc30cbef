// Mutations of rules and their surroundings: effects, scopes, constraints and obligations.

import type { ScopeNameNode, SettingNode } from '@nhipol/language/syntax';
import type { EffectName } from '@nhipol/runtime/abi';
import {
  becomes,
  createRemoval,
  type Mutation,
  type Operator,
  shortenExcerpt,
} from '../operator.ts';
import type { SourceRules } from '../source-words.ts';

/** The effects that need nothing else to be written: a narrow would need its constraints. */
const otherEffects: Readonly<Record<EffectName, readonly EffectName[]>> = {
  permit: [],
  narrow: [],
  challenge: ['deny'],
  deny: ['challenge', 'revoke'],
  revoke: ['deny'],
};

const effect: Operator = {
  name: 'effect',
  doc: 'the effect of a rule is one step looser or stricter',
  changes: (node, { written }) => {
    if (node.kind !== 'Rule' && node.kind !== 'Band') return [];
    const word = written.next(node.span.start, node.effect);
    if (word === undefined) return [];
    return otherEffects[node.effect].map((other) =>
      becomes(written.replace(word, other), node.effect),
    );
  },
};

const rule: Operator = {
  name: 'rule',
  doc: 'a rule never fires, or always; a condition of a score never counts',
  changes: (node, { written }) => {
    if (node.kind === 'ScoreCondition') {
      const edit = written.replace(node.condition.span, 'false');
      return [{ edits: [edit], does: `\`${node.name.text}\` is never counted` }];
    }
    if (node.kind !== 'Rule') return [];
    const never = (edit: Mutation['edits'][number]): Mutation => ({
      edits: [edit],
      does: `\`${node.name.text}\` never fires`,
    });
    if (node.condition !== undefined) {
      const { span } = node.condition;
      const always = written.replace(span, 'true');
      return [
        never(written.replace(span, 'false')),
        { edits: [always], does: `\`${node.name.text}\` always fires` },
      ];
    }
    const { end } = node.name.span;
    const otherwise = node.otherwise ? written.next(end, 'otherwise') : undefined;
    return [never(written.put(end, otherwise?.end ?? end, ' when false'))];
  },
};

const groupCondition: Operator = {
  name: 'group-condition',
  doc: 'the `when` of a group is removed',
  changes: (node, { written }) => {
    if (node.kind !== 'Group' || node.condition === undefined) return [];
    const when = written.before(node.condition.span.start);
    if (when === undefined) return [];
    return createRemoval(
      written.put(when.start, node.condition.span.end, ''),
      `\`when ${shortenExcerpt(written.at(node.condition.span))}\``,
    );
  },
};

const skip: Operator = {
  name: 'skip',
  doc: '`, if unknown skip` is removed, or added to a rule that restricts',
  changes: (node, { written }) => {
    if (node.kind !== 'Rule' || node.effect === 'permit' || node.condition === undefined) return [];
    const { end } = node.condition.span;
    if (!node.skipUnknown) {
      const edit = written.put(end, end, ', if unknown skip');
      return [{ edits: [edit], does: '`, if unknown skip` is added' }];
    }
    const last = written.next(end, 'skip');
    return last === undefined
      ? []
      : createRemoval(written.put(end, last.end, ''), '`, if unknown skip`');
  },
};

const unless: Operator = {
  name: 'unless',
  doc: '`or deny unless …` is removed',
  changes: (node, { written }) => {
    if ((node.kind !== 'Rule' && node.kind !== 'Band') || node.unless === undefined) return [];
    const { span } = node.unless;
    const or = written.before(span.start, 3);
    return or === undefined
      ? []
      : createRemoval(written.put(or.start, span.end, ''), '`or deny unless …`');
  },
};

const scope: Operator = {
  name: 'scope',
  doc: 'one name is removed after `for`, `doing` or `on`, or all names after `doing` or `on`',
  changes: (node, { written }) => {
    if (node.kind !== 'Group' && node.kind !== 'EventPattern') return [];
    const subjects = node.kind === 'Group' ? removeNames(node.subjects, written) : [];
    return [
      ...subjects,
      ...[node.actions, node.resources].flatMap((names) => [
        ...removeNames(names, written),
        ...removeClause(names, written),
      ]),
    ];
  },
};

function removeNames(
  names: readonly ScopeNameNode[] = [],
  written: SourceRules,
): readonly Mutation[] {
  if (names.length < 2) return [];
  return names.flatMap(({ text }, index) =>
    createRemoval(written.without(names, index), `\`${text}\``),
  );
}

function removeClause(
  names: readonly ScopeNameNode[] = [],
  written: SourceRules,
): readonly Mutation[] {
  const [first, last] = [names[0], names.at(-1)];
  const word = first && written.before(first.span.start);
  const before = word && written.before(word.start);
  if (before === undefined || last === undefined || word === undefined) return [];
  const { start } = word;
  const what = `\`${shortenExcerpt(written.at({ start, end: last.span.end }))}\``;
  return createRemoval(written.put(before.end, last.span.end, ''), what);
}

const setting: Operator = {
  name: 'setting',
  doc: 'one of several values of a constraint or an obligation is not set',
  changes: (node, { written }) =>
    node.kind === 'Rule' || node.kind === 'Band' || node.kind === 'Demand'
      ? removeSettings(node.settings, written)
      : [],
};

function removeSettings(
  settings: readonly SettingNode[],
  written: SourceRules,
): readonly Mutation[] {
  if (settings.length < 2) return [];
  return settings.flatMap(({ name }, index) =>
    createRemoval(written.without(settings, index), `\`${name.text}\``),
  );
}

const demand: Operator = {
  name: 'obligation',
  doc: 'an obligation is removed',
  changes: (node, { written }) => {
    if (node.kind !== 'Rule') return [];
    const [only, another] = node.demands;
    if (only === undefined) return [];
    if (another !== undefined) {
      return node.demands.flatMap(({ name }, index) =>
        createRemoval(written.without(node.demands, index), `\`${name.text}\``),
      );
    }
    const word = written.before(only.span.start);
    if (word === undefined) return [];
    return createRemoval(written.put(word.start, only.span.end, ''), `\`with ${only.name.text}\``);
  },
};

const band: Operator = {
  name: 'band',
  doc: 'one band of a score is removed',
  changes: (node, { written }) => {
    if (node.kind !== 'Score' || node.bands.length < 2) return [];
    return node.bands.flatMap(({ span, from }) =>
      createRemoval(written.replace(span, ''), `the band from ${from.value} on`),
    );
  },
};

export const ruleOperators: readonly Operator[] = [
  effect,
  rule,
  groupCondition,
  skip,
  unless,
  scope,
  setting,
  demand,
  band,
];
