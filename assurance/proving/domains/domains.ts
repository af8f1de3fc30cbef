// The finite lists of strings that represent all strings of a request: for each group of places, the constants that
// conditions compare with, and enough other strings of each kind that they distinguish. Any request has the same
// outcome as one whose strings are in the lists, except where functions of strings are applied to other than constants.

import {
  type ApplyExpr,
  collectExprs,
  type Expr,
  findTermParts,
  type HistoryTerm,
  listRuleExprs,
  listScoreExprs,
  listTermPatterns,
  type PolicyModel,
} from '@nhipol/language/model';
import type { Span } from '@nhipol/language/support';
import { getTextForm, type Type } from '@nhipol/language/types';
import {
  createAffixMonitor,
  createLengthMonitor,
  createPatternMonitor,
  type Monitor,
  spiffeMonitor,
} from '../automata/monitors.ts';
import { createConstantsMonitor } from '../automata/preimages.ts';
import { Budget } from '../formula/budget.ts';
import { pickRepresentativeAddresses } from './addresses.ts';
import { DomainAnalysis } from './analysis.ts';
import { addCandidates } from './candidates.ts';
import { createDistinctions, type Distinctions } from './distinctions.ts';
import { type Flow, isGroup, nameMemberPlace } from './flow.ts';
import { createPreimage } from './preimages.ts';
import { pickRepresentatives } from './representatives.ts';
import { StringFunctions } from './string-functions.ts';

export interface DomainOptions {
  /** Expressions besides those of rules and scores. */
  readonly exprs?: readonly Expr[];
  /** The number of requests that the formula describes at once. */
  readonly copies?: number;
  readonly budget?: Budget;
}

interface Domain {
  readonly constants: ReadonlySet<string>;
  readonly values: readonly string[];
  /** Whether patterns, affixes, lengths and functions distinguish the other strings as well. */
  readonly isMonitored: boolean;
}

/** The tests of a group of places, with those of functions. */
interface Tests extends Distinctions {
  readonly count: number;
  readonly composed: readonly Monitor[];
  /** Whether results of functions have forms that no monitor knows. */
  readonly isPartial: boolean;
}

export class Domains {
  readonly analysis: DomainAnalysis;
  readonly budget: Budget;
  readonly #groups: ReadonlyMap<string, Distinctions>;
  readonly #domains = new Map<string, Domain>();
  readonly #functions: StringFunctions;

  constructor(
    policies: readonly PolicyModel[],
    { exprs = [], copies = 1, budget = new Budget() }: DomainOptions = {},
  ) {
    this.budget = budget;
    const policyExprs = [
      ...policies.flatMap(({ rules }) => rules.flatMap(listRuleExprs)),
      ...policies.flatMap(({ scores }) => scores.flatMap(listScoreExprs)),
      ...exprs,
    ];
    const terms = [...collectExprs(policyExprs)].filter((expr) => expr.kind === 'History');
    const roots = [...policyExprs, ...terms.flatMap(({ term }) => listEventExprs(term))];
    this.analysis = new DomainAnalysis(collectExprs(roots), roots, copies);
    for (const policy of policies) addNames(this.analysis, policy);
    for (const policy of policies) addMerges(this.analysis, policy);
    if (policies.length > 1) for (const policy of policies) addDemands(this.analysis, policy);
    this.#functions = new StringFunctions(this.analysis);
    addCandidates(this.analysis, this.#functions, budget);
    this.#groups = this.analysis.groups.mergeGroups();
  }

  get flow(): Flow {
    return this.analysis.flow;
  }

  /** Parts of expressions for which the lists are too short; nothing is proved with them. */
  get incomplete(): ReadonlySet<Span> {
    return this.analysis.circular;
  }

  /** The strings of a type that represent those at a place. */
  listValues(place: string, type: Type): readonly string[] {
    const { values } = this.#findDomain(place);
    const form = getTextForm(type);
    return form === undefined ? values : values.filter((value) => form.read(value) === value);
  }

  /** Whether the string at a place stands for itself only. */
  isConstant(place: string, value: string): boolean {
    return this.#findDomain(place).constants.has(value);
  }

  isMonitored(place: string): boolean {
    return this.#findDomain(place).isMonitored;
  }

  /** Whether the result of a function of strings is exact for other strings than constants: a test of its operand. */
  isComposed(apply: ApplyExpr): boolean {
    const operand = apply.args.find(({ kind }) => kind !== 'Constant');
    const place = operand && this.flow.findPlace(operand);
    return place !== undefined && this.isMonitored(place) && this.#functions.isComposed(apply);
  }

  /** The number of elements that a list at a place needs; at least one. */
  countElements(place: string): number {
    return Math.max(1, this.analysis.countDistinct(place));
  }

  #findDomain(place: string): Domain {
    const root = this.analysis.groups.root(place);
    const existingDomain = this.#domains.get(root);
    if (existingDomain !== undefined) return existingDomain;
    const group = this.#groups.get(root) ?? nothing;
    const count = Math.max(1, this.analysis.countDistinct(place));
    const made = createDomain(this.#createTests(root, group, count), this.budget);
    this.#domains.set(root, made);
    return made;
  }

  #createTests(root: string, distinctions: Distinctions, count: number): Tests {
    this.budget.list(1);
    const results = this.#functions.listComposed(root).map(({ apply, to }) => {
      const result = this.analysis.groups.root(to);
      const tests = this.#createTests(result, this.#groups.get(result) ?? nothing, count);
      return { preimage: createPreimage(apply), tests };
    });
    const composed = results.flatMap(({ preimage, tests }) => {
      const all = [
        createConstantsMonitor(tests.constants),
        ...createMonitors(tests),
        ...createForms(tests),
      ];
      this.budget.list(all.length);
      return preimage === undefined ? [] : all.map(preimage);
    });
    const isPartial = results.some(
      ({ tests: { kinds, isPartial: isInnerPartial } }) =>
        isInnerPartial || kinds.has('Ip') || kinds.has('Cidr'),
    );
    return { ...distinctions, count, composed, isPartial };
  }
}

const nothing: Distinctions = { ...createDistinctions(), kinds: new Set(['String']) };

function createMonitors({ patterns, affixes, lengths, composed }: Tests): readonly Monitor[] {
  const monitors: Monitor[] = [...patterns].map(createPatternMonitor);
  for (const { form, text } of affixes.values()) monitors.push(createAffixMonitor(form, text));
  if (lengths.size > 0) monitors.push(createLengthMonitor([...lengths].sort((a, b) => a - b)));
  return [...monitors, ...composed];
}

/** The monitors of the forms that strings can have as values of other types. */
function createForms({ kinds }: Distinctions): readonly Monitor[] {
  return kinds.has('SpiffeId') ? [spiffeMonitor] : [];
}

function createDomain(tests: Tests, budget: Budget): Domain {
  const { constants, kinds, count } = tests;
  const monitors = createMonitors(tests);
  const isMonitoring = monitors.length > 0;
  const ofForm = [...monitors, ...createForms(tests)];
  const found = isMonitoring ? pickRepresentatives(ofForm, count, constants, budget) : undefined;
  const others = found ?? pickFreshStrings(kinds, count, constants);
  const networks = [...constants].filter(
    (constant) => getTextForm({ kind: 'Cidr' })?.read(constant) === constant,
  );
  const addresses = kinds.has('Ip') ? pickRepresentativeAddresses(networks, count, constants) : [];
  const cidrs = kinds.has('Cidr') ? pickFreshNetworks(count, constants) : [];
  const values = [...new Set([...constants, ...others, ...addresses, ...cidrs])];
  budget.list(values.length);
  return {
    constants,
    values,
    isMonitored: !tests.isPartial && (!isMonitoring || found !== undefined),
  };
}

/** Strings that no condition distinguishes, and valid SPIFFE IDs where these are needed. */
function pickFreshStrings(
  kinds: ReadonlySet<Type['kind']>,
  count: number,
  constants: ReadonlySet<string>,
): readonly string[] {
  const plain = kinds.has('String') ? pickFresh(count, constants, (index) => `other-${index}`) : [];
  const isSpiffe = kinds.has('SpiffeId');
  const ids = isSpiffe ? pickFresh(count, constants, (i) => `spiffe://other-${i}.example/x`) : [];
  return [...plain, ...ids];
}

function pickFreshNetworks(count: number, constants: ReadonlySet<string>): readonly string[] {
  return pickFresh(count, constants, (index) => `198.51.${index >> 8}.${index & 255}/32`);
}

function pickFresh(
  count: number,
  constants: ReadonlySet<string>,
  name: (index: number) => string,
): readonly string[] {
  const found: string[] = [];
  for (let index = 1; found.length < count; index += 1)
    if (!constants.has(name(index))) found.push(name(index));
  return found;
}

/** The expressions of a history term about events. */
export function listEventExprs(term: HistoryTerm): readonly Expr[] {
  const ofPatterns = listTermPatterns(term).flatMap(({ condition, key }) => [
    ...(condition === undefined ? [] : [condition]),
    ...(key?.parts.map(({ ofEvent }) => ofEvent) ?? []),
  ]);
  return [...ofPatterns, ...findTermParts(term).ofEvent];
}

/** The names that scopes and declarations list. */
function addNames(analysis: DomainAnalysis, policy: PolicyModel): void {
  const scopes = [
    ...[...policy.rules, ...policy.scores, ...policy.invariants, ...policy.contexts].map(
      ({ scope }) => scope,
    ),
  ];
  const keys = [
    ['subject.type', 'subjects'],
    ['action.name', 'actions'],
    ['resource.type', 'resources'],
  ] as const;
  for (const [selector, key] of keys) {
    analysis.addSlot(selector, 'String', policy.span);
    const declared = policy[key].keys();
    analysis.groups.addConstants(selector, [
      ...declared,
      ...scopes.flatMap((scope) => scope[key] ?? []),
    ]);
  }
  for (const selector of ['subject.id', 'resource.id'])
    analysis.addSlot(selector, 'String', policy.span);
}

/** Merging the constraints of several narrows compares their values, and invariants read the results. */
function addMerges(analysis: DomainAnalysis, policy: PolicyModel): void {
  const { flow } = analysis;
  const narrowings = [...policy.rules, ...policy.scores.flatMap(({ bands }) => bands)].flatMap(
    ({ narrowing }) => narrowing ?? [],
  );
  for (const { settings } of narrowings) {
    for (const { constraint, value } of settings) {
      const place = flow.findPlace(value);
      analysis.groups.join(`constraint ${constraint.name}`, place);
      if (place !== undefined) analysis.groups.addRelation(place);
      if (isGroup(value.type)) analysis.addNeed(place, 2, value);
    }
  }
  for (const { answer } of policy.invariants) {
    for (const { name } of policy.constraints)
      for (const record of flow.elementPlaces(answer.constraints))
        analysis.groups.join(`constraint ${name}`, nameMemberPlace(record, name));
  }
}

/** Two policies are compared by the values of their obligations. */
function addDemands(analysis: DomainAnalysis, { rules }: PolicyModel): void {
  for (const { obligation, properties } of rules.flatMap(({ demands }) => demands)) {
    for (const { name, value } of properties) {
      const place = analysis.flow.findPlace(value);
      if (place === undefined) continue;
      analysis.groups.join(`obligation ${obligation.name} ${name}`, place);
      analysis.groups.addRelation(place);
      if (isGroup(value.type)) analysis.addNeed(place, 2, value);
    }
  }
}
