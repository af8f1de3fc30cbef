// Warns of actions, subject types and resource types for which no request can be permitted, because rules that also apply
// to others read members that these do not declare: a permit that compares such a member does not fire, and a deny does.

import type { Expr, PolicyModel, ReadExpr, Scope } from '../../model/model.ts';
import { collectExprs } from '../../model/operands.ts';
import { spellPath } from '../../model/reads.ts';
import { quoteNames } from '../../support/words.ts';
import { bool, type Member, type RecordType } from '../../types/types.ts';
import { type LintAnalysis, omitVocabularies, othersLimit } from '../analysis.ts';
import type { TruthClaim } from '../reasoning/assumptions.ts';
import { covers, overlap } from '../reasoning/scopes.ts';
import { onlyTrue } from '../reasoning/truth-set.ts';
import { appendValue, type RuleInfo } from '../rules.ts';
import { hasOpenNames } from '../traps/places.ts';

/** The declared names of a kind, with their members. */
interface Kind {
  readonly names: 'actions' | 'subjects' | 'resources';
  readonly root: 'action' | 'subject' | 'resource';
}

const kinds: readonly Kind[] = [
  { names: 'actions', root: 'action' },
  { names: 'subjects', root: 'subject' },
  { names: 'resources', root: 'resource' },
];

/** A read of a member that a name does not declare. */
interface Undeclared {
  readonly read: ReadExpr;
  /** The read up to the first member that is not declared. */
  readonly missing: ReadExpr;
}

/** A rule that reads what a name does not declare. */
interface Cause {
  readonly rule: RuleInfo;
  readonly read: ReadExpr;
}

/** `dead` contains the rules that already have a warning because they never fire. */
export function warnNeverPermitted(
  policy: PolicyModel,
  analysis: LintAnalysis,
  dead: ReadonlySet<RuleInfo>,
): void {
  const live = analysis.judged.filter((judged) => judged.rule !== undefined && !dead.has(judged));
  for (const kind of kinds) warnKind(kind, policy, analysis, live);
}

function warnKind(
  kind: Kind,
  policy: PolicyModel,
  analysis: LintAnalysis,
  live: readonly RuleInfo[],
): void {
  const types = policy[kind.names];
  const found = new Map<RuleInfo, { readonly name: string; readonly cause: Cause }[]>();
  for (const [name, type] of types) {
    const cause = findCause(new Permits(policy, analysis, kind, name, type), live);
    if (cause !== undefined) appendValue(found, cause.rule, { name, cause });
  }
  for (const [{ title }, causes] of found) {
    const [first] = causes;
    if (first === undefined) continue;
    const path = spellPath(first.cause.read);
    const names = quoteNames(causes.map(({ name }) => name));
    const params = { kind: kind.root, names, rule: title, path };
    const spans = causes.slice(0, 3).map(({ name }) => ({
      span: (types.get(name) as RecordType).span,
      message: `\`${name}\` does not declare it`,
    }));
    analysis.reporter.report('never-permitted', first.cause.read.span, params, {
      related: omitVocabularies(spans),
    });
  }
}

/** The first rule for which no permit of the name counts, or `undefined` if a request may be permitted. */
function findCause(permits: Permits, live: readonly RuleInfo[]): Cause | undefined {
  const scopeRules = live.filter(({ scope }) => overlap(scope, permits.scope) !== undefined);
  const permitting = scopeRules.filter(({ effect }) => effect === 'permit');
  const denying = scopeRules.filter(({ effect }) => effect === 'deny' || effect === 'revoke');
  const isAffected = scopeRules.some((judged) => permits.listUndeclared(judged).length > 0);
  if (!isAffected || permitting.length === 0 || scopeRules.length > othersLimit) return undefined;
  const causes = permitting.map((permit) => permits.findPermitCause(permit, denying));
  return causes.includes(undefined)
    ? undefined
    : (causes.find((cause) => cause?.rule.effect !== 'permit') ?? causes[0]);
}

/** The permits of a name, and what prevents each. */
class Permits {
  readonly scope: Scope;
  readonly #policy: PolicyModel;
  readonly #analysis: LintAnalysis;
  readonly #root: Kind['root'];
  readonly #type: RecordType;

  constructor(
    policy: PolicyModel,
    analysis: LintAnalysis,
    kind: Kind,
    name: string,
    type: RecordType,
  ) {
    const everything: Scope = { subjects: undefined, actions: undefined, resources: undefined };
    this.scope = { ...everything, [kind.names]: [name] };
    this.#root = kind.root;
    this.#policy = policy;
    this.#analysis = analysis;
    this.#type = type;
  }

  findPermitCause(permit: RuleInfo, denying: readonly RuleInfo[]): Cause | undefined {
    const scope = overlap(permit.scope, this.scope) as Scope;
    const granted: TruthClaim = { expr: permit.condition, wanted: onlyTrue };
    const own = this.listUndeclared(permit);
    if (this.#isPrevented(scope, [granted], own)) return makeCause(permit, own);
    for (const deny of denying) {
      const reads = this.listUndeclared(deny);
      if (reads.length === 0 || !covers(deny.scope, this.#limitScope(scope))) continue;
      const claims = [granted, { expr: deny.condition, wanted: deny.silent }];
      if (this.#isPrevented(scope, claims, [...own, ...reads])) return makeCause(deny, reads);
    }
    return undefined;
  }

  listUndeclared({ condition }: RuleInfo): readonly Undeclared[] {
    return [...collectExprs([condition])].flatMap((expr) =>
      expr.kind === 'Read' && expr.from === this.#root
        ? (findUndeclared(expr, this.#type) ?? [])
        : [],
    );
  }

  /** Whether the claims can hold together only if the name has one of the members. */
  #isPrevented(scope: Scope, claims: readonly TruthClaim[], reads: readonly Undeclared[]): boolean {
    const { clusters } = this.#analysis;
    if (reads.length === 0 || clusters.holding(scope, claims) === 'never') return false;
    return clusters.holding(scope, [...reads.map(createAbsence), ...claims]) === 'never';
  }

  /** The scope with all names that a policy without `any` declares. */
  #limitScope({ subjects, actions, resources }: Scope): Scope {
    const policy = this.#policy;
    const listNames = (kind: Kind['names']) =>
      hasOpenNames(policy, kind) ? undefined : [...policy[kind].keys()];
    return {
      subjects: subjects ?? listNames('subjects'),
      actions: actions ?? listNames('actions'),
      resources: resources ?? listNames('resources'),
    };
  }
}

function makeCause(rule: RuleInfo, reads: readonly Undeclared[]): Cause | undefined {
  const [first] = reads;
  return first && { rule, read: first.read };
}

function createAbsence({ missing: operand }: Undeclared): TruthClaim {
  const expr: Expr = {
    kind: 'Presence',
    operand,
    present: false,
    type: bool,
    span: operand.span,
  };
  return { expr, wanted: onlyTrue };
}

function findUndeclared(read: ReadExpr, declared: RecordType): Undeclared | undefined {
  let type: RecordType | undefined = declared;
  for (const [index, step] of read.members.entries()) {
    const member: Member | undefined = type?.members.get(step.name);
    if (type === undefined) return undefined;
    if (member === undefined) {
      const members = read.members.slice(0, index + 1);
      return { read, missing: { ...read, members, type: step.type } };
    }
    type = member.type.kind === 'Record' ? member.type : undefined;
  }
  return undefined;
}
