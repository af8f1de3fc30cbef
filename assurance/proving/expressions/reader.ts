// Reads members of the request: presence, defaults, freshness, and the entries of maps. As `follow` of the evaluator,
// a path that ends at an absent member is absent, and one with an unknown key leads nowhere.

import { clockSkew, isDigestMember } from '@nhipol/language';
import {
  type EntryStep,
  type Expr,
  isEntry,
  type PolicyModel,
  type ReadExpr,
} from '@nhipol/language/model';
import type { Member } from '@nhipol/language/types';
import type { Key, SymbolicFact } from '../facts/fact.ts';
import type { SymbolicFacts } from '../facts/facts.ts';
import { type Literal, no, yes } from '../formula/formula.ts';
import { add, createConstantTerm, subtract } from '../formula/linear.ts';
import {
  createConstant,
  createTruthValue,
  createUnknown,
  guardValue,
  hasUsableValue,
  mergeEither,
} from '../symbolic/algebra.ts';
import type { NumberValue, Symbolic, Truth } from '../symbolic/symbolic.ts';
import type { Environment } from './environment.ts';

/** One way in which a path can lead to a fact, by the keys of its entries. */
interface Path {
  readonly guard: Literal;
  readonly fact: SymbolicFact;
  /** Whether the request has the fact, and the policy declares it. */
  readonly present: Literal;
  /** The records and maps on the way, without the first, each with the step that leads to it. */
  readonly within: readonly {
    readonly fact: SymbolicFact;
    readonly present: Literal;
    readonly step: Member;
  }[];
}

type ValueOf = (expr: Expr, environment: Environment | undefined) => Symbolic<SymbolicFact>;

export class Reader {
  readonly #facts: SymbolicFacts;
  readonly #policy: PolicyModel;
  readonly #evaluate: ValueOf;

  constructor(facts: SymbolicFacts, policy: PolicyModel, evaluate: ValueOf) {
    this.#facts = facts;
    this.#policy = policy;
    this.#evaluate = evaluate;
  }

  read(
    expr: ReadExpr,
    start: SymbolicFact | undefined,
    environment: Environment | undefined,
  ): Symbolic<SymbolicFact> {
    const { formula } = this.#facts.encoding;
    let value: Symbolic<SymbolicFact> = createUnknown(expr.type);
    for (const path of this.#follow(expr, start, environment)) {
      const own = guardValue(formula, formula.and(path.guard, path.present), path.fact.value);
      const found = this.#orDefault(expr, path, own);
      const fresh = expr.latest ? yes : this.#areFresh(path);
      value = mergeEither(this.#facts.encoding, value, guardValue(formula, fresh, found));
    }
    return value;
  }

  presence(
    expr: ReadExpr,
    start: SymbolicFact | undefined,
    environment: Environment | undefined,
  ): Truth {
    const { formula } = this.#facts.encoding;
    const paths = this.#follow(expr, start, environment);
    return createTruthValue(
      formula.any(paths.map(({ guard, present }) => formula.and(guard, present))),
      formula.any(paths.map(({ guard, present }) => formula.and(guard, -present))),
    );
  }

  /** As `#evaluateKnownMember` of the evaluator. No member of a valid request is faulty. */
  encodeKnown(
    expr: ReadExpr,
    start: SymbolicFact | undefined,
    environment: Environment | undefined,
  ): Truth {
    const { formula } = this.#facts.encoding;
    if (expr.type.kind !== 'Record') {
      const usable = hasUsableValue(formula, this.read(expr, start, environment));
      return createTruthValue(usable, -usable);
    }
    const known = this.#follow(expr, start, environment).map((path) => {
      const span = expr.members.at(-1)?.fresh;
      const own = span === undefined ? yes : this.#isFresh(path.fact, span);
      const fresh = expr.latest ? yes : formula.and(this.#areFresh(path), own);
      return formula.and(path.guard, path.present, fresh);
    });
    const isKnown = formula.any(known);
    return createTruthValue(isKnown, -isKnown);
  }

  #orDefault(
    expr: ReadExpr,
    { guard, present }: Path,
    value: Symbolic<SymbolicFact>,
  ): Symbolic<SymbolicFact> {
    const last = expr.members.at(-1)?.default;
    if (last === undefined) return value;
    const { encoding } = this.#facts;
    const { formula } = encoding;
    const absent = formula.and(guard, -present);
    return mergeEither(
      encoding,
      value,
      guardValue(formula, absent, createConstant(encoding.values, expr.type, last)),
    );
  }

  /** The facts that the path can lead to; at most one guard is true, and none if a key is unknown. */
  #follow(
    { members, span }: ReadExpr,
    start: SymbolicFact | undefined,
    environment: Environment | undefined,
  ): readonly Path[] {
    if (start === undefined) return [];
    let paths: readonly Path[] = [{ guard: yes, fact: start, present: start.present, within: [] }];
    for (const step of members)
      paths = paths.flatMap((path) => this.#step(path, step, environment));
    const [first] = members;
    if (start === this.#facts.root('context') && first !== undefined && isDigestMember(first))
      for (const { present } of paths) this.#facts.encoding.approximate('digests', span, -present);
    return paths;
  }

  #step(
    path: Path,
    step: Member | EntryStep,
    environment: Environment | undefined,
  ): readonly Path[] {
    const { formula } = this.#facts.encoding;
    if (!isEntry(step)) {
      const isTime = path.fact === this.#facts.root('context') && step.name === 'time';
      const fact = path.fact.member(step.name, step.type, isTime ? this.#facts.now : undefined);
      const present = formula.and(path.present, fact.present, fact.isDeclared(this.#policy));
      const within = [...path.within, { fact, present, step }];
      return [{ ...path, fact, present, within }];
    }
    return listKeys(this.#evaluate(step.key, environment)).flatMap((key): readonly Path[] => {
      const guard = formula.and(path.guard, key.guard);
      if (guard === no) return [];
      const fact = path.fact.entry(key.key, step.type);
      const present = formula.and(path.present, fact.present);
      return [{ guard, fact, present, within: [...path.within, { fact, present, step }] }];
    });
  }

  /** Whether each record around the member is absent or fresh. */
  #areFresh({ within }: Path): Literal {
    const { formula } = this.#facts.encoding;
    const records = within.slice(0, -1).map(({ fact, present, step }) => {
      if (step.fresh === undefined) return yes;
      return formula.or(-present, this.#isFresh(fact, step.fresh));
    });
    return formula.all(records);
  }

  /** As `freshness` of the evaluator. */
  #isFresh(record: SymbolicFact, span: bigint): Literal {
    const { encoding, now, isNowKnown } = this.#facts;
    const { formula } = encoding;
    const declared = record.type.kind === 'Record' && record.type.members.get('observed_at');
    if (!declared) return no;
    const observed = record.member('observed_at', declared.type);
    const { cases } = observed.value as NumberValue;
    const fresh = cases.map(({ guard, term }) =>
      formula.and(
        guard,
        formula.atMost(subtract(term, createConstantTerm(clockSkew)), now),
        formula.atMost(now, add(term, createConstantTerm(span))),
      ),
    );
    return formula.and(isNowKnown, formula.any(fresh));
  }
}

/** The possible keys of an entry. */
function listKeys(
  value: Symbolic<SymbolicFact>,
): readonly { readonly guard: Literal; readonly key: Key }[] {
  if (value.kind === 'text') return value.cases.map(({ guard, term }) => ({ guard, key: term }));
  if (value.kind !== 'choice') return [];
  return [...value.values].map(([key, guard]) => ({ guard, key: String(key) }));
}
