// Expressions of a checked policy as terms of SMT-LIB, each with a term for whether it is known. One case for each kind of
// expression and one row for each operator, from the reference of the language.

import {
  type Binding,
  type Expr,
  type HistoryExpr,
  isEntry,
  type ReadExpr,
  type Table,
  type Variable,
} from '@nhipol/language/model';
import { isInsideWindow, type Type, type Value, type Window } from '@nhipol/language/types';
import { readCalendarField } from '../../../language/types/time/fields.ts';
import { findNextChange } from '../../../language/types/time/window.ts';
import {
  absentFact,
  anyValue,
  between,
  type Fact,
  type Facts,
  firstInstant,
  largest,
  lastInstant,
  type Slot,
  smallest,
  toConstant,
  toSort,
  valueFact,
} from './facts.ts';
import { type OperatorParts, Operators } from './operators.ts';
import { isGroup, type Oracle, type Outcome, single } from './outcomes.ts';
import { NotCovered } from './regular.ts';
import { integer, no, type Term, yes } from './smt.ts';

/** A condition: certainly true, or certainly false. */
export interface Truth {
  readonly yes: Term;
  readonly no: Term;
}

/** The facts that variables stand for. */
export class Environment {
  readonly outcomes = new Map<Expr, Outcome>();
  readonly #facts: ReadonlyMap<Variable, Fact>;

  constructor(facts: ReadonlyMap<Variable, Fact> = new Map()) {
    this.#facts = facts;
  }

  with(variable: Variable, fact: Fact): Environment {
    return new Environment(new Map(this.#facts).set(variable, fact));
  }

  getFact(variable: Variable): Fact {
    const fact = this.#facts.get(variable);
    if (fact === undefined) throw new Error(`${variable.name} is not bound`);
    return fact;
  }
}

/** A look-up in an external table. */
export interface Asked {
  readonly table: Table;
  readonly keys: readonly Term[];
  /** Whether the table has a row for the keys. */
  readonly has: Term;
  readonly result: Outcome;
}

/** A fact on a path, where a condition holds. */
interface Reached {
  readonly guard: Term;
  readonly fact: Fact;
  /** Whether the records around it are fresh. */
  readonly fresh: Term;
}

const skew = 60_000n;

export class Expressions implements OperatorParts {
  readonly facts: Facts;
  readonly operators: Operators;
  readonly oracles: Oracle[] = [];
  readonly asked: Asked[] = [];
  /** Conditions that make a model easy to correct; it need not be true. */
  readonly preferred: Term[] = [];
  /** Strings of which `ip` and `cidr` are stated. */
  readonly spellings: Readonly<Record<'ip' | 'cidr', readonly string[]>>;
  /** Constructs of which a model can be wrong. */
  readonly approximated = new Set<string>();
  readonly #tables = new Map<string, readonly [known: Term, value: readonly Term[]]>();
  readonly #instants = new Map<string, Term>();

  constructor(facts: Facts, spellings: Expressions['spellings']) {
    this.facts = facts;
    this.spellings = spellings;
    this.operators = new Operators(this);
  }

  get script() {
    return this.facts.script;
  }

  truth(expr: Expr, env: Environment): Truth {
    const { held, value } = this.outcome(expr, env);
    const { script } = this;
    return { yes: script.and(held, value), no: script.and(held, script.not(value)) };
  }

  outcome(expr: Expr, env: Environment): Outcome {
    const known = env.outcomes.get(expr);
    if (known !== undefined) return known;
    const made = this.#make(expr, env);
    const value =
      made.slots === undefined ? this.script.nameTerm(made.value, toSort(expr.type)) : no;
    const outcome = { ...made, held: this.script.nameTerm(made.held, 'Bool'), value };
    env.outcomes.set(expr, outcome);
    return outcome;
  }

  /** Whether the value can be an operand: of a collection, whether all elements are known. */
  requireKnown({ held, slots }: Outcome): Term {
    const { script } = this;
    if (slots === undefined) return held;
    return script.and(held, ...slots.map(({ isIn, fact }) => script.implies(isIn, fact.usable)));
  }

  #make(expr: Expr, env: Environment): Outcome {
    const { script } = this;
    switch (expr.kind) {
      case 'Constant':
        return this.constant(expr.type, expr.value);
      case 'Selector':
        return single(yes, this.facts.selector(expr.which));
      case 'Read':
        return this.#read(expr, env);
      case 'Variable':
        return this.#readValue(env.getFact(expr.variable), expr.type);
      case 'Now': {
        const { now } = this.facts;
        return single(script.and(now.present, now.usable), now.value);
      }
      case 'Age': {
        const of = this.outcome(expr.of, env);
        const { now } = this.facts;
        const inTime = script.test('<=', of.value, `(+ ${now.value} ${skew})`);
        const age = `(- ${now.value} ${of.value})`;
        return single(
          script.and(of.held, now.present, now.usable, inTime),
          script.nameTerm(`(ite (<= 0 ${age}) ${age} 0)`, 'Int'),
        );
      }
      case 'Binding':
        return this.#binding(expr.binding, env);
      case 'Not': {
        const { held, value } = this.outcome(expr.operand, env);
        return single(held, script.not(value));
      }
      case 'And':
      case 'Or': {
        const truths = expr.operands.map((operand) => this.truth(operand, env));
        return this.#junction(expr.kind === 'Or', truths);
      }
      case 'If':
        return this.#if(expr, env);
      case 'Else':
        return this.#else(this.outcome(expr.value, env), this.outcome(expr.fallback, env), expr);
      case 'Compare':
        return this.operators.compare(
          expr.operator,
          this.outcome(expr.left, env),
          this.outcome(expr.right, env),
          expr.left.type,
        );
      case 'Apply':
        return this.operators.apply(
          expr,
          expr.args.map((each) => this.outcome(each, env)),
        );
      case 'Presence': {
        const reached = this.#follow(expr.operand, env);
        const isPresent = script.or(
          ...reached.map(({ guard, fact }) => script.and(guard, fact.present)),
        );
        const known = script.or(...reached.map(({ guard }) => guard));
        return single(known, expr.present ? isPresent : script.not(isPresent));
      }
      case 'Known':
        return single(yes, this.#isKnown(expr.operand, env));
      case 'Set':
        return this.#set(
          expr.elements.map((each) => this.outcome(each, env)),
          expr.type,
        );
      case 'Lookup':
        return this.#lookup(
          expr.table,
          expr.keys.map((each) => this.outcome(each, env)),
        );
      case 'Quantifier': {
        const collection = this.outcome(expr.collection, env);
        const isAny = expr.quantifier === 'any';
        const truths = (collection.slots ?? []).map(({ isIn, fact }) => {
          const truth = this.truth(expr.body, env.with(expr.variable, fact));
          return isAny
            ? { yes: script.and(isIn, truth.yes), no: script.or(script.not(isIn), truth.no) }
            : { yes: script.or(script.not(isIn), truth.yes), no: script.and(isIn, truth.no) };
        });
        const { held, value } = this.#junction(isAny, truths);
        return single(script.and(collection.held, held), value);
      }
      case 'Aggregate':
        return this.#aggregate(expr, env);
      case 'InWindow':
        return this.#inWindow(expr.window, this.outcome(expr.of, env));
      case 'Calendar': {
        const { field, zone } = expr;
        const of = this.outcome(expr.of, env);
        const lemma = (isIt: Term, at: bigint, result: Outcome) => {
          const found = readCalendarField(field, zone, at);
          const own =
            found === undefined
              ? script.not(result.held)
              : script.and(result.held, script.same(result.value, integer(BigInt(found))));
          return script.implies(isIt, own);
        };
        const last = field === 'weekday' ? 6n : 86_399_999n;
        return this.#ofInstant(`${field} ${zone.name}`, of, 'Int', (at, result) => {
          const isIt = script.same(of.value, integer(at));
          return script.and(lemma(isIt, at, result), between(0n, result.value, last));
        });
      }
      case 'History':
        return this.#history(expr);
      default:
        throw new NotCovered(`expressions of the kind ${(expr as Expr).kind}`);
    }
  }

  constant(type: Type, value: Value): Outcome {
    if (!Array.isArray(value)) return single(yes, toConstant(type, value));
    const { element } = type as { readonly element: Type };
    return {
      held: yes,
      value: no,
      slots: (value as readonly Value[]).map((each) => ({
        isIn: yes,
        fact: valueFact(element, yes, toConstant(element, each)),
      })),
    };
  }

  /** Outside of sessions, every term about events is unknown. */
  #history(expr: HistoryExpr): Outcome {
    return single(no, anyValue(expr.type));
  }

  #binding(binding: Binding, env: Environment): Outcome {
    return this.outcome(binding.value, env);
  }

  #junction(isOr: boolean, truths: readonly Truth[]): Outcome {
    const { script } = this;
    const certain = isOr
      ? script.or(...truths.map((each) => each.yes))
      : script.and(...truths.map((each) => each.yes));
    const excluded = isOr
      ? script.and(...truths.map((each) => each.no))
      : script.or(...truths.map((each) => each.no));
    return single(script.or(certain, excluded), certain);
  }

  // --- reading -----------------------------------------------------------------------------------

  /** The value of a fact that is present. */
  #readValue(fact: Fact, type: Type): Outcome {
    const { script } = this;
    if (isGroup(type)) return { held: fact.present, value: no, slots: fact.slots };
    return single(script.and(fact.present, fact.usable), fact.value);
  }

  #follow(expr: ReadExpr, env: Environment): readonly Reached[] {
    const { script } = this;
    const start =
      typeof expr.from === 'string' ? this.facts.roots[expr.from] : env.getFact(expr.from);
    let reached: readonly Reached[] = [{ guard: yes, fact: start, fresh: yes }];
    for (const [index, step] of expr.members.entries()) {
      const isLast = index === expr.members.length - 1;
      const span = isLast ? undefined : step.fresh;
      const fresh = (before: Term, fact: Fact) =>
        span === undefined
          ? before
          : script.and(before, script.implies(fact.present, this.#isFresh(fact, step.type, span)));
      if (!isEntry(step)) {
        reached = reached.map((each) => {
          const fact = each.fact.child(step.name, step.type);
          return { guard: each.guard, fact, fresh: fresh(each.fresh, fact) };
        });
        continue;
      }
      const key = this.outcome(step.key, env);
      reached = reached.flatMap((each) => {
        const entries = each.fact.slots.map(({ isIn, fact }): Reached & { readonly here: Term } => {
          const own = fact.child('key', { kind: 'String' });
          const here = script.and(each.fact.present, isIn, script.same(own.value, key.value));
          const value = fact.child('value', step.type);
          return {
            here,
            guard: script.and(each.guard, key.held, here),
            fact: value,
            fresh: fresh(each.fresh, value),
          };
        });
        const none = script.not(script.or(...entries.map(({ here }) => here)));
        const missing: Reached = {
          guard: script.and(each.guard, key.held, none),
          fact: absentFact(step.type),
          fresh: each.fresh,
        };
        return [...entries, missing];
      });
    }
    return reached;
  }

  #read(expr: ReadExpr, env: Environment): Outcome {
    const { script } = this;
    const reached = this.#follow(expr, env);
    const own = expr.members.at(-1)?.default;
    const fallback = own === undefined ? undefined : this.constant(expr.type, own);
    const cases = reached.flatMap(({ guard, fact, fresh }) => {
      const usable = expr.latest ? guard : script.and(guard, fresh);
      const present = {
        guard: script.and(usable, fact.present),
        ...this.#readValue(fact, expr.type),
      };
      if (fallback === undefined) return [present];
      return [present, { guard: script.and(usable, script.not(fact.present)), ...fallback }];
    });
    return this.#mergeCases(cases, expr.type);
  }

  /** One of several values, whose guards exclude each other. */
  #mergeCases(cases: readonly (Outcome & { readonly guard: Term })[], type: Type): Outcome {
    const { script } = this;
    const held = script.or(...cases.map((each) => script.and(each.guard, each.held)));
    if (isGroup(type)) {
      const slots = cases.flatMap(({ guard, slots: own = [] }) =>
        own.map(({ isIn, fact }) => ({ isIn: script.and(guard, isIn), fact })),
      );
      return { held, value: no, slots };
    }
    if (type.kind === 'Record') return single(held, no);
    const value = cases.reduceRight(
      (others, each) => script.ite(each.guard, each.value, others, toSort(type)),
      anyValue(type),
    );
    return single(held, value);
  }

  /** From one minute before `observed_at` until the end of the span, both inclusive. */
  #isFresh(fact: Fact, type: Type, span: bigint): Term {
    const { script } = this;
    const member = type.kind === 'Record' ? type.members.get('observed_at') : undefined;
    if (member === undefined) return no;
    const observed = fact.child('observed_at', member.type);
    const { now } = this.facts;
    return script.and(
      observed.present,
      observed.usable,
      now.present,
      now.usable,
      script.test('<=', `(- ${observed.value} ${skew})`, now.value),
      script.test('<=', now.value, `(+ ${observed.value} ${span})`),
    );
  }

  #isKnown(operand: Expr, env: Environment): Term {
    const { script } = this;
    if (operand.kind !== 'Read' || operand.type.kind !== 'Record') {
      if (operand.kind === 'Binding' && operand.type.kind === 'Record')
        return this.#isKnown(operand.binding.value, env);
      return this.requireKnown(this.outcome(operand, env));
    }
    const member = operand.members.at(-1);
    const cases = this.#follow(operand, env).map(({ guard, fact, fresh }) => {
      if (operand.latest) return script.and(guard, fact.present);
      const own =
        member?.fresh === undefined ? yes : this.#isFresh(fact, operand.type, member.fresh);
      return script.and(guard, fact.present, fresh, own);
    });
    return script.or(...cases);
  }

  // --- choices -----------------------------------------------------------------------------------

  #if(expr: Extract<Expr, { kind: 'If' }>, env: Environment): Outcome {
    const { script } = this;
    const condition = this.truth(expr.condition, env);
    const [a, b] = [this.outcome(expr.then, env), this.outcome(expr.else, env)];
    const { type } = expr;
    if (type.kind === 'Record') throw new NotCovered('if with records');
    const open = script.not(script.or(condition.yes, condition.no));
    const isComparable = !isGroup(type) || isSingle(type.element);
    const equal = isComparable
      ? script.and(this.requireKnown(a), this.requireKnown(b), this.operators.equal(a, b))
      : no;
    return this.#mergeCases(
      [
        { guard: condition.yes, ...a },
        { guard: condition.no, ...b },
        { guard: script.and(open, equal), ...a },
      ],
      type,
    );
  }

  #else(value: Outcome, fallback: Outcome, { type }: Expr): Outcome {
    const { script } = this;
    return this.#mergeCases(
      [
        { guard: value.held, ...value },
        { guard: script.not(value.held), ...fallback },
      ],
      type,
    );
  }

  #set(elements: readonly Outcome[], type: Type): Outcome {
    const { script } = this;
    const { element } = type as { readonly element: Type };
    const slots = elements.map((each, index): Slot => {
      const before = elements.slice(0, index).map((other) => script.same(other.value, each.value));
      return {
        isIn: script.not(script.or(...before)),
        fact: valueFact(element, yes, each.value),
      };
    });
    return { held: script.and(...elements.map(({ held }) => held)), value: no, slots };
  }

  // --- tables ------------------------------------------------------------------------------------

  #lookup(table: Table, keys: readonly Outcome[]): Outcome {
    const { script } = this;
    const known = script.and(...keys.map(({ held }) => held));
    const type = table.value;
    if (table.external) return this.#external(table, keys, known);
    const cases = table.rows.map((row) => {
      const match = row.keys.map((key, index) =>
        script.same((keys[index] as Outcome).value, toConstant(table.keys[index] as Type, key)),
      );
      return { guard: script.and(known, ...match), value: row.value };
    });
    if (type.kind === 'Set') {
      const elements = new Map<Term, Term[]>();
      for (const { guard, value } of cases)
        for (const each of value as readonly Value[]) {
          const term = toConstant(type.element, each);
          elements.set(term, [...(elements.get(term) ?? []), guard]);
        }
      const slots = [...elements].map(
        ([term, guards]): Slot => ({
          isIn: script.or(...guards),
          fact: valueFact(type.element, yes, term),
        }),
      );
      return { held: script.or(...cases.map(({ guard }) => guard)), value: no, slots };
    }
    if (type.kind === 'Record') return single(script.or(...cases.map(({ guard }) => guard)), yes);
    return this.#mergeCases(
      cases.map(({ guard, value }) => ({ guard, ...this.constant(type, value) })),
      type,
    );
  }

  /** Any contents. */
  #external(table: Table, keys: readonly Outcome[], known: Term): Outcome {
    const { script } = this;
    const { elements } = this.facts;
    const isSet = table.value.kind === 'Set';
    const type = isSet ? (table.value as { readonly element: Type }).element : table.value;
    const sorts = table.keys.map(toSort);
    const isFresh = !this.#tables.has(table.name);
    const count = isSet ? elements : 1;
    const functions = this.#tables.get(table.name) ?? [
      script.declareFunction(`${table.name} has`, sorts, isSet ? 'Int' : 'Bool'),
      [...Array(count).keys()].map((index) =>
        script.declareFunction(`${table.name} ${index}`, sorts, toSort(type)),
      ),
    ];
    if (isFresh) this.#tables.set(table.name, functions);
    const own = keys.map(({ value }) => value);
    const [rows, values] = functions;
    const found = `(${rows} ${own.join(' ')})`;
    const valued = values.map((each) =>
      script.nameTerm(`(${each} ${own.join(' ')})`, toSort(type)),
    );
    for (const each of valued) script.assert(this.operators.isValid(type, each));
    if (table.transitive) this.approximated.add('external transitive tables');
    if (!isSet) {
      const has = script.nameTerm(found, 'Bool');
      const result = single(script.and(known, has), valued[0] as Term);
      this.asked.push({ table, keys: own, has, result });
      return result;
    }
    const size = script.nameTerm(found, 'Int');
    script.assert(`(and (<= (- 1) ${size}) (<= ${size} ${elements}))`);
    const slots = valued.map(
      (value, index): Slot => ({
        isIn: script.test('<', `${index}`, size),
        fact: valueFact(type, yes, value),
      }),
    );
    for (const [index, slot] of slots.entries())
      for (const other of slots.slice(0, index))
        script.assert(
          script.not(
            script.and(slot.isIn, other.isIn, script.same(slot.fact.value, other.fact.value)),
          ),
        );
    this.facts.hasCollections = true;
    const has = script.test('<=', '0', size);
    const result = { held: script.and(known, has), value: no, slots };
    this.asked.push({ table, keys: own, has, result });
    return result;
  }

  // --- aggregates --------------------------------------------------------------------------------

  #aggregate(expr: Extract<Expr, { kind: 'Aggregate' }>, env: Environment): Outcome {
    const { script } = this;
    const collection = this.outcome(expr.collection, env);
    const parts = (collection.slots ?? []).map(({ isIn, fact }) => {
      const own = env.with(expr.variable, fact);
      const counts = expr.condition === undefined ? { yes, no } : this.truth(expr.condition, own);
      const body = this.outcome(expr.body, own);
      return {
        isKnown: script.or(script.not(isIn), counts.no, script.and(counts.yes, body.held)),
        counts: script.and(isIn, counts.yes),
        value: body.value,
      };
    });
    const known = script.and(collection.held, ...parts.map(({ isKnown }) => isKnown));
    if (expr.form === 'sum') {
      const summands = parts.map(({ counts, value }) => script.ite(counts, value, '0', 'Int'));
      const sum =
        summands.length === 0 ? '0' : script.nameTerm(`(+ 0 ${summands.join(' ')})`, 'Int');
      return single(
        script.and(known, script.nameTerm(between(smallest, sum, largest), 'Bool')),
        sum,
      );
    }
    const isMore = expr.form === 'max' ? '>' : '<';
    let [has, best]: [Term, Term] = [no, '0'];
    for (const { counts, value } of parts) {
      const isBetter = script.and(
        counts,
        script.or(script.not(has), script.test(isMore, value, best)),
      );
      best = script.ite(isBetter, value, best, 'Int');
      has = script.or(has, counts);
    }
    return single(script.and(known, has), best);
  }

  // --- windows -----------------------------------------------------------------------------------

  #inWindow(window: Window, of: Outcome): Outcome {
    const { script } = this;
    const name = `window ${window.name} ${JSON.stringify([window.parts, window.seasons, window.except, window.zone.name])}`;
    return this.#ofInstant(name, of, 'Bool', (at, result) => {
      const inside = isInsideWindow(window, at);
      const own =
        inside === undefined
          ? script.not(result.held)
          : script.and(result.held, inside ? result.value : script.not(result.value));
      const isIt = script.nameTerm(span(window, at, of.value), 'Bool');
      return script.implies(isIt, own);
    });
  }

  /** A function of instants, whose values lemmas about instants add. */
  #ofInstant(
    name: string,
    of: Outcome,
    sort: 'Bool' | 'Int',
    lemma: (at: bigint, result: Outcome) => Term,
  ): Outcome {
    const { script } = this;
    const declared =
      this.#instants.get(name) ??
      script.declareFunction(`is known ${this.#instants.size}`, ['Int'], 'Bool');
    const values =
      this.#instants.get(`value ${name}`) ??
      script.declareFunction(`value at ${this.#instants.size}`, ['Int'], sort);
    this.#instants.set(name, declared).set(`value ${name}`, values);
    const result = single(
      script.nameTerm(`(${declared} ${of.value})`, 'Bool'),
      script.nameTerm(`(${values} ${of.value})`, sort),
    );
    this.approximated.add('windows and calendar fields');
    this.oracles.push({ argument: of.value, lemma: (at) => lemma(at as bigint, result) });
    return single(script.and(of.held, result.held), result.value);
  }
}

/** The instants around one for which a window has the same answer. */
function span(window: Window, at: bigint, value: Term): Term {
  const day = 86_400_000n;
  const next = findNextChange(window, at) ?? lastInstant + 1n;
  let first = at;
  for (const back of [day / 24n, day / 4n, day, 3n * day]) {
    const before = at - back;
    if (before < firstInstant || isInsideWindow(window, before) !== isInsideWindow(window, at))
      break;
    if ((findNextChange(window, before) ?? lastInstant + 1n) < at) break;
    first = before;
  }
  return `(and (<= ${integer(first)} ${value}) (< ${value} ${integer(next)}))`;
}

function isSingle(type: Type): boolean {
  return type.kind !== 'Record' && !isGroup(type);
}
