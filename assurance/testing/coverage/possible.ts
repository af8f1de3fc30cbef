// Determines the outcomes that a valid request can produce, as far as the policy alone shows: excluded outcomes
// never occur, the others may not occur either.

import {
  claimsOf,
  declared,
  isConflict,
  isFalse,
  isTrue,
  isUnknown,
  possible,
  Reasoning,
  reachedBand,
  type TruthSet,
} from '@nhipol/language';
import {
  type Band,
  type Expr,
  everyExpr,
  type Rule,
  type Scope,
  type Score,
} from '@nhipol/language/model';

/** The maximum number of distinct sums of weights that are tracked. */
const maxSums = 4_096;

/** How a rule or a band can contribute to an answer. */
export interface Contribution {
  /** As written. */
  readonly fires: boolean;
  /** As a `deny`, although it is written as another effect. */
  readonly denies: boolean;
}

export class Possible {
  /** Tests of a policy with history terms run in sessions. */
  readonly #reasoning = new Reasoning({ inSessions: true });

  /** The possible values of a condition where a scope applies. */
  worthOf(expr: Expr, scope: Scope): TruthSet {
    return [isTrue, isFalse, isUnknown]
      .filter((wanted) => this.#may(scope, [{ expr, wanted }]))
      .reduce((all, each) => all | each, 0);
  }

  /**
   * The possible values for an event that was valid when it occurred: for an invalid one everything is unknown,
   * which needs no test.
   */
  worthOfEvent(expr: Expr): TruthSet {
    const worth = this.worthOf(expr, anywhere);
    return [...everyExpr([expr])].some(isUnsure) ? worth : worth & ~isUnknown;
  }

  ofRule({
    condition,
    scope,
    effect,
    skipUnknown,
    narrowing,
    remainsChallenge,
  }: Rule): Contribution {
    const fires = effect === 'permit' || skipUnknown ? isTrue : possible;
    const may = (...claims: readonly { readonly expr: Expr; readonly wanted: TruthSet }[]) =>
      this.#may(scope, claims);
    if (effect === 'revoke') {
      return {
        fires: may({ expr: condition, wanted: isTrue }),
        denies: !skipUnknown && may({ expr: condition, wanted: isUnknown }),
      };
    }
    const inside = narrowing?.inside ?? remainsChallenge;
    const fired = { expr: condition, wanted: fires };
    if (inside === undefined) return { fires: may(fired), denies: false };
    return {
      fires: may(fired, { expr: inside, wanted: isTrue }),
      denies: may(fired, { expr: inside, wanted: isFalse | isUnknown }),
    };
  }

  ofBands({ bands, conditions, scope }: Score): ReadonlyMap<Band, Contribution> {
    const sums = sumsOf(
      conditions.map(({ condition, weight }) => [this.worthOf(condition, scope), weight]),
    );
    const reached = sums?.map(({ certain, possible: most }) => reachedBand(bands, certain, most));
    return new Map(
      bands.map((band) => {
        const stands = reached?.some(({ winner }) => winner === band) ?? true;
        const falls = reached?.some(({ isDowngraded }) => isDowngraded) ?? true;
        const inside = band.narrowing && this.worthOf(band.narrowing.inside, scope);
        return [
          band,
          {
            fires: stands && (inside === undefined || (inside & isTrue) !== 0),
            denies:
              band.effect === 'revoke' ? falls : stands && ((inside ?? isTrue) & ~isTrue) !== 0,
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
    return !isConflict(this.#reasoning.assume(nothing, ...claimsOf(scope, first.expr), ...claims));
  }
}

const anywhere: Scope = { subjects: undefined, actions: undefined, resources: undefined };

/** Whether a valid event may leave it unknown. */
function isUnsure(expr: Expr): boolean {
  if (expr.kind !== 'Read' || typeof expr.from === 'string') return false;
  return declared({ ...expr, from: { ...expr.from, isElement: true } }).unknown;
}

interface Sum {
  readonly certain: bigint;
  readonly possible: bigint;
}

/** The sums for independent conditions; undefined: there are too many. */
function sumsOf(counted: readonly (readonly [TruthSet, bigint])[]): readonly Sum[] | undefined {
  let sums = new Map<string, Sum>([['', { certain: 0n, possible: 0n }]]);
  for (const [worth, weight] of counted) {
    const ways: readonly Sum[] = [
      ...(worth & isFalse ? [{ certain: 0n, possible: 0n }] : []),
      ...(worth & isTrue ? [{ certain: weight, possible: weight }] : []),
      ...(worth & isUnknown ? [{ certain: 0n, possible: weight }] : []),
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
