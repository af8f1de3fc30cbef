// Claims about all decisions of a policy: its invariants, the built-in one about exposed credentials, and questions.
// A claim is violated where its goal is true.

import {
  type Answer,
  type Invariant,
  judgeInvariants,
  type Policy,
  type RecordType,
  readsOf,
} from '../../language/index.ts';
import { memberOf } from '../../language/model/reads.ts';
import type { Decision } from '../decision/decision.ts';
import type { Fact } from '../facts/fact.ts';
import type { Literal } from '../formula/formula.ts';
import { no } from '../formula/formula.ts';
import type { Prover } from '../prover.ts';
import type { Truth } from '../symbolic/symbolic.ts';

export interface Claim {
  /** A sentence. */
  readonly name: string;
  /** Undefined: built in. */
  readonly invariant: Invariant | undefined;
  /** True where the claim is violated. */
  readonly goal: Literal;
  /** Whether a request and its answer violate the claim. */
  readonly isViolated: (request: string, answer: Answer) => boolean;
}

export const exposedClaim = 'an exposed credential never acts';

/** The claims about a policy, in a fixed order. */
export function claimsOf({ decisions }: Prover): readonly Claim[] {
  const [decision] = decisions;
  if (decision === undefined) throw new Error('broken invariant: claims are about one policy');
  const { policy } = decision;
  const own = policy.invariants.map((invariant) => invariantClaim(decision, invariant));
  return [...own, ...exposed(decision)];
}

function invariantClaim(decision: Decision, invariant: Invariant): Claim {
  const alone: Policy = { ...decision.policy, invariants: [invariant] };
  return {
    name: invariant.name,
    invariant,
    goal: decision.violates(invariant),
    isViolated: (request, answer) => {
      const bytes = new TextEncoder().encode(request);
      const clock = { now: undefined, by: 'request' } as const;
      return judgeInvariants(alone, bytes, clock, answer).some(({ holds }) => !holds);
    },
  };
}

/**
 * If a member `exposed` of the subject is true, only permits that read it allow the action. None if no subject declares
 * it outside of lists and maps.
 */
function exposed(decision: Decision): readonly Claim[] {
  const { policy, encoding, expressions } = decision;
  const { formula } = encoding;
  const shapes = [...policy.subjects.values(), policy.anySubject ?? []].flat();
  const paths = new Map(shapes.flatMap((shape) => pathsTo(shape, [])).map((p) => [p.join('.'), p]));
  if (paths.size === 0) return [];
  const root = expressions.facts.root('subject');
  const violations = [...paths.values()].map((names) => {
    const path = names.reduce(memberOf, 'subject');
    const readers = decision.contributions.filter(
      ({ by, effect }) =>
        effect === 'permit' && 'condition' in by && readsOf([by.condition]).has(path),
    );
    const excused = formula.any(readers.map(({ fired }) => fired));
    return formula.and(isTrueAt(decision, root, names), decision.isAllowed, -excused);
  });
  return [
    {
      name: exposedClaim,
      invariant: undefined,
      goal: formula.any(violations),
      isViolated: (_, answer) => answer.decision,
    },
  ];
}

function isTrueAt(decision: Decision, record: Fact, [name, ...others]: readonly string[]): Literal {
  const { formula } = decision.encoding;
  const types = record.declared.flatMap(({ type }) => {
    const member = type.kind === 'Record' ? type.members.get(name ?? '') : undefined;
    return member === undefined ? [] : [member.type];
  });
  const wanted = others.length === 0 ? 'Bool' : 'Record';
  const type = types.find(({ kind }) => kind === wanted);
  if (type === undefined || name === undefined) return no;
  const fact = record.member(name, type);
  const present = formula.and(fact.present, fact.isDeclaredBy(decision.policy));
  const value = others.length === 0 ? (fact.value as Truth).yes : isTrueAt(decision, fact, others);
  return formula.and(present, value);
}

function pathsTo(record: RecordType, before: readonly string[]): readonly (readonly string[])[] {
  return [...record.members.values()].flatMap(({ name, type }) => {
    const path = [...before, name];
    if (name === 'exposed' && type.kind === 'Bool') return [path];
    return type.kind === 'Record' ? pathsTo(type, path) : [];
  });
}
