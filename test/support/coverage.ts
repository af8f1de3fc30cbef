// What there is to be used in the language, told from its own tables, and what of it some policies do
// use. Each thing has a name that says what kind of thing it is: `node Given`, `expression Age`.

import { type AstNode, childKeys, type MergeRule } from '../../language/ast.ts';
import type { Resolution } from '../../language/builtins/builtin.ts';
import { builtins } from '../../language/builtins/index.ts';
import {
  type Expr,
  effects,
  everyExpr,
  type Member,
  type Pattern,
  type PatternLanguage,
  type Policy,
  parse,
  type RecordType,
  Reporter,
  type Type,
} from '../../language/index.ts';
import type { ObligationType } from '../../language/obligations.ts';
import { knownObligations } from '../../language/obligations.ts';
import type { Nth } from '../../language/time/window.ts';
import type { ScalarKind } from '../../language/types.ts';
import { visit } from '../../language/visit.ts';

const exprKinds: Readonly<Record<Expr['kind'], true>> = {
  Constant: true,
  Read: true,
  Selector: true,
  Now: true,
  Variable: true,
  Binding: true,
  Lookup: true,
  Apply: true,
  Compare: true,
  Age: true,
  InWindow: true,
  Calendar: true,
  And: true,
  Or: true,
  Not: true,
  Known: true,
  Presence: true,
  Quantifier: true,
  If: true,
  Else: true,
  Set: true,
};
const mergeRules: Readonly<Record<MergeRule, true>> = {
  limits: true,
  'smallest wins': true,
  'largest wins': true,
  intersects: true,
  'must agree': true,
};
const patternLanguages: Readonly<Record<PatternLanguage, true>> = {
  glob: true,
  regex: true,
  spiffe: true,
};
const nths: Readonly<Record<Nth, true>> = {
  1: true,
  2: true,
  3: true,
  4: true,
  5: true,
  last: true,
};
const scalarKinds: Readonly<Record<ScalarKind, true>> = {
  Bool: true,
  Int: true,
  Decimal: true,
  String: true,
  Timestamp: true,
  Duration: true,
  SpiffeId: true,
  Ip: true,
  Cidr: true,
};

const span = { file: '', start: 0, end: 0 };
const someEnum = (ordered: boolean): Type => ({
  kind: 'Enum',
  name: 'E',
  members: ['a', 'b'],
  ordered,
  otherwise: undefined,
  span,
});
const scalars: readonly Type[] = [
  ...Object.keys(scalarKinds).map((kind) => ({ kind }) as Type),
  someEnum(true),
  someEnum(false),
];
const record: Type = { kind: 'Record', name: undefined, members: new Map(), span };
const types: readonly Type[] = [
  ...scalars,
  ...scalars.flatMap((element): readonly Type[] => [
    { kind: 'Set', element },
    { kind: 'List', element },
  ]),
  record,
  { kind: 'List', element: record },
];

// --- what there is -----------------------------------------------------------------------------

const names = (table: object, what: string) => Object.keys(table).map((name) => `${what} ${name}`);

export const nodeKinds: ReadonlySet<string> = new Set(names(childKeys, 'node'));

interface Use {
  readonly resolution: Resolution;
  readonly operands: readonly Type[];
}

/** Each builtin for each way in which it takes its operands. */
function usesThereAre(): readonly Use[] {
  const patterns = Object.keys(patternLanguages).map(
    (language) => ({ source: { language } }) as unknown as Pattern,
  );
  return [...builtins.values()].flatMap((builtin) => {
    const firsts = types.map((type) => [type]);
    const operands =
      builtin.operands === 1
        ? firsts
        : firsts.flatMap((first) => types.map((type) => [...first, type]));
    return operands.flatMap((each) =>
      [undefined, ...patterns].flatMap((pattern) => {
        const resolution = builtin.resolve(each, pattern);
        return resolution === undefined ? [] : [{ resolution, operands: each }];
      }),
    );
  });
}

export function expressionsThereAre(): ReadonlySet<string> {
  const uses = usesThereAre().map(({ resolution, operands }) => use(resolution, operands));
  return new Set([...names(exprKinds, 'expression'), ...uses]);
}

/** The functions of the library that compute them, with those for what can't fail. */
export function functionsThereAre(): ReadonlySet<string> {
  const all = usesThereAre().flatMap(({ resolution }) => [
    resolution.assembly,
    resolution.unchecked,
  ]);
  return new Set(all.filter((name) => name !== undefined));
}

/** Clauses, forms and declarations beyond the kinds of nodes. */
export function formsThereAre(): ReadonlySet<string> {
  return new Set([
    ...effects.map((effect) => `effect ${effect}`),
    ...effects.filter((effect) => effect !== 'permit').map((effect) => `band ${effect}`),
    ...names(mergeRules, 'merge'),
    ...[...knownObligations.values()].map(({ type }) => `obligation ${type}`),
    ...names(patternLanguages, 'pattern'),
    ...names(nths, 'nth'),
    ...clauses,
    ...groups,
    ...windowForms,
  ]);
}

const clauses = [
  ...['because', 'covers', 'where', 'to', 'unless', 'with', 'skip', 'otherwise', 'when'],
  ...['score because', 'score covers', 'score unless', 'narrow without to', 'rule without when'],
].map((name) => `clause ${name}`);
const groups = [
  ...['any subject', 'listed subjects', 'undeclared subject', 'any action', 'listed actions'],
  ...['any resource', 'listed resources', 'condition', 'given otherwise', 'given ignore'],
  ...['let of a file', 'let of a group', 'predicate', 'function', 'any declared', 'enum else'],
].map((name) => `form ${name}`);
const windowForms = [
  ...['every day', 'a day', 'some days', 'over a weekend', 'over midnight', 'except a day'],
  'except some days',
].map((name) => `window ${name}`);

/** Each type in each presence that a declaration can give it. */
export function membersThereAre(): ReadonlySet<string> {
  const presences = ['required', 'optional', 'default', 'fresh'];
  const shapes = [
    ...new Set(types.map(shapeOf)),
    'Timestamp in seconds',
    'Int within',
    'Decimal within',
  ];
  const all = shapes.flatMap((shape) => presences.map((presence) => `member ${shape} ${presence}`));
  // A record's default is that of its members.
  return new Set(all.filter((name) => name !== 'member Record default'));
}

// --- what is used ------------------------------------------------------------------------------

/** Less exact: what computes what, whatever its operands are called. */
export function withoutOperands(uses: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...uses].map((name) => name.replace(/\(.*\)/, '')));
}

/** By its operands, and by which function of the library computes it. */
function use({ name, assembly, pattern }: Resolution, operands: readonly Type[]): string {
  const language = pattern === undefined ? '' : ` ${pattern.source.language}`;
  return `${name}(${operands.map(({ kind }) => kind).join(', ')})${language} by ${assembly}`;
}

export function expressionsIn(policies: Iterable<Policy>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const policy of policies) {
    for (const expr of everyExpr(rootsOf(policy))) {
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

function rootsOf(policy: Policy): readonly Expr[] {
  const narrowing = (each: Policy['rules'][number]['narrowing']) =>
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

export function membersIn(policies: Iterable<Policy>): ReadonlySet<string> {
  const found = new Set<string>();
  const note = ({ members }: RecordType, isFresh: boolean): void => {
    for (const member of members.values()) {
      for (const shape of [shapeOf(member.type), ...wireOf(member.type)]) {
        found.add(`member ${shape} ${presenceOf(member)}`);
        if (isFresh) found.add(`member ${shape} fresh`);
      }
      const { type } = member;
      const inner = type.kind === 'List' ? type.element : type;
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

function presenceOf(member: Member): string {
  return member.default !== undefined ? 'default' : member.optional ? 'optional' : 'required';
}

function shapeOf(type: Type): string {
  if (type.kind === 'Set' || type.kind === 'List')
    return `${type.kind} of ${shapeOf(type.element)}`;
  return type.kind === 'Enum' ? `${type.ordered ? '' : 'un'}ordered enum` : type.kind;
}

function wireOf(type: Type): readonly string[] {
  if (type.kind === 'Timestamp' && type.inSeconds === true) return ['Timestamp in seconds'];
  const isNumber = type.kind === 'Int' || type.kind === 'Decimal';
  return isNumber && type.range !== undefined ? [`${type.kind} within`] : [];
}

/** Nodes and forms of the texts. */
export function syntaxIn(texts: Iterable<string>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const text of texts) {
    visit(parse('', text, new Reporter()), (node) => {
      found.add(`node ${node.kind}`);
      for (const form of formsOf(node)) found.add(form);
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

function formsOf(node: AstNode): readonly string[] {
  const told = (prefix: string, forms: Readonly<Record<string, boolean>>) =>
    Object.entries(forms).flatMap(([name, there]) => (there ? [`${prefix} ${name}`] : []));
  switch (node.kind) {
    case 'Rule':
      return [
        `effect ${node.effect}`,
        ...told('clause', {
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
    case 'ScoreCondition':
      return told('clause', {
        'score because': node.because !== undefined,
        'score covers': node.covers.length > 0,
      });
    case 'Band':
      return [
        `band ${node.effect}`,
        ...told('clause', { 'score unless': node.unless !== undefined }),
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
      return told('form', {
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
      return told('form', { 'any declared': node.name === undefined });
    case 'Enum':
      return told('form', { 'enum else': node.otherwise !== undefined });
    case 'WindowPart':
      return told('window', { 'every day': node.days.length === 0 });
    case 'Days':
      if (node.nth !== undefined) return [`nth ${node.nth}`];
      if (node.to === undefined) return ['window a day'];
      return [node.from <= node.to ? 'window some days' : 'window over a weekend'];
    case 'TimeRange':
      return told('window', { 'over midnight': node.to.milliseconds < node.from.milliseconds });
    case 'DateRange':
      return [`window except ${node.to === undefined ? 'a day' : 'some days'}`];
    default:
      return [];
  }
}

/** What is not used, sorted. */
export function missing(there: ReadonlySet<string>, used: ReadonlySet<string>): readonly string[] {
  return [...there].filter((name) => !used.has(name)).sort();
}
