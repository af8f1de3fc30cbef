// The second encoding of a policy: its facts, its answer and its claims in one script.

import {
  collectExprs,
  collectHistoryTerms,
  type Expr,
  type Invariant,
  listRuleExprs,
  listScoreExprs,
  type PolicyModel,
} from '@nhipol/language/model';
import { listAddressSpellings, readAddress, readNetwork } from './addresses.ts';
import { Decision } from './decision.ts';
import { Expressions } from './expressions.ts';
import { Facts } from './facts.ts';
import { NotCovered } from './regular.ts';
import { Script, type Term } from './smt.ts';

/** A claim: what violates it, or why the encoding does not have it. */
interface Goal {
  /** `undefined` for the invariant that an exposed credential never acts. */
  readonly invariant: Invariant | undefined;
  readonly violated: Term | NotCovered;
}

export interface Encoding {
  readonly policy: PolicyModel;
  readonly script: Script;
  readonly facts: Facts;
  readonly expressions: Expressions;
  readonly decision: Decision;
  readonly goals: readonly Goal[];
  readonly text: string;
}

export interface EncodingOptions {
  /** At most as many elements of each set, list and map of the request. */
  readonly elements: number;
}

/** Throws `NotCovered` for a policy whose rules the encoding does not have. */
export function encode(policy: PolicyModel, { elements }: EncodingOptions): Encoding {
  const script = new Script();
  const facts = new Facts(script, policy, elements);
  const expressions = new Expressions(facts, listSpellings(policy));
  const decision = new Decision(policy, expressions);
  const goals = policy.invariants.map(
    (invariant): Goal => ({
      invariant,
      violated: encodeViolation(decision, invariant),
    }),
  );
  const exposed = decision.findExposure();
  if (exposed !== undefined) goals.push({ invariant: undefined, violated: exposed });
  facts.assertValid((scope) => decision.inScope(scope));
  const names = [...facts.selectors.values()].join(' ');
  return {
    policy,
    script,
    facts,
    expressions,
    decision,
    goals,
    text: `; ${policy.name}: ${names}\n${script.lines.join('\n')}\n`,
  };
}

function encodeViolation(decision: Decision, invariant: Invariant): Term | NotCovered {
  if (collectHistoryTerms([invariant.claim]).length > 0)
    return new NotCovered('claims about the history');
  try {
    return decision.violates(invariant);
  } catch (error) {
    if (error instanceof NotCovered) return error;
    throw error;
  }
}

/** Spellings of the addresses and networks of a policy, and of a few others. */
function listSpellings(policy: PolicyModel): Expressions['spellings'] {
  const own = [...collectExprs(listExprs(policy))].flatMap((expr) =>
    expr.kind === 'Constant' ? [expr.value].flat(2).filter((each) => typeof each === 'string') : [],
  );
  const texts = [...new Set([...own, '::1', '10.0.0.1', '2001:db8::1', '::/0', '10.0.0.0/8'])];
  const networks = texts.flatMap((each) => readNetwork(each as string) ?? []);
  const addresses = [...texts.flatMap((each) => readAddress(each as string) ?? []), ...networks];
  return {
    ip: addresses.flatMap((each) => listAddressSpellings(each)),
    cidr: networks.flatMap((each) => listAddressSpellings(each, `/${each.length}`)),
  };
}

function listExprs(policy: PolicyModel): readonly Expr[] {
  return [
    ...policy.rules.flatMap(listRuleExprs),
    ...policy.scores.flatMap(listScoreExprs),
    ...policy.invariants.map(({ claim }) => claim),
  ];
}

/** How many elements the conditions of a policy need, at least two. */
export function countElements(policy: PolicyModel, most = 6): number {
  let needed = 2n;
  for (const expr of collectExprs(listExprs(policy))) {
    if (expr.kind !== 'Compare') continue;
    const sides = [expr.left, expr.right].map(unbound);
    const constant = sides.find((side) => side.kind === 'Constant');
    const counts = sides.some((side) => side.kind === 'Aggregate' || isSize(side));
    if (constant?.kind !== 'Constant' || !counts || typeof constant.value !== 'bigint') continue;
    const wanted = constant.value + 1n;
    if (wanted > needed && wanted <= BigInt(most)) needed = wanted;
  }
  return Number(needed);
}

function unbound(expr: Expr): Expr {
  return expr.kind === 'Binding' ? unbound(expr.binding.value) : expr;
}

function isSize(expr: Expr): boolean {
  return expr.kind === 'Apply' && expr.builtin.name === 'size';
}
