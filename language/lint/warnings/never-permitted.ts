// Warns of actions, subject types and resource types for which no request can be permitted, because rules that also apply
// to others read members that these do not declare: a permit that compares such a member does not fire, and a deny does.

import type { Expr, Policy, ReadExpr, Scope } from '../../model/model.ts';
import { everyExpr } from '../../model/operands.ts';
import { pathOf } from '../../model/reads.ts';
import { quotedNames } from '../../support/words.ts';
import { bool, type Member, type RecordType } from '../../types/types.ts';
import { type Analysis, othersLimit, shown } from '../analysis.ts';
import type { Claim } from '../reasoning/assumptions.ts';
import { covers, overlap } from '../reasoning/scopes.ts';
import { isTrue } from '../reasoning/truth-set.ts';
import { put, type RuleInfo } from '../rules.ts';
import { isOpen } from '../traps/places.ts';

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
  policy: Policy,
  analysis: Analysis,
  dead: ReadonlySet<RuleInfo>,
): void {
  const live = analysis.judged.filter((judged) => judged.rule !== undefined && !dead.has(judged));
  for (const kind of kinds) warnOf(kind, policy, analysis, live);
}

function warnOf(kind: Kind, policy: Policy, analysis: Analysis, live: readonly RuleInfo[]): void {
  const types = policy[kind.names];
  const found = new Map<RuleInfo, { readonly name: string; readonly cause: Cause }[]>();
  for (const [name, type] of types) {
    const cause = causeOf(new Permits(policy, analysis, kind, name, type), live);
    if (cause !== undefined) put(found, cause.rule, { name, cause });
  }
  for (const [{ title }, causes] of found) {
    const [first] = causes;
    if (first === undefined) continue;
    const path = pathOf(first.cause.read);
    const names = quotedNames(causes.map(({ name }) => name));
    const params = { kind: kind.root, names, rule: title, path };
    const spans = causes.slice(0, 3).map(({ name }) => ({
      span: (types.get(name) as RecordType).span,
      message: `\`${name}\` does not declare it`,
    }));
    analysis.reporter.report('never-permitted', first.cause.read.span, params, {
      related: shown(spans),
    });
  }
}

/** The first rule for which no permit of the name counts; undefined if a request may be permitted. */
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

/** The permits of a name, and what prevents each. */
class Permits {
  readonly scope: Scope;
  readonly #policy: Policy;
  readonly #analysis: Analysis;
  readonly #root: Kind['root'];
  readonly #type: RecordType;

  constructor(policy: Policy, analysis: Analysis, kind: Kind, name: string, type: RecordType) {
    const everything: Scope = { subjects: undefined, actions: undefined, resources: undefined };
    this.scope = { ...everything, [kind.names]: [name] };
    this.#root = kind.root;
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
      expr.kind === 'Read' && expr.from === this.#root
        ? (undeclaredOf(expr, this.#type) ?? [])
        : [],
    );
  }

  /** Whether the claims can hold together only if the name has one of the members. */
  #isPrevented(scope: Scope, claims: readonly Claim[], reads: readonly Undeclared[]): boolean {
    const { clusters } = this.#analysis;
    if (reads.length === 0 || clusters.holding(scope, claims) === 'never') return false;
    return clusters.holding(scope, [...reads.map(absence), ...claims]) === 'never';
  }

  /** The scope with all names that a policy without `any` declares. */
  #declared({ subjects, actions, resources }: Scope): Scope {
    const policy = this.#policy;
    const namesOf = (kind: Kind['names']) =>
      isOpen(policy, kind) ? undefined : [...policy[kind].keys()];
    return {
      subjects: subjects ?? namesOf('subjects'),
      actions: actions ?? namesOf('actions'),
      resources: resources ?? namesOf('resources'),
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

function undeclaredOf(read: ReadExpr, declared: RecordType): Undeclared | undefined {
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
