// Which functions of strings are composed: conditions compare the results with constants and patterns only, so that they
// are tests of the operand. The results of others are any, but the same for the same strings.

import type { ApplyExpr } from '@nhipol/language/model';
import type { DomainAnalysis, TextFunction } from './analysis.ts';
import { createPreimage } from './preimages.ts';

export class StringFunctions {
  readonly #analysis: DomainAnalysis;
  readonly #composed: ReadonlySet<ApplyExpr>;
  readonly #byOperand = new Map<string, TextFunction[]>();

  constructor(analysis: DomainAnalysis) {
    this.#analysis = analysis;
    for (const textFunction of analysis.functions) {
      for (const root of listOperands(textFunction).map((place) => analysis.groups.root(place)))
        this.#byOperand.set(root, [...(this.#byOperand.get(root) ?? []), textFunction]);
    }
    this.#composed = this.#findComposed();
  }

  isComposed(apply: ApplyExpr): boolean {
    return this.#composed.has(apply);
  }

  /** The composed functions that are applied to the strings of a group. */
  listComposed(root: string): readonly TextFunction[] {
    return (this.#byOperand.get(root) ?? []).filter(({ apply }) => this.isComposed(apply));
  }

  /**
   * Operands with different results can have one representative, so that no condition may depend on which results are
   * equal: neither a comparison nor a function that is not composed.
   */
  #findComposed(): ReadonlySet<ApplyExpr> {
    const composed = new Set<ApplyExpr>();
    for (const textFunction of this.#analysis.functions)
      if (this.#hasTests(textFunction)) composed.add(textFunction.apply);
    for (let size = -1; size !== composed.size; ) {
      size = composed.size;
      for (const { apply, to } of this.#analysis.functions) {
        const inner = this.#byOperand.get(this.#analysis.groups.root(to)) ?? [];
        if (inner.some((textFunction) => !composed.has(textFunction.apply))) composed.delete(apply);
      }
    }
    return composed;
  }

  /** Whether tests of the results are tests of the operand. */
  #hasTests(textFunction: TextFunction): boolean {
    const { groups } = this.#analysis;
    const [operand, ...others] = listOperands(textFunction);
    if (
      operand === undefined ||
      others.length > 0 ||
      createPreimage(textFunction.apply) === undefined
    )
      return false;
    const root = groups.root(operand);
    // No monitor knows the forms of addresses and networks.
    const { kinds } = groups.collectTests(root);
    if (kinds.has('Ip') || kinds.has('Cidr')) return false;
    return !groups.isRelated(textFunction.to) && !this.#hasFlow(textFunction.to, root, new Set());
  }

  /** Whether results of functions in a group are, directly or through others, operands of the other group. */
  #hasFlow(from: string, root: string, seen: Set<string>): boolean {
    const own = this.#analysis.groups.root(from);
    if (own === root) return true;
    if (seen.has(own)) return false;
    seen.add(own);
    return (this.#byOperand.get(own) ?? []).some(({ to }) => this.#hasFlow(to, root, seen));
  }
}

/** The places of the operands that are not constants. */
function listOperands({ apply, from }: TextFunction): readonly string[] {
  return apply.args.flatMap((arg, index) => (arg.kind === 'Constant' ? [] : (from[index] ?? [])));
}
