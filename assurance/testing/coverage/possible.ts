// Determines the outcomes that a valid request can produce, as far as the policy alone shows: excluded outcomes
// never occur, the others may not occur either.

import {
  findReachedBand,
  inferDomain,
  isConflict,
  makeScopeClaims,
  onlyFalse,
  onlyTrue,
  onlyUnknown,
  possible,
  Reasoning,
  type TruthSet,
} from '@nhipol/language';
import {
  type Band,
  collectExprs,
  type Expr,
  type Rule,
  type Scope,
  type Score,
} from '@nhipol/language/model';

/** The maximum number of distinct sums of weights that are tracked. */
const maxSums = 4_096;

/** How a rule or a band can contribute to an answer. */
export interface PossibleContribution {
  /** As written. */
  readonly fires: boolean;
  /** As a `deny`, although it is written as another effect. */
  readonly denies: boolean;
}

export class OutcomeReasoning {
  /** Tests of a policy with history terms run in sessions. */
  readonly #reasoning = new Reasoning({ inSessions: true });

  /** The possible values of a condition where a scope applies. */
  findTruthSet(expr: Expr, scope: Scope): TruthSet {
    return [onlyTrue, onlyFalse, onlyUnknown]
      .filter((wanted) => this.#may(scope, [{ expr, wanted }]))
      .reduce((all, each) => all | each, 0);
  }

  /**
   * The possible values for an event that was valid when it occurred: for an invalid one everything is unknown,
   * which needs no test.
   */
  worthOfEvent(expr: Expr): TruthSet {
    const worth = this.findTruthSet(expr, anywhere);
    return [...collectExprs([expr])].some(isUnsure) ? worth : worth & ~onlyUnknown;
  }

  ofRule({
    condition,
    scope,
    effect,
    skipUnknown,
    narrowing,
    remainsChallenge,
  }: Rule): PossibleContribution {
    const fires = effect === 'permit' || skipUnknown ? onlyTrue : possible;
    const may = (...claims: readonly { readonly expr: Expr; readonly wanted: TruthSet }[]) =>
      this.#may(scope, claims);
    if (effect === 'revoke') {
      return {
        fires: may({ expr: condition, wanted: onlyTrue }),
        denies: !skipUnknown && may({ expr: condition, wanted: onlyUnknown }),
      };
    }
    const inside = narrowing?.inside ?? remainsChallenge;
    const fired = { expr: condition, wanted: fires };
    if (inside === undefined) return { fires: may(fired), denies: false };
    return {
      fires: may(fired, { expr: inside, wanted: onlyTrue }),
      denies: may(fired, { expr: inside, wanted: onlyFalse | onlyUnknown }),
    };
  }

  ofBands({ bands, conditions, scope }: Score): ReadonlyMap<Band, PossibleContribution> {
    const sums = combineSums(
      conditions.map(({ condition, weight }) => [this.findTruthSet(condition, scope), weight]),
    );
    const reached = sums?.map(({ certain, possible: most }) =>
      findReachedBand(bands, certain, most),
    );
    return new Map(
      bands.map((band) => {
        const stands = reached?.some(({ winner }) => winner === band) ?? true;
        const falls = reached?.some(({ isDowngraded }) => isDowngraded) ?? true;
        const inside = band.narrowing && this.findTruthSet(band.narrowing.inside, scope);
        return [
          band,
          {
            fires: stands && (inside === undefined || (inside & onlyTrue) !== 0),
            denies:
              band.effect === 'revoke' ? falls : stands && ((inside ?? onlyTrue) & ~onlyTrue) !== 0,
          },
        ];
      }),
    );
  }

  #may(
    scope: Scope,
    claims: readonly { readonly expr: Expr; readonly wanted: TruthSet }[],
  ): boolean {
    const [first] = claims;
    if (first === undefined) return true;
    const nothing = this.#reasoning.begin();
    return !isConflict(
      this.#reasoning.assume(nothing, ...makeScopeClaims(scope, first.expr), ...claims),
    );
  }
}

const anywhere: Scope = { subjects: undefined, actions: undefined, resources: undefined };

/** Whether a valid event may leave it unknown. */
function isUnsure(expr: Expr): boolean {
  if (expr.kind !== 'Read' || typeof expr.from === 'string') return false;
  return inferDomain({ ...expr, from: { ...expr.from, isElement: true } }).unknown;
}

interface Sum {
  readonly certain: bigint;
  readonly possible: bigint;
}

/** The sums for independent conditions, or `undefined` if there are too many. */
function combineSums(
  counted: readonly (readonly [TruthSet, bigint])[],
): readonly Sum[] | undefined {
  let sums = new Map<string, Sum>([['', { certain: 0n, possible: 0n }]]);
  for (const [worth, weight] of counted) {
    const ways: readonly Sum[] = [
      ...(worth & onlyFalse ? [{ certain: 0n, possible: 0n }] : []),
      ...(worth & onlyTrue ? [{ certain: weight, possible: weight }] : []),
      ...(worth & onlyUnknown ? [{ certain: 0n, possible: weight }] : []),
    ];
    const after = [...sums.values()].flatMap((sum) =>
      ways.map((way) => ({
        certain: sum.certain + way.certain,
        possible: sum.possible + way.possible,
      })),
    );
    sums = new Map(after.map((sum) => [`${sum.certain} ${sum.possible}`, sum]));
    if (sums.size > maxSums) return undefined;
  }
  return [...sums.values()];
}
