// An exposed credential never acts: if a member `exposed` of the subject is true, also in a list or a map, only permits
// that read it allow the action.

import {
  collectReads,
  type Expr,
  type PolicyModel,
  spellPath,
  type Variable,
} from '@nhipol/language/model';
import { bool, type Member, type RecordType, type Type } from '@nhipol/language/types';
import type { SymbolicDecision } from '../decision/decision.ts';
import type { Claim } from './claim.ts';

export const exposedClaim = 'an exposed credential never acts';

export interface Exposure {
  /** Such as `subject.credentials[].exposed`. */
  readonly path: string;
  /** Whether the member is true, or that of an element. */
  readonly isExposed: Expr;
}

const exposuresByPolicy = new WeakMap<PolicyModel, readonly Exposure[]>();

/** The members `exposed` of all subjects; the same expressions each time. */
export function listExposures(policy: PolicyModel): readonly Exposure[] {
  const shapes = [...policy.subjects.values(), policy.anySubject ?? []].flat();
  const exposures =
    exposuresByPolicy.get(policy) ??
    shapes.flatMap((shape) => collectExposures(shape, 'subject', []));
  exposuresByPolicy.set(policy, exposures);
  return exposures;
}

function collectExposures(
  record: RecordType,
  from: 'subject' | Variable,
  before: readonly Member[],
): readonly Exposure[] {
  return [...record.members.values()].flatMap((member): readonly Exposure[] => {
    const { name, type, span } = member;
    const members = [...before, member];
    const read = { kind: 'Read', from, members, latest: true, type, span } as const;
    if (name === 'exposed' && type.kind === 'Bool')
      return [{ path: spellPath(read), isExposed: read }];
    if (type.kind === 'Record') return collectExposures(type, from, members);
    const element = findElement(type);
    if (element === undefined) return [];
    const variable = { name, type: element, path: spellPath(read), isElement: true };
    return collectExposures(element, variable, []).map(
      ({ path, isExposed: body }): Exposure => ({
        path,
        isExposed: {
          kind: 'Quantifier',
          quantifier: 'any',
          variable,
          collection: read,
          body,
          type: bool,
          span,
        },
      }),
    );
  });
}

function findElement(type: Type): RecordType | undefined {
  const isGroup = type.kind === 'List' || type.kind === 'Map';
  return isGroup && type.element.kind === 'Record' ? type.element : undefined;
}

/** None if no subject declares such a member. */
export function listExposedClaims(decision: SymbolicDecision): readonly Claim[] {
  const { policy, encoding, expressions } = decision;
  const { formula } = encoding;
  const exposures = listExposures(policy);
  if (exposures.length === 0) return [];
  const violations = exposures.map(({ path, isExposed }) => {
    const readers = decision.contributions.filter(
      ({ by, effect }) =>
        effect === 'permit' && 'condition' in by && collectReads([by.condition]).has(path),
    );
    const excused = formula.any(readers.map(({ fired }) => fired));
    return formula.and(expressions.truth(isExposed).yes, decision.isAllowed, -excused);
  });
  return [
    {
      name: exposedClaim,
      invariant: undefined,
      goal: formula.any(violations),
      isViolated: (_, [answer]) => answer?.decision === true,
    },
  ];
}
