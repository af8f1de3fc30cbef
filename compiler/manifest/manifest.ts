// Builds the manifest: what a host must know of a module to call it and to read its answers, as canonical
// JSON (RFC 8785), so that the same source results in the same bytes.

import {
  abiMajor,
  abiMinor,
  type EffectName,
  type EncodingSection,
  type Manifest,
  type ManifestDemand,
  type ManifestReason,
  type ManifestRule,
  type ManifestSessions,
  type TypeDescription,
} from '@nhipol/runtime/abi';
import canonicalize from 'canonicalize';
import {
  type Demand,
  declaresApprovals,
  expectation,
  externalTables,
  historyIn,
  type MessagePart,
  mayDeny,
  mayDowngrade,
  type Policy,
  placeOf,
  type Rule,
  readsOfRule,
  readsOfScore,
  readsZones,
  type Score,
  type ScoreCondition,
  scopeSelectors,
  type Type,
  zoneRelease,
} from '../../language/index.ts';
import type { IrModule, IrScope } from '../ir/ir.ts';
import { requestSchema } from './schema.ts';
import { describeSessions } from './session-limits.ts';

export interface ManifestOptions {
  readonly compiler: string;
  /** The SHA-256 of the sources, in hexadecimal. */
  readonly sources: string;
  readonly simd?: boolean;
  readonly sessions?: boolean;
}

/** A list without duplicates, and the index of each entry. */
class Listed {
  readonly all: string[] = [];
  readonly #places = new Map<string, number>();

  readonly placeOf = (text: string): number => {
    const known = this.#places.get(text);
    if (known !== undefined) return known;
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

export function makeManifest(
  policy: Policy,
  ir: IrModule,
  options: ManifestOptions,
): Omit<Manifest, 'bounds'> {
  const lists: Lists = { expected: new Listed(), files: new Listed(), reads: new Listed() };
  return {
    abi: { major: abiMajor, minor: abiMinor },
    policy: { name: policy.name, version: policy.version },
    compiler: options.compiler,
    sources: options.sources,
    ...(options.simd ? { simd: true } : {}),
    ...(readsZones(policy) ? { time_zones: zoneRelease } : {}),
    ...(options.sessions ? { sessions: sessionsOf(policy, ir) } : {}),
    ...historyOf(policy, lists),
    schema: requestSchema(policy),
    selectors: ir.selectors,
    paths: pathsOf(ir, lists),
    expected: lists.expected.all,
    files: lists.files.all,
    reads: lists.reads.all,
    ...obligationsOf(policy),
    reasons: reasonsOf(policy, ir, lists),
    rules: [
      ...policy.rules.map((rule, index) => ruleOf(rule, ir.rules[index]?.scope, lists)),
      ...policy.scores.map((score, index) => scoreOf(score, ir.scores[index]?.scope, lists)),
    ],
    choosers: [...scopeSelectors(policy)].sort(),
    constraints: policy.constraints.map(({ name, type, merge, limits }) => ({
      name,
      type: describe(type),
      merge,
      ...(limits === undefined ? {} : { limits: [limits.root, ...limits.names].join('.') }),
    })),
    placeholders: placeholdersOf(policy),
    ...tablesOf(policy),
  };
}

function sessionsOf(policy: Policy, ir: IrModule): ManifestSessions {
  const approvals = declaresApprovals(policy.context);
  return { ...describeSessions(ir), ...(approvals ? { approvals } : {}) };
}

function historyOf(policy: Policy, { reads }: Lists): Pick<Manifest, 'history'> {
  const historyTerms = historyIn(policy).map(({ term }) => term);
  if (historyTerms.length === 0) return {};
  const places = (terms: typeof historyTerms) => [
    ...new Set(terms.map(({ text }) => reads.placeOf(text))),
  ];
  const decisions = historyTerms.filter(({ countsDecisions }) => countsDecisions);
  return { history: { terms: places(historyTerms), decisions: places(decisions) } };
}

/** Each path as a suffix of the longest earlier path that it starts with. */
function pathsOf({ paths }: IrModule, { expected }: Lists): Manifest['paths'] {
  const places = new Map<string, number>();
  return paths.map((row, index) => {
    let before = row.path;
    do before = before.replace(/(?:\.[^.[\]]*|\[[^[\]]*\]|.)$/su, '');
    while (before !== '' && !places.has(before));
    places.set(row.path, index);
    const step = row.path.slice(before.length);
    return [places.get(before) ?? 0, step, expected.placeOf(row.expected)];
  });
}

function obligationsOf(policy: Policy): Pick<Manifest, 'obligations' | 'properties'> {
  if (policy.obligations.length === 0) return {};
  return {
    obligations: policy.obligations.map((obligation) => ({
      name: obligation.name,
      type: obligation.type,
      properties: [...obligation.members.values()].map(({ name, type, optional }) => ({
        name,
        type: describe(type),
        ...(optional ? { optional } : {}),
      })),
    })),
    properties: propertiesOf(policy),
  };
}

function tablesOf(policy: Policy): Pick<Manifest, 'tables'> {
  const external = externalTables(policy);
  if (external.length === 0) return {};
  const columnOf = (type: Type) => ({ type: describe(type), expected: expectation(type) });
  return {
    tables: external.map(({ name, keys, value }) => ({
      name,
      keys: keys.map(columnOf),
      value: {
        ...columnOf(value),
        ...(value.kind === 'Set' ? { element: expectation(value.element) } : {}),
      },
    })),
  };
}

export function canonicalBytes(described: Manifest | EncodingSection): Uint8Array {
  const text = canonicalize(described);
  if (text === undefined) throw new Error('broken invariant: the manifest is not JSON');
  return new TextEncoder().encode(text);
}

/** The reasons in the order in which lowering numbers them: rules, then the conditions of each score. */
function reasonSources(policy: Policy): readonly (Rule | ScoreCondition)[] {
  return [...policy.rules, ...policy.scores.flatMap((score) => score.conditions)];
}

function reasonsOf(
  policy: Policy,
  ir: IrModule,
  { files, reads }: Lists,
): readonly ManifestReason[] {
  let placeholder = 0;
  let property = 0;
  const demandOf = (demand: Demand): ManifestDemand => ({
    obligation: policy.obligations.indexOf(demand.obligation),
    properties: Object.fromEntries(
      demand.properties.map(({ name }) => {
        property += 1;
        return [name, property - 1];
      }),
    ),
  });
  return reasonSources(policy).map((source, index) => {
    const message = source.message.map((part) => {
      if (typeof part === 'string') return part;
      placeholder += 1;
      return placeholder - 1;
    });
    const unknown = ir.reasons[index]?.unknown ?? [];
    const { file, line, column } = placeOf(policy, source.span);
    return {
      id: source.id,
      ...(message.length === 0 ? {} : { message }),
      ...(source.covers.length === 0 ? {} : { covers: source.covers }),
      source: [files.placeOf(file), line, column],
      ...('demands' in source && source.demands.length > 0
        ? { asks: { effect: source.effect, obligations: source.demands.map(demandOf) } }
        : {}),
      ...(unknown.length === 0 ? {} : { unknown: unknown.map(reads.placeOf) }),
    };
  });
}

function placeholdersOf(policy: Policy): readonly TypeDescription[] {
  return reasonSources(policy)
    .flatMap((source) => source.message)
    .filter((part): part is Exclude<MessagePart, string> => typeof part !== 'string')
    .map((part) => describe(part.type));
}

/** The properties in the order in which lowering numbers them. */
function propertiesOf(policy: Policy): readonly TypeDescription[] {
  return policy.rules
    .flatMap((rule) => rule.demands)
    .flatMap((demand) => demand.properties)
    .map(({ value }) => describe(value.type));
}

function ruleOf(rule: Rule, scope: IrScope | undefined, { reads }: Lists): ManifestRule {
  const falls = rule.effect === 'revoke' || mayDowngrade(rule);
  return {
    effects: falls ? [rule.effect, 'deny'] : [rule.effect],
    ...scopeOf(scope),
    read: [...readsOfRule(rule)].map(reads.placeOf),
  };
}

function scoreOf(score: Score, scope: IrScope | undefined, { reads }: Lists): ManifestRule {
  const effects = score.bands.flatMap(({ effect, narrowing }): readonly EffectName[] =>
    effect === 'revoke' || (narrowing !== undefined && mayDeny(narrowing))
      ? [effect, 'deny']
      : [effect],
  );
  return {
    effects: [...new Set(effects)],
    ...scopeOf(scope),
    read: [...readsOfScore(score)].map(reads.placeOf),
  };
}

function scopeOf(
  scope: IrScope | undefined,
): Pick<ManifestRule, 'subjects' | 'actions' | 'resources'> {
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
  if (type.kind === 'Record') throw new Error('broken invariant: a record is not a value');
  return { kind: type.kind };
}
