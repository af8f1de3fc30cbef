// The manifest: what a host must know of a module to ask it and to tell its answers, as canonical
// JSON (RFC 8785), so that the same source gives the same bytes.

import {
  abiMajor,
  abiMinor,
  type EffectName,
  type Manifest,
  type ManifestDemand,
  type ManifestReason,
  type ManifestRule,
  type TypeDescription,
} from '@nhipol/runtime/abi';
import canonicalize from 'canonicalize';
import {
  choosers,
  type Demand,
  errorTable,
  expectation,
  externalTables,
  foundNames,
  type MessagePart,
  mayDeny,
  mayFall,
  type Policy,
  placeOf,
  type Rule,
  readsOfRule,
  readsOfScore,
  readsZones,
  type Score,
  type ScoreCondition,
  type Type,
  zoneRelease,
} from '../language/index.ts';
import type { IrModule } from './ir.ts';
import { requestSchema } from './schema.ts';

export interface ManifestOptions {
  readonly compiler: string;
  /** SHA-256 over the sources, in hexadecimal. */
  readonly sources: string;
  readonly simd?: boolean;
}

export function makeManifest(policy: Policy, ir: IrModule, options: ManifestOptions): Manifest {
  return {
    abi: { major: abiMajor, minor: abiMinor },
    policy: { name: policy.name, version: policy.version },
    compiler: options.compiler,
    sources: options.sources,
    ...(options.simd ? { simd: true } : {}),
    ...(readsZones(policy) ? { time_zones: zoneRelease } : {}),
    schema: requestSchema(policy),
    selectors: ir.selectors,
    paths: ir.paths,
    errors: {
      codes: Object.fromEntries(
        Object.entries(errorTable).map(([name, row]) => {
          const { number, severity: _, ...words } = row;
          return [String(number), { name, ...words }];
        }),
      ),
      found: foundNames,
    },
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
    reasons: reasonsOf(policy, ir),
    rules: [...policy.rules.map(ruleOf), ...policy.scores.map(scoreOf)],
    choosers: [...choosers(policy)].sort(),
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

export function manifestBytes(manifest: Manifest): Uint8Array {
  const text = canonicalize(manifest);
  if (text === undefined) throw new Error('broken invariant: a manifest that is no JSON');
  return new TextEncoder().encode(text);
}

/** In the order in which lowering numbers them: rules, then each score's conditions. */
function reasonSources(policy: Policy): readonly (Rule | ScoreCondition)[] {
  return [...policy.rules, ...policy.scores.flatMap((score) => score.conditions)];
}

function reasonsOf(policy: Policy, ir: IrModule): readonly ManifestReason[] {
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
    return {
      id: source.id,
      message,
      covers: source.covers,
      source: placeOf(policy, source.span),
      ...('demands' in source && source.demands.length > 0
        ? { asks: { effect: source.effect, obligations: source.demands.map(demandOf) } }
        : {}),
      unknown: ir.reasons[index]?.unknown ?? [],
    };
  });
}

function placeholdersOf(policy: Policy): readonly TypeDescription[] {
  return reasonSources(policy)
    .flatMap((source) => source.message)
    .filter((part): part is Exclude<MessagePart, string> => typeof part !== 'string')
    .map((part) => describe(part.type));
}

/** In the order in which lowering numbers them. */
function propertiesOf(policy: Policy): readonly TypeDescription[] {
  return policy.rules
    .flatMap((rule) => rule.demands)
    .flatMap((demand) => demand.properties)
    .map(({ value }) => describe(value.type));
}

function ruleOf(rule: Rule): ManifestRule {
  const falls = rule.effect === 'revoke' || mayFall(rule);
  return {
    effects: falls ? [rule.effect, 'deny'] : [rule.effect],
    ...scopeOf(rule),
    read: [...readsOfRule(rule)].sort(),
  };
}

function scoreOf(score: Score): ManifestRule {
  const effects = score.bands.flatMap(({ effect, narrowing }): readonly EffectName[] =>
    effect === 'revoke' || (narrowing !== undefined && mayDeny(narrowing))
      ? [effect, 'deny']
      : [effect],
  );
  return {
    effects: [...new Set(effects)],
    ...scopeOf(score),
    read: [...readsOfScore(score)].sort(),
  };
}

function scopeOf({
  scope,
}: Rule | Score): Pick<ManifestRule, 'subjects' | 'actions' | 'resources'> {
  return {
    ...(scope.subjects === undefined ? {} : { subjects: scope.subjects }),
    ...(scope.actions === undefined ? {} : { actions: scope.actions }),
    ...(scope.resources === undefined ? {} : { resources: scope.resources }),
  };
}

function describe(type: Type): TypeDescription {
  if (type.kind === 'Enum') return { kind: 'Enum', name: type.name, members: type.members };
  if (type.kind === 'Set' || type.kind === 'List')
    return { kind: 'Set', element: describe(type.element) };
  if (type.kind === 'Record') throw new Error('broken invariant: a record is no value');
  return { kind: type.kind };
}
