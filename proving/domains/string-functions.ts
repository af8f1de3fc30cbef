// Which functions of strings the lists represent exactly. Composed: conditions compare the results with constants and
// patterns only, so that they are tests of the operand. Structured: results are compared with other values, and the
// operand only with constants, so that it is put together from the lists of results.

import type { ApplyExpr } from '../../language/index.ts';
import { isInterpolation } from '../../language/index.ts';
import type { Analysis, TextFunction } from './analysis.ts';
import type { Monitor } from './monitors.ts';
import { affixedPreimage, lowerPreimage, pathPreimage, trustDomainPreimage } from './preimages.ts';

export type Mode = 'composed' | 'structured';

const spiffeParts: ReadonlySet<string> = new Set(['trust_domain', 'path']);
const addressForms: ReadonlySet<string> = new Set(['ip', 'cidr']);

export class StringFunctions {
  readonly #analysis: Analysis;
  readonly #modes = new Map<ApplyExpr, Mode>();
  readonly #byOperand = new Map<string, TextFunction[]>();

  constructor(analysis: Analysis) {
    this.#analysis = analysis;
    for (const each of analysis.functions) {
      const place = operandOf(each);
      if (place === undefined) continue;
      const root = analysis.groups.root(place);
      this.#byOperand.set(root, [...(this.#byOperand.get(root) ?? []), each]);
    }
    for (const [root, functions] of this.#byOperand) {
      const isStructured = this.#isStructured(root, functions);
      for (const each of functions)
        if (isStructured) this.#modes.set(each.apply, 'structured');
        else if (this.#isComposed(root, each)) this.#modes.set(each.apply, 'composed');
    }
    // Results of other functions are seldom paths, so that nothing would have one that is put together from them.
    for (const { apply, to } of analysis.functions) {
      if (apply.builtin.name !== 'path' || this.modeOf(apply) !== 'structured') continue;
      const inner = this.of(analysis.groups.root(to), 'structured');
      for (const each of inner) this.#modes.delete(each.apply);
    }
  }

  /** Undefined: the result is exact for constants only. */
  modeOf(apply: ApplyExpr): Mode | undefined {
    return this.#modes.get(apply);
  }

  /** The functions with a mode that are applied to the strings of a group. */
  of(root: string, mode: Mode): readonly TextFunction[] {
    return (this.#byOperand.get(root) ?? []).filter(({ apply }) => this.modeOf(apply) === mode);
  }

  #isComposed(root: string, { apply, to }: TextFunction): boolean {
    if (preimageOf(apply) === undefined) return false;
    return !this.#analysis.groups.isRelated(to) && !this.#leadsTo(to, root, new Set());
  }

  /** Whether results of functions in a group are, directly or through others, operands of the other group. */
  #leadsTo(from: string, root: string, seen: Set<string>): boolean {
    const own = this.#analysis.groups.root(from);
    if (own === root) return true;
    if (seen.has(own)) return false;
    seen.add(own);
    return (this.#byOperand.get(own) ?? []).some(({ to }) => this.#leadsTo(to, root, seen));
  }

  #isStructured(root: string, functions: readonly TextFunction[]): boolean {
    const names = functions.map(({ apply }) => apply.builtin.name);
    const isCyclic = functions.some(({ to }) => this.#leadsTo(to, root, new Set()));
    if (isCyclic || this.#analysis.groups.isTested(root)) return false;
    // What is put together from results of other functions has none of the forms that values of these types need.
    const { kinds } = this.#analysis.groups.testsOf(root);
    const isSpiffe = names.every((name) => spiffeParts.has(name));
    const hasForm = kinds.has('Ip') || kinds.has('Cidr') || (kinds.has('SpiffeId') && !isSpiffe);
    if (hasForm) return false;
    const isAddress = names.every((name) => addressForms.has(name));
    if (isAddress) {
      const isSingle = new Set(names).size === 1;
      return (
        isSingle &&
        !this.#analysis.groups.isRelated(root) &&
        !this.#analysis.groups.hasConstants(root)
      );
    }
    const isKnown = isSpiffe || names.every((name) => name === 'lower');
    return isKnown && functions.some(({ to }) => this.#analysis.groups.isRelated(to));
  }
}

/** The place of the only operand that is not a constant. */
function operandOf({ apply, from }: TextFunction): string | undefined {
  const open = apply.args.flatMap((arg, index) => (arg.kind === 'Constant' ? [] : [from[index]]));
  return open.length === 1 ? open[0] : undefined;
}

/** Turns monitors of results into monitors of operands; undefined if the function has no preimages of this kind. */
export function preimageOf(apply: ApplyExpr): ((inner: Monitor) => Monitor) | undefined {
  const { name } = apply.builtin;
  if (name === 'lower') return lowerPreimage;
  if (name === 'trust_domain') return trustDomainPreimage;
  if (name === 'path') return pathPreimage;
  if (!isInterpolation(apply)) return undefined;
  const open = apply.args.findIndex(({ kind }) => kind !== 'Constant');
  const textOf = (parts: ApplyExpr['args']) =>
    parts.map((part) => (part.kind === 'Constant' ? String(part.value) : '')).join('');
  const [before, after] = [apply.args.slice(0, open), apply.args.slice(open + 1)].map(textOf);
  return (inner) => affixedPreimage(inner, before ?? '', after ?? '');
}
