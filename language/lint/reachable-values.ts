// What conditions and operands may come to under assumptions. An answer is never too narrow: what is
// said to be impossible is so in every request, while what is said to be possible may not be. Steps
// are counted, and where they are spent everything is said to be possible.

import { mayFail } from '../checker/intervals.ts';
import { asRead } from '../checker/names.ts';
import { Expressions } from '../evaluator/expressions.ts';
import type {
  ApplyExpr,
  CompareExpr,
  Expr,
  HistoryExpr,
  IfExpr,
  KnownExpr,
  PresenceExpr,
  QuantifierExpr,
  ReadExpr,
  Variable,
} from '../model/model.ts';
import { operandsOf, patternsOf } from '../model/operands.ts';
import { pathOf } from '../model/reads.ts';
import { noFacts } from '../request/facts.ts';
import { bool, type Value } from '../types/types.ts';
import { type Assumptions, noAssumptions } from './assumptions.ts';
import {
  admits,
  anything,
  type Domain,
  either,
  justOne,
  limited,
  mayCompare,
  meet,
} from './domain.ts';
import { Identities } from './identity.ts';
import { countsList, declared, listedIn, mayLoseTime } from './operands.ts';
import {
  isFalse,
  isTrue,
  isUnknown,
  joined,
  negated,
  nothing,
  type TruthSet,
  whatever,
} from './truth-set.ts';

/** Expressions looked at for one question, and for all questions about a policy. */
const questionSteps = 4_000;
/** The same where one way after the other is tried; beyond, everything may be. */
const searchSteps = 5_000;
const policySearchSteps = 100_000;
const policySteps = 2_000_000;

/** Stands where a value was withheld: it is never known. */
export const withheldVariable: Variable = { name: 'withheld', type: bool, path: '' };

export interface PossibilityOptions {
  /** Whether every request is asked in a session, so that what happened is known; default: false. */
  readonly inSessions?: boolean;
}

export class Possibilities {
  readonly #inSessions: boolean;
  readonly identities = new Identities();
  readonly #declared = new Map<Expr, Domain>();
  readonly #latest = new Map<ReadExpr, ReadExpr>();
  readonly #folded = new Map<Expr, Folded | 'open'>();
  #steps = 0;
  #allowed = questionSteps;
  #isSearch = false;
  #searched = 0;
  #spent = 0;

  constructor({ inSessions = false }: PossibilityOptions = {}) {
    this.#inSessions = inSessions;
  }

  /** Whether there are no steps left, for this question or for the policy. */
  get isSpent(): boolean {
    return this.#steps > this.#allowed || this.#spent > policySteps;
  }

  /** Begins a question; a search may take more steps. */
  ask(search = false): Assumptions {
    if (this.#isSearch) this.#searched += this.#steps;
    this.#steps = 0;
    this.#isSearch = search;
    const left = Math.max(0, policySearchSteps - this.#searched);
    this.#allowed = search ? Math.min(searchSteps, left) : questionSteps;
    return noAssumptions;
  }

  protected step(): boolean {
    this.#steps += 1;
    if (!this.#isSearch) this.#spent += 1;
    return !this.isSpent;
  }

  // --- what a condition may be --------------------------------------------------------------------

  worthOf(expr: Expr, given: Assumptions): TruthSet {
    if (!this.step()) return whatever;
    const found = this.#structural(expr, given);
    const noted = given.operands.get(this.identities.of(expr));
    return noted === undefined ? found : found & worthOfDomain(noted);
  }

  /** What a condition asks of an event, or a key of the request, may be unknown in a session, too. */
  #isKnownHistory({ term }: HistoryExpr): boolean {
    const isSure = patternsOf(term).every(({ condition, key }) => !condition && !key);
    return this.#inSessions && term.form !== 'last' && isSure;
  }

  /** The same by its parts alone, whatever was assumed of the whole. */
  worthByParts(expr: Expr, given: Assumptions): TruthSet {
    return this.step() ? this.#structural(expr, given) : whatever;
  }

  #structural(expr: Expr, given: Assumptions): TruthSet {
    const folded = this.#fold(expr);
    if (folded !== undefined) return worthOfValue(folded.value);
    switch (expr.kind) {
      case 'Binding':
        return this.worthOf(expr.binding.value, given);
      case 'And':
      case 'Or':
        return joined(
          expr.kind,
          expr.operands.map((operand) => this.worthOf(operand, given)),
        );
      case 'Not':
        return negated(this.worthOf(expr.operand, given));
      case 'Known':
        return this.#known(expr, given);
      case 'Presence':
        return this.#presence(expr, given);
      case 'Compare':
        return this.#compare(expr, given);
      case 'Apply':
        return this.#apply(expr, given);
      case 'Quantifier':
        return this.#quantifier(expr, given);
      case 'InWindow':
        return whatever;
      case 'History':
        return this.#isKnownHistory(expr) ? whatever & ~isUnknown : whatever;
      case 'If':
        return this.#if(expr, given);
      case 'Else': {
        const value = this.worthOf(expr.value, given);
        const fallback = value & isUnknown ? this.worthOf(expr.fallback, given) : nothing;
        return (value & ~isUnknown) | fallback;
      }
      default:
        return worthOfDomain(this.domainOf(expr, given));
    }
  }

  /** Of what is worth the same in every request. */
  #fold(expr: Expr): Folded | undefined {
    const before = this.#folded.get(expr);
    if (before !== undefined) return before === 'open' ? undefined : before;
    const folded = this.#isWritten(expr)
      ? { value: new Expressions(noFacts, new Map()).evaluate(expr).value as Value | undefined }
      : undefined;
    this.#folded.set(expr, folded ?? 'open');
    return folded;
  }

  /** Whether its value stands in the policy itself, and not in a table, which is data. */
  #isWritten(expr: Expr): boolean {
    if (expr.kind === 'Constant') return true;
    return (
      !unwritten.has(expr.kind) &&
      operandsOf(expr).every((operand) => this.#fold(operand) !== undefined)
    );
  }

  #if(expr: IfExpr, given: Assumptions): TruthSet {
    const condition = this.worthOf(expr.condition, given);
    const then = this.worthOf(expr.then, given);
    const otherwise = this.worthOf(expr.else, given);
    const alike = then === otherwise && (then === isTrue || then === isFalse);
    const apart = alike ? nothing : isUnknown;
    const both = condition & isUnknown ? (then & otherwise) | apart : nothing;
    return (
      (condition & isTrue ? then : nothing) | (condition & isFalse ? otherwise : nothing) | both
    );
  }

  /** There may always be no element. */
  #quantifier({ quantifier, collection, body }: QuantifierExpr, given: Assumptions): TruthSet {
    const ofNothing = quantifier === 'all' ? isTrue : isFalse;
    if (this.isEmpty(collection, given)) return isUnknown | ofNothing;
    const { known, unknown } = this.domainOf(collection, given);
    const open = unknown ? isUnknown : nothing;
    return known ? open | ofNothing | this.worthOf(body, given) : isUnknown;
  }

  #known({ operand }: KnownExpr, given: Assumptions): TruthSet {
    const read = asRead(operand);
    if (read !== undefined && read.type.kind === 'Record') return this.#usable(read, given);
    const { known, unknown } = this.domainOf(operand, given);
    return (known ? isTrue : nothing) | (unknown ? isFalse : nothing);
  }

  #usable(read: ReadExpr, given: Assumptions): TruthSet {
    const path = pathOf(read);
    const there = this.#there(read, given);
    const fresh = !read.latest && read.members.some((member) => member.fresh !== undefined);
    const noted = read.latest ? undefined : given.usable.get(path);
    if (noted !== undefined) return noted ? isTrue & there : isFalse;
    return fresh ? there | isFalse : there;
  }

  #presence({ operand, present }: PresenceExpr, given: Assumptions): TruthSet {
    const there = this.#there(operand, given);
    return present ? there : negated(there);
  }

  /** Whether a member is there, and not `null`. */
  #there(read: ReadExpr, given: Assumptions): TruthSet {
    if (typeof read.from !== 'string') return isTrue | isFalse;
    const last = read.members.at(-1);
    for (let depth = 1; depth <= read.members.length; depth += 1) {
      const path = pathOf({ ...read, members: read.members.slice(0, depth) });
      if (given.present.get(path) === false) return isFalse;
    }
    if (given.present.get(pathOf(read)) === true) return isTrue;
    const required =
      read.members.every((member) => !member.optional) && last?.default === undefined;
    const valued = given.operands.get(this.identities.of(read))?.unknown === false;
    return required || (valued && last?.default === undefined) ? isTrue : isTrue | isFalse;
  }

  #compare(expr: CompareExpr, given: Assumptions): TruthSet {
    const { operator, left, right } = expr;
    const [a, b] = [this.domainOf(left, given), this.domainOf(right, given)];
    const open = a.unknown || b.unknown || mayLoseTime(left, right) ? isUnknown : nothing;
    if (!a.known || !b.known) return isUnknown;
    if (this.identities.of(left) === this.identities.of(right))
      return open | (['is', '<=', '>='].includes(operator) ? isTrue : isFalse);
    const [mayHold, mayFailToHold] = mayCompare(operator, a, b);
    return open | (mayHold ? isTrue : nothing) | (mayFailToHold ? isFalse : nothing);
  }

  #apply(expr: ApplyExpr, given: Assumptions): TruthSet {
    const args = expr.args.map((arg) => this.domainOf(arg, given));
    if (args.some((arg) => !arg.known)) return isUnknown;
    const open = mayFail(expr) || args.some((arg) => arg.unknown) ? isUnknown : nothing;
    const { name } = expr.builtin;
    const [first, second] = expr.args;
    const isEmpty = (arg: Expr | undefined) => arg !== undefined && this.isEmpty(arg, given);
    if (name === 'within' && isEmpty(first)) return isTrue | open;
    if (name === 'not within' && isEmpty(first)) return isFalse | open;
    if (name === 'intersects' && (isEmpty(first) || isEmpty(second))) return isFalse | open;
    if (name === 'in' && isEmpty(second)) return isFalse | open;
    if (name === 'not in' && isEmpty(second)) return isTrue | open;
    if (second !== undefined && this.identities.of(first as Expr) === this.identities.of(second)) {
      if (name === 'within') return open | isTrue;
      if (name === 'not within') return open | isFalse;
    }
    const listed = listedIn(expr);
    if (listed === undefined) return open | isTrue | isFalse;
    const [value] = args as [Domain];
    const inside = listed.some((each) => admits(value, each));
    const outside = meet(value, { not: listed }).known;
    const worth = (inside ? isTrue : nothing) | (outside ? isFalse : nothing);
    return open | (name === 'not in' ? negated(worth) : worth);
  }

  /** Whether it is a collection without elements wherever it is known. */
  protected isEmpty(expr: Expr, given: Assumptions): boolean {
    if (!this.step()) return false;
    if (given.empty.has(this.identities.of(expr))) return true;
    const value = this.#fold(expr)?.value;
    if (value !== undefined) return Array.isArray(value) && value.length === 0;
    if (expr.kind === 'Binding') return this.isEmpty(expr.binding.value, given);
    if (expr.kind === 'Read') {
      const only = this.domainOf(expr, given).only?.[0];
      return Array.isArray(only) && only.length === 0;
    }
    if (expr.kind !== 'Apply') return false;
    const [first, second] = expr.args as [Expr, Expr];
    switch (expr.builtin.name) {
      case 'minus':
        return this.isEmpty(first, given);
      case 'intersect':
        return this.isEmpty(first, given) || this.isEmpty(second, given);
      case 'union':
        return this.isEmpty(first, given) && this.isEmpty(second, given);
      default:
        return false;
    }
  }

  // --- what an operand may be ---------------------------------------------------------------------

  domainOf(expr: Expr, given: Assumptions): Domain {
    if (!this.step()) return anything;
    const noted = given.operands.get(this.identities.of(expr));
    const found = this.#operand(expr, given);
    if (noted === undefined) return found;
    return limited(meet(noted, found), found);
  }

  #operand(expr: Expr, given: Assumptions): Domain {
    const folded = this.#fold(expr);
    if (folded !== undefined)
      return folded.value === undefined ? { ...anything, known: false } : justOne(folded.value);
    switch (expr.kind) {
      case 'Binding':
        return this.domainOf(expr.binding.value, given);
      case 'Variable':
        return expr.variable === withheldVariable
          ? { ...anything, known: false }
          : this.#declaredOf(expr);
      case 'Read':
        return this.#read(expr, given);
      case 'Lookup':
        return this.#strict(expr, expr.keys, false, given);
      case 'Apply':
        if (expr.builtin.name === 'size' && this.isEmpty(expr.args[0] as Expr, given))
          return { ...justOne(0n), unknown: this.domainOf(expr.args[0] as Expr, given).unknown };
        return countsList(expr)
          ? {
              ...this.#declaredOf(expr),
              unknown: this.domainOf(expr.args[0] as Expr, given).unknown,
            }
          : this.#strict(expr, expr.args, mayFail(expr), given);
      case 'Set':
        return this.#strict(expr, expr.elements, false, given);
      case 'If': {
        const condition = this.worthOf(expr.condition, given);
        const then = this.domainOf(expr.then, given);
        const otherwise = this.domainOf(expr.else, given);
        if (condition === isTrue) return then;
        if (condition === isFalse) return otherwise;
        const both = either(then, otherwise);
        return condition & isUnknown ? { ...both, unknown: true } : both;
      }
      case 'Else': {
        const value = this.domainOf(expr.value, given);
        if (!value.unknown) return value;
        const fallback = this.domainOf(expr.fallback, given);
        return { ...either(value, fallback), unknown: fallback.unknown };
      }
      default:
        return expr.type.kind === 'Bool' && !isLeaf(expr)
          ? domainOfWorth(this.worthOf(expr, given))
          : this.#declaredOf(expr);
    }
  }

  #declaredOf(expr: Expr): Domain {
    const found = this.#declared.get(expr) ?? declared(expr);
    this.#declared.set(expr, found);
    return found;
  }

  /** Of what is unknown where one of its operands is. */
  #strict(expr: Expr, operands: readonly Expr[], fails: boolean, given: Assumptions): Domain {
    if (expr.type.kind === 'Bool' && expr.kind === 'Apply')
      return domainOfWorth(this.worthOf(expr, given));
    const found = this.#declaredOf(expr);
    const all = operands.map((operand) => this.domainOf(operand, given));
    const missed = expr.kind === 'Lookup' && found.unknown;
    return {
      ...found,
      known: found.known && all.every(({ known }) => known),
      unknown: fails || missed || all.some(({ unknown }) => unknown),
    };
  }

  /** What is fresh is the latest there is. */
  #whileFresh(read: ReadExpr, given: Assumptions): Domain {
    const found = this.#declaredOf(read);
    const ages = !read.latest && read.members.some((member) => member.fresh !== undefined);
    if (!ages || typeof read.from !== 'string') return found;
    const latest = this.#latest.get(read) ?? { ...read, latest: true };
    this.#latest.set(read, latest);
    const last = given.operands.get(this.identities.of(latest));
    if (last === undefined) return found;
    return { ...meet(found, last), known: found.known && last.known };
  }

  #read(read: ReadExpr, given: Assumptions): Domain {
    const found = this.#whileFresh(read, given);
    if (typeof read.from !== 'string') return found;
    const fallback = read.members.at(-1)?.default;
    const absent: Domain =
      fallback === undefined ? { ...found, known: false, unknown: true } : justOne(fallback);
    for (let depth = 1; depth <= read.members.length; depth += 1) {
      const path = pathOf({ ...read, members: read.members.slice(0, depth) });
      if (given.present.get(path) === false) return absent;
      const goesStale = !read.latest && given.usable.get(path) === false;
      if (goesStale && depth < read.members.length)
        return fallback === undefined ? absent : { ...found, unknown: true };
    }
    return found;
  }
}

/** What is not told from the values of operands that stand in the policy. */
const unwritten: ReadonlySet<Expr['kind']> = new Set([
  ...(['Read', 'Selector', 'Now', 'Age', 'Variable', 'Lookup', 'History'] as const),
]);

interface Folded {
  /** undefined: unknown. */
  readonly value: Value | undefined;
}

function isLeaf(expr: Expr): boolean {
  return ['Constant', 'Read', 'Selector', 'Variable', 'Lookup'].includes(expr.kind);
}

function worthOfValue(value: Value | undefined): TruthSet {
  return value === undefined ? isUnknown : value === true ? isTrue : isFalse;
}

function worthOfDomain(domain: Domain): TruthSet {
  return (
    (domain.unknown ? isUnknown : nothing) |
    (admits(domain, true) ? isTrue : nothing) |
    (admits(domain, false) ? isFalse : nothing)
  );
}

function domainOfWorth(worth: TruthSet): Domain {
  const values = [...(worth & isTrue ? [true] : []), ...(worth & isFalse ? [false] : [])];
  return {
    ...anything,
    known: values.length > 0,
    unknown: (worth & isUnknown) !== 0,
    only: values,
  };
}
