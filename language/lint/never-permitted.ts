// Warns of actions that no request can permit, because rules that also apply to other actions read members that these
// do not declare: a permit that compares such a member does not fire, and a deny does.

import type { Expr, Policy, ReadExpr, Scope } from '../model/model.ts';
import { everyExpr } from '../model/operands.ts';
import { pathOf } from '../model/reads.ts';
import { quotedNames } from '../support/words.ts';
import { bool, type Member, type RecordType } from '../types/types.ts';
import { type Analysis, othersLimit, shown } from './analysis.ts';
import type { Claim } from './assumptions.ts';
import { put, type RuleInfo } from './rules.ts';
import { covers, overlap } from './scopes.ts';
import { isTrue } from './truth-set.ts';

/** A read of a member that an action does not declare. */
interface Undeclared {
  readonly read: ReadExpr;
  /** The read up to the first member that is not declared. */
  readonly missing: ReadExpr;
}

/** A rule that reads what an action does not declare. */
interface Cause {
  readonly rule: RuleInfo;
  readonly read: ReadExpr;
}

/** `dead` contains the rules that already have a warning because they never fire. */
export function warnNeverPermitted(
  policy: Policy,
  analysis: Analysis,
  dead: ReadonlySet<RuleInfo>,
): void {
  const live = analysis.judged.filter((judged) => judged.rule !== undefined && !dead.has(judged));
  const found = new Map<RuleInfo, { readonly action: string; readonly cause: Cause }[]>();
  for (const [action, type] of policy.actions) {
    const cause = causeOf(new Permits(policy, analysis, action, type), live);
    if (cause !== undefined) put(found, cause.rule, { action, cause });
  }
  for (const [{ title }, actions] of found) {
    const [first] = actions;
    if (first === undefined) continue;
    const path = pathOf(first.cause.read);
    const params = { actions: quotedNames(actions.map(({ action }) => action)), rule: title, path };
    const spans = actions.slice(0, 3).map(({ action }) => ({
      span: (policy.actions.get(action) as RecordType).span,
      message: `\`${action}\` does not declare it`,
    }));
    analysis.reporter.report('never-permitted', first.cause.read.span, params, {
      related: shown(spans),
    });
  }
}

/** The first rule for which no permit of the action counts; undefined if a request may permit it. */
function causeOf(permits: Permits, live: readonly RuleInfo[]): Cause | undefined {
  const own = live.filter(({ scope }) => overlap(scope, permits.scope) !== undefined);
  const permitting = own.filter(({ effect }) => effect === 'permit');
  const denying = own.filter(({ effect }) => effect === 'deny' || effect === 'revoke');
  const isAffected = own.some((judged) => permits.undeclaredIn(judged).length > 0);
  if (!isAffected || permitting.length === 0 || own.length > othersLimit) return undefined;
  const causes = permitting.map((permit) => permits.causeOf(permit, denying));
  return causes.includes(undefined)
    ? undefined
    : (causes.find((cause) => cause?.rule.effect !== 'permit') ?? causes[0]);
}

/** The permits of an action, and what prevents each. */
class Permits {
  readonly scope: Scope;
  readonly #policy: Policy;
  readonly #analysis: Analysis;
  readonly #type: RecordType;

  constructor(policy: Policy, analysis: Analysis, action: string, type: RecordType) {
    this.scope = { subjects: undefined, actions: [action], resources: undefined };
    this.#policy = policy;
    this.#analysis = analysis;
    this.#type = type;
  }

  causeOf(permit: RuleInfo, denying: readonly RuleInfo[]): Cause | undefined {
    const scope = overlap(permit.scope, this.scope) as Scope;
    const granted: Claim = { expr: permit.condition, wanted: isTrue };
    const own = this.undeclaredIn(permit);
    if (this.#isPrevented(scope, [granted], own)) return causeIn(permit, own);
    for (const deny of denying) {
      const reads = this.undeclaredIn(deny);
      if (reads.length === 0 || !covers(deny.scope, this.#declared(scope))) continue;
      const claims = [granted, { expr: deny.condition, wanted: deny.silent }];
      if (this.#isPrevented(scope, claims, [...own, ...reads])) return causeIn(deny, reads);
    }
    return undefined;
  }

  undeclaredIn({ condition }: RuleInfo): readonly Undeclared[] {
    return [...everyExpr([condition])].flatMap((expr) =>
      expr.kind === 'Read' && expr.from === 'action' ? (undeclaredOf(expr, this.#type) ?? []) : [],
    );
  }

  /** Whether the claims can hold together only if the action has one of the members. */
  #isPrevented(scope: Scope, claims: readonly Claim[], reads: readonly Undeclared[]): boolean {
    const { clusters } = this.#analysis;
    if (reads.length === 0 || clusters.holding(scope, claims) === 'never') return false;
    return clusters.holding(scope, [...reads.map(absence), ...claims]) === 'never';
  }

  /** The scope with all names that a policy without `any` declares. */
  #declared({ subjects, actions, resources }: Scope): Scope {
    const { anySubject, anyResource } = this.#policy;
    const namesOf = (types: ReadonlyMap<string, unknown>, any: unknown) =>
      any === undefined ? [...types.keys()] : undefined;
    return {
      subjects: subjects ?? namesOf(this.#policy.subjects, anySubject),
      actions,
      resources: resources ?? namesOf(this.#policy.resources, anyResource),
    };
  }
}

function causeIn(rule: RuleInfo, reads: readonly Undeclared[]): Cause | undefined {
  const [first] = reads;
  return first && { rule, read: first.read };
}

function absence({ missing: operand }: Undeclared): Claim {
  const expr: Expr = {
    kind: 'Presence',
    operand,
    present: false,
    type: bool,
    span: operand.span,
  };
  return { expr, wanted: isTrue };
}

function undeclaredOf(read: ReadExpr, action: RecordType): Undeclared | undefined {
  let type: RecordType | undefined = action;
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
