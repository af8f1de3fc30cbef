// The constructs that policies use, by the names of names.ts: from their sources, and from the result of
// the checker.

import { Reporter } from '@nhipol/language';
import { collectExprs, type Expr, type PolicyModel } from '@nhipol/language/model';
import { type AstNode, parse, visit } from '@nhipol/language/syntax';
import type { Member, RecordType, Type } from '@nhipol/language/types';
import { knownObligations, type ObligationType } from '../../../language/types/obligations.ts';
import { describeShape, use } from './names.ts';

export function listExpressions(policies: Iterable<PolicyModel>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const policy of policies) {
    for (const expr of collectExprs(listRoots(policy))) {
      found.add(`expression ${expr.kind}`);
      if (expr.kind === 'Apply') {
        found.add(
          use(
            expr.builtin,
            expr.args.map(({ type }) => type),
          ),
        );
      }
    }
  }
  return found;
}

export function listVariants(policies: Iterable<PolicyModel>): ReadonlySet<string> {
  const exprs = [...policies].flatMap((policy) => [...collectExprs(listRoots(policy))]);
  return new Set(exprs.flatMap(listExprVariants));
}

function listExprVariants(expr: Expr): readonly string[] {
  switch (expr.kind) {
    case 'Compare':
      return [`${describeShape(expr.left.type)} ${expr.operator}`];
    case 'Quantifier':
      return [`${expr.quantifier} in ${describeShape(expr.collection.type)}`];
    case 'Aggregate':
      return [`${expr.form} in ${describeShape(expr.collection.type)}`];
    case 'Presence':
      return [expr.present ? 'is present' : 'is missing'];
    case 'Read':
      return expr.latest ? ['latest'] : [];
    case 'Selector':
      return [`selector ${expr.which}`];
    case 'Calendar':
      return [`calendar ${expr.field}`];
    default:
      return [];
  }
}

function listRoots(policy: PolicyModel): readonly Expr[] {
  const narrowing = (each: PolicyModel['rules'][number]['narrowing']) =>
    each === undefined ? [] : [each.inside, ...each.settings.map(({ value }) => value)];
  return [
    ...policy.rules.flatMap((rule) => [
      rule.condition,
      ...narrowing(rule.narrowing),
      ...rule.demands.flatMap(({ properties }) => properties.map(({ value }) => value)),
      ...rule.message.filter((part) => typeof part !== 'string'),
    ]),
    ...policy.scores.flatMap((score) => [
      ...score.conditions.map(({ condition }) => condition),
      ...score.bands.flatMap((band) => narrowing(band.narrowing)),
    ]),
    ...policy.invariants.map(({ claim }) => claim),
  ];
}

export function listMemberForms(policies: Iterable<PolicyModel>): ReadonlySet<string> {
  const found = new Set<string>();
  const note = ({ members }: RecordType, isFresh: boolean): void => {
    for (const member of members.values()) {
      for (const shape of [describeShape(member.type), ...describeWire(member.type)]) {
        found.add(`member ${shape} ${describePresence(member)}`);
        if (isFresh) found.add(`member ${shape} fresh`);
      }
      const { type } = member;
      const inner = type.kind === 'List' ? type.element : type.kind === 'Map' ? type.value : type;
      if (inner.kind === 'Record') note(inner, isFresh || member.fresh !== undefined);
    }
  };
  for (const policy of policies) {
    const { subjects, actions, resources, anySubject, anyAction, anyResource, context } = policy;
    const listed = [...subjects.values(), ...actions.values(), ...resources.values()];
    for (const type of [...listed, anySubject, anyAction, anyResource, context]) {
      if (type !== undefined) note(type, false);
    }
  }
  return found;
}

function describePresence(member: Member): string {
  return member.default !== undefined ? 'default' : member.optional ? 'optional' : 'required';
}

function describeWire(type: Type): readonly string[] {
  if (type.kind === 'Timestamp' && type.inSeconds === true) return ['Timestamp in seconds'];
  const isNumber = type.kind === 'Int' || type.kind === 'Decimal';
  return isNumber && type.range !== undefined ? [`${type.kind} within`] : [];
}

/** The nodes and forms in the sources. */
export function listSyntax(texts: Iterable<string>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const text of texts) {
    visit(parse('', text, new Reporter()), (node) => {
      found.add(`node ${node.kind}`);
      for (const form of listForms(node)) found.add(form);
      if (node.kind === 'Group') {
        for (const item of node.items) if (item.kind === 'Let') found.add('form let of a group');
      }
      if (node.kind === 'File') {
        const subjects = node.items.flatMap((item) =>
          item.kind === 'Subject' && item.name !== undefined ? [item.name.text] : [],
        );
        const groups = node.items.filter((item) => item.kind === 'Group');
        const named = groups.flatMap((group) => group.subjects ?? []);
        if (subjects.length > 0 && named.some((name) => !subjects.includes(name.text)))
          found.add('form undeclared subject');
        if (node.items.some(({ kind }) => kind === 'Let')) found.add('form let of a file');
      }
      return undefined;
    });
  }
  return found;
}

function listForms(node: AstNode): readonly string[] {
  const used = (prefix: string, forms: Readonly<Record<string, boolean>>) =>
    Object.entries(forms).flatMap(([name, there]) => (there ? [`${prefix} ${name}`] : []));
  switch (node.kind) {
    case 'Rule':
      return [
        `effect ${node.effect}`,
        ...used('clause', {
          because: node.because !== undefined,
          covers: node.covers.length > 0,
          where: node.where.length > 0,
          to: node.settings.length > 0,
          unless: node.unless !== undefined,
          with: node.demands.length > 0,
          skip: node.skipUnknown,
          otherwise: node.otherwise,
          when: node.condition !== undefined,
          'narrow without to': node.effect === 'narrow' && node.settings.length === 0,
          'rule without when': node.condition === undefined && !node.otherwise,
        }),
      ];
    case 'Binary':
      return [`operator ${node.operator}`];
    case 'ScoreCondition':
      return used('clause', {
        'score because': node.because !== undefined,
        'score covers': node.covers.length > 0,
      });
    case 'Band':
      return [
        `band ${node.effect}`,
        ...used('clause', { 'score unless': node.unless !== undefined }),
      ];
    case 'Constraint':
      return [`merge ${node.merge}`];
    case 'Obligation': {
      const known = knownObligations.get((node.type ?? node.name).text);
      return [`obligation ${known?.type satisfies ObligationType | undefined}`];
    }
    case 'Pattern':
      return [`pattern ${node.language}`];
    case 'Group':
      return used('form', {
        'any subject': node.subjects === undefined,
        'listed subjects': node.subjects !== undefined,
        'any action': node.actions === undefined,
        'listed actions': node.actions !== undefined,
        'any resource': node.resources === undefined,
        'listed resources': node.resources !== undefined,
        condition: node.condition !== undefined,
      });
    case 'Otherwise':
      return [`form given ${node.ignore ? 'ignore' : 'otherwise'}`];
    case 'Function':
      return [`form ${node.result === undefined ? 'predicate' : 'function'}`];
    case 'Subject':
      return used('form', { 'any declared': node.name === undefined });
    case 'Enum':
      return used('form', { 'enum else': node.otherwise !== undefined });
    case 'Table':
      return used('form', {
        table: !node.external,
        'external table': node.external,
        'transitive table': node.transitive,
        'table by pairs': node.keys.length === 2,
      });
    case 'Member':
      return used('form', { 'secret member': node.secret });
    case 'WindowPart':
      return used('window', { 'every day': node.days.length === 0 });
    case 'Days':
      if (node.nth !== undefined) return [`nth ${node.nth}`];
      if (node.to === undefined) return ['window a day'];
      return [node.from <= node.to ? 'window some days' : 'window over a weekend'];
    case 'TimeRange':
      return used('window', { 'over midnight': node.to.milliseconds < node.from.milliseconds });
    case 'Season': {
      if (node.to === undefined) return ['window during a day'];
      const isOver = node.to.yearDay < node.from.yearDay;
      return [isOver ? 'window during days over a new year' : 'window during some days'];
    }
    case 'DateRange':
      return [`window except ${node.to === undefined ? 'a day' : 'some days'}`];
    default:
      return [];
  }
}
