// The operators and functions of the language, one row each.

import type { ApplyExpr } from '@nhipol/language/model';
import type { Comparison, Type } from '@nhipol/language/types';
import {
  addressBits,
  addressCharacters,
  addressSort,
  isAddress,
  isNetwork,
  isPart,
  networkBits,
  networkSort,
  readAddress,
  readNetwork,
  writeContainment,
} from './addresses.ts';
import {
  between,
  type Facts,
  isSpiffeId,
  largest,
  type Slot,
  smallest,
  spiffeParts,
  valueFact,
} from './facts.ts';
import { isGroup, type Oracle, type Outcome, single } from './outcomes.ts';
import {
  driveLetter,
  encoded,
  endsWithSlash,
  NotCovered,
  pathShapes,
  writePattern,
  writeSegments,
} from './regular.ts';
import { no, type Script, type Term, text, yes } from './smt.ts';

const decimalOne = 1_000_000n;

/** The parts of the encoding that operators share with expressions. */
export interface OperatorParts {
  readonly script: Script;
  readonly facts: Facts;
  readonly oracles: Oracle[];
  /** Conditions that make a model easy to correct; they need not be true. */
  readonly preferred: Term[];
  /** Strings of which `ip` and `cidr` are stated. */
  readonly spellings: Readonly<Record<'ip' | 'cidr', readonly string[]>>;
  /** Constructs of which a model can be wrong. */
  readonly approximated: Set<string>;
  /** Whether the value can be an operand: of a collection, whether all elements are known. */
  requireKnown(outcome: Outcome): Term;
}

export class Operators {
  readonly #expressions: OperatorParts;
  readonly #parsers = new Map<string, Parser>();
  /** The strings of which `ip` or `cidr` is taken. */
  readonly #parsed = new Set<string>();

  constructor(expressions: OperatorParts) {
    this.#expressions = expressions;
  }

  get #script(): Script {
    return this.#expressions.script;
  }

  compare(operator: Comparison, a: Outcome, b: Outcome, type: Type): Outcome {
    const script = this.#script;
    const known = script.and(a.held, b.held);
    if (operator === 'is' || operator === 'is not') {
      if (isGroup(type) || type.kind === 'Record') throw new NotCovered('comparisons of records');
      const equal = script.same(a.value, b.value);
      return single(known, operator === 'is' ? equal : script.not(equal));
    }
    return single(known, script.test(operator, a.value, b.value));
  }

  /** Whether two known values are equal; of collections, whether they have the same elements. */
  equal(a: Outcome, b: Outcome): Term {
    const script = this.#script;
    if (a.slots === undefined || b.slots === undefined) return script.same(a.value, b.value);
    return script.and(
      script.same(this.#size(a.slots), this.#size(b.slots)),
      this.#encodeSubset(a.slots, b.slots),
    );
  }

  /** A condition that holds for every value of a type. */
  isValid(type: Type, value: Term): Term {
    const script = this.#script;
    switch (type.kind) {
      case 'Int':
      case 'Decimal': {
        const { min, max } = type.range ?? { min: smallest, max: largest };
        return between(min, value, max);
      }
      case 'Duration':
        return between(smallest, value, largest);
      case 'Timestamp':
        return between(-62_167_219_200_000n, value, 253_402_300_799_999n);
      case 'Enum':
        return between(0n, value, BigInt(type.members.length - 1));
      case 'SpiffeId':
        return isSpiffeId(script, value);
      case 'Ip':
        return isAddress(script, value);
      case 'Cidr':
        return isNetwork(script, value);
      default:
        return yes;
    }
  }

  apply(expr: ApplyExpr, args: readonly Outcome[]): Outcome {
    const script = this.#script;
    const { name } = expr.builtin;
    const types = expr.args.map(({ type }) => type);
    const [first, second] = args as [Outcome, Outcome];
    const countsOnly = name === 'size' && types[0]?.kind !== 'Set';
    const held = countsOnly
      ? first.held
      : script.and(...args.map((each) => this.#expressions.requireKnown(each)));
    const [a, b] = [first.value, second?.value ?? no];
    const where = (condition: Term, value: Term) =>
      single(script.and(held, script.nameTerm(condition, 'Bool')), value);
    switch (name) {
      case '+':
        return this.#number(held, `(+ ${a} ${b})`);
      case '-':
        return this.#number(held, `(- ${a} ${b})`);
      case 'negate':
        return this.#number(held, `(- ${a})`);
      case 'decimal':
        return this.#number(held, `(* ${a} ${decimalOne})`);
      case '*': {
        const product = script.nameTerm(`(* ${a} ${b})`, 'Int');
        const isRounded = types.every(({ kind }) => kind === 'Decimal');
        return this.#number(held, isRounded ? this.#toEven(product, `${decimalOne}`) : product);
      }
      case '/': {
        const isKnown = script.and(held, script.not(script.same(b, '0')));
        if (types[0]?.kind !== 'Decimal') return this.#number(isKnown, this.#truncate(a, b));
        const numerator =
          types[1]?.kind === 'Decimal' ? script.nameTerm(`(* ${a} ${decimalOne})`, 'Int') : a;
        return this.#number(isKnown, this.#toEven(numerator, b));
      }
      case 'in':
      case 'not in': {
        const isNetwork = types[0]?.kind === 'Ip' && isOfNetworks(types[1]);
        const found = isNetwork
          ? script.or(
              ...this.#networks(second).map(({ isIn: here, value }) =>
                script.and(here, writeContainment(script, a, value, parseNetworkTerm(value))),
              ),
            )
          : this.#has(second.slots ?? [], a);
        return single(held, name === 'in' ? found : script.not(found));
      }
      case 'within':
      case 'not within': {
        const found =
          first.slots === undefined || second.slots === undefined
            ? isPart(script, a, b, parseNetworkTerm(b))
            : this.#encodeSubset(first.slots, second.slots);
        return single(held, name === 'within' ? found : script.not(found));
      }
      case 'intersects':
        return single(
          held,
          first.slots === undefined || second.slots === undefined
            ? script.or(
                isPart(script, a, b, parseNetworkTerm(b)),
                isPart(script, b, a, parseNetworkTerm(a)),
              )
            : script.or(
                ...first.slots.map(({ isIn: here, fact }) =>
                  script.and(here, this.#has(second.slots ?? [], fact.value)),
                ),
              ),
        );
      case 'union':
        return {
          held,
          value: no,
          slots: [
            ...(first.slots ?? []),
            ...this.#filter(second.slots ?? [], (value) =>
              script.not(this.#has(first.slots ?? [], value)),
            ),
          ],
        };
      case 'intersect':
        return {
          held,
          value: no,
          slots: this.#filter(first.slots ?? [], (value) => this.#has(second.slots ?? [], value)),
        };
      case 'minus':
        return {
          held,
          value: no,
          slots: this.#filter(first.slots ?? [], (value) =>
            script.not(this.#has(second.slots ?? [], value)),
          ),
        };
      case 'size':
        return single(held, this.#size(first.slots ?? []));
      case 'starts_with':
        return single(held, script.test('str.prefixof', b, a));
      case 'ends_with':
        return single(held, script.test('str.suffixof', b, a));
      case 'contains':
        return single(held, script.test('str.contains', a, b));
      case 'non-empty':
        return where(script.not(script.same(a, text(''))), a);
      case 'segment of':
        return where(this.#isSegment(a, getRefused(expr)), a);
      case 'root segment of':
        return where(
          script.or(
            this.#isSegment(a, getRefused(expr)),
            script.and(
              script.test('str.prefixof', text('/'), a),
              script.not(script.same(a, text('/'))),
              this.#isNormal(a),
            ),
          ),
          a,
        );
      case 'interpolate':
        return single(
          held,
          args.length === 1 ? a : `(str.++ ${args.map(({ value }) => value).join(' ')})`,
        );
      case 'text of':
        return single(held, this.#toText(types[0] as Type, a));
      case 'under':
        return this.#under(held, a, b);
      case 'normal_path':
        return where(this.#isNormal(a), a);
      case 'matches': {
        const { pattern } = expr.builtin;
        if (pattern === undefined) throw new NotCovered('matches without a pattern');
        return single(held, script.test('str.in_re', a, writePattern(pattern.source)));
      }
      case 'lower':
        return single(held, script.apply('String', 'str.to_lower', a));
      case 'length':
        this.#expressions.facts.limitsLengths = true;
        return single(held, script.apply('Int', 'str.len', a));
      case 'spiffe':
        return where(isSpiffeId(script, a), a);
      case 'trust_domain':
        return single(held, spiffeParts(script, a).domain);
      case 'path':
        return single(held, spiffeParts(script, a).path);
      case 'ip':
      case 'cidr':
        return this.#parse(held, a, name);
      case 'version': {
        const bit = types[0]?.kind === 'Ip' ? 128 : 136;
        const isV6 = script.same(`((_ extract ${bit} ${bit}) ${a})`, '#b1');
        return single(held, script.ite(isV6, '6', '4', 'Int'));
      }
      case 'prefix_length':
        return single(held, `(ubv_to_int ((_ extract 7 0) ${a}))`);
      default:
        throw new NotCovered(`the operator ${name}`);
    }
  }

  // --- numbers -----------------------------------------------------------------------------------

  /** Unknown outside of 64 bits. */
  #number(held: Term, result: Term): Outcome {
    const script = this.#script;
    const value = script.nameTerm(result, 'Int');
    return single(
      script.and(held, script.nameTerm(between(smallest, value, largest), 'Bool')),
      value,
    );
  }

  #normalizeSign(numerator: Term, divisor: Term): readonly [Term, Term] {
    const script = this.#script;
    if (/^\d+$/.test(divisor)) return [numerator, divisor];
    const isNegative = script.test('<', divisor, '0');
    return [
      script.ite(isNegative, `(- ${numerator})`, numerator, 'Int'),
      script.ite(isNegative, `(- ${divisor})`, divisor, 'Int'),
    ];
  }

  #truncate(numerator: Term, divisor: Term): Term {
    const script = this.#script;
    const [over, under] = this.#normalizeSign(numerator, divisor);
    return script.ite(
      script.test('<=', '0', over),
      `(div ${over} ${under})`,
      `(- (div (- ${over}) ${under}))`,
      'Int',
    );
  }

  /** The nearest integer; of two, the even one. */
  #toEven(numerator: Term, divisor: Term): Term {
    const script = this.#script;
    const [over, under] = this.#normalizeSign(numerator, divisor);
    const floor = script.nameTerm(`(div ${over} ${under})`, 'Int');
    const twice = script.nameTerm(`(* 2 (mod ${over} ${under}))`, 'Int');
    const up = script.or(
      script.test('<', under, twice),
      script.and(script.test('=', twice, under), script.test('=', `(mod ${floor} 2)`, '1')),
    );
    return script.ite(up, `(+ ${floor} 1)`, floor, 'Int');
  }

  // --- sets --------------------------------------------------------------------------------------

  #has(slots: readonly Slot[], value: Term): Term {
    const script = this.#script;
    return script.or(
      ...slots.map(({ isIn: here, fact }) => script.and(here, script.same(fact.value, value))),
    );
  }

  #encodeSubset(inner: readonly Slot[], outer: readonly Slot[]): Term {
    const script = this.#script;
    return script.and(
      ...inner.map(({ isIn: here, fact }) => script.implies(here, this.#has(outer, fact.value))),
    );
  }

  #filter(slots: readonly Slot[], keeps: (value: Term) => Term): readonly Slot[] {
    const script = this.#script;
    return slots.map(({ isIn: here, fact }) => ({
      isIn: script.and(here, keeps(fact.value)),
      fact: valueFact(fact.type, fact.usable, fact.value),
    }));
  }

  #size(slots: readonly Slot[]): Term {
    const script = this.#script;
    if (slots.every(({ isIn: here }) => here === yes)) return `${slots.length}`;
    const parts = slots.map(({ isIn: here }) => script.ite(here, '1', '0', 'Int'));
    return script.nameTerm(`(+ 0 ${parts.join(' ')})`, 'Int');
  }

  #networks({ value, slots }: Outcome): readonly { readonly isIn: Term; readonly value: Term }[] {
    if (slots === undefined) return [{ isIn: yes, value }];
    return slots.map(({ isIn: here, fact }) => ({ isIn: here, value: fact.value }));
  }

  // --- strings -----------------------------------------------------------------------------------

  #toText(type: Type, value: Term): Term {
    const script = this.#script;
    if (type.kind === 'Bool') return script.ite(value, text('true'), text('false'), 'String');
    if (type.kind === 'Enum')
      return type.members.reduceRight(
        (others, member, index) =>
          script.ite(script.same(value, `${index}`), text(member), others, 'String'),
        text(''),
      );
    return script.ite(
      script.test('<=', '0', value),
      `(str.from_int ${value})`,
      `(str.++ "-" (str.from_int (- ${value})))`,
      'String',
    );
  }

  #isNormal(path: Term): Term {
    const script = this.#script;
    return script.and(
      script.test('str.in_re', path, pathShapes),
      script.not(script.test('str.in_re', path, driveLetter)),
      script.not(script.test('str.in_re', path, encoded)),
    );
  }

  #isSegment(value: Term, refused: string): Term {
    const script = this.#script;
    return script.and(
      script.test('str.in_re', value, writeSegments(refused)),
      script.not(script.test('str.in_re', value, encoded)),
    );
  }

  #withoutSlash(path: Term): Term {
    const script = this.#script;
    return script.ite(
      script.test('str.in_re', path, endsWithSlash),
      `(str.substr ${path} 0 (- (str.len ${path}) 1))`,
      path,
      'String',
    );
  }

  #under(held: Term, path: Term, root: Term): Outcome {
    const script = this.#script;
    const [inner, outer] = [this.#withoutSlash(path), this.#withoutSlash(root)];
    const [a, b] = [inner, outer].map((each) => script.test('str.prefixof', text('/'), each)) as [
      Term,
      Term,
    ];
    return single(
      script.and(held, this.#isNormal(inner), this.#isNormal(outer), script.same(a, b)),
      script.or(
        script.same(outer, text('/')),
        script.same(inner, outer),
        script.test('str.prefixof', `(str.++ ${outer} "/")`, inner),
      ),
    );
  }

  /** `ip` and `cidr` of a string: exact for the spellings that are listed, and any value for others. */
  #parse(held: Term, spelling: Term, name: 'ip' | 'cidr'): Outcome {
    const script = this.#script;
    const { oracles, approximated, preferred } = this.#expressions;
    const sort = name === 'ip' ? addressSort : networkSort;
    const { is, value, listed } = this.#parsers.get(name) ?? this.#parser(name, sort);
    const isOne = script.nameTerm(`(${is} ${spelling})`, 'Bool');
    const own = script.nameTerm(`(${value} ${spelling})`, sort);
    const key = `${name} ${spelling}`;
    if (!this.#parsed.has(key)) {
      this.#parsed.add(key);
      const valid = name === 'ip' ? isAddress(script, own) : isNetwork(script, own);
      script.assert(
        script.implies(
          isOne,
          script.and(script.test('str.in_re', spelling, addressCharacters), valid),
        ),
      );
      preferred.push(
        script.or(script.not(isOne), ...listed.map((each) => script.same(spelling, text(each)))),
      );
      approximated.add(`${name} of strings`);
      oracles.push({
        argument: spelling,
        lemma: (found) => {
          const literal = text(`${found}`);
          const bits = toBits(name, `${found}`);
          return bits === undefined
            ? `(not (${is} ${literal}))`
            : `(and (${is} ${literal}) (= (${value} ${literal}) ${bits}))`;
        },
      });
    }
    return single(script.and(held, isOne), own);
  }

  #parser(name: 'ip' | 'cidr', sort: typeof addressSort | typeof networkSort): Parser {
    const script = this.#script;
    const is = script.declareFunction(`is ${name}`, ['String'], 'Bool');
    const value = script.declareFunction(name, ['String'], sort);
    const listed = this.#expressions.spellings[name].filter((each) => toBits(name, each));
    for (const each of listed)
      script.assert(
        `(and (${is} ${text(each)}) (= (${value} ${text(each)}) ${toBits(name, each)}))`,
      );
    const made = { is, value, listed };
    this.#parsers.set(name, made);
    return made;
  }
}

/** The functions for `ip` or `cidr` of a string, and the strings whose results are stated. */
interface Parser {
  readonly is: Term;
  readonly value: Term;
  readonly listed: readonly string[];
}

function toBits(name: 'ip' | 'cidr', spelling: string): Term | undefined {
  if (name === 'ip') {
    const address = readAddress(spelling);
    return address && addressBits(address);
  }
  const network = readNetwork(spelling);
  return network && networkBits(network);
}

function isOfNetworks(type: Type | undefined): boolean {
  if (type?.kind === 'Set' || type?.kind === 'List') return type.element.kind === 'Cidr';
  return type?.kind === 'Cidr';
}

/** The network that a constant of the script is. */
function parseNetworkTerm(term: Term): ReturnType<typeof readNetwork> {
  const [, digits] = /^#b([01]{137})$/.exec(term) ?? [];
  if (digits === undefined) return undefined;
  return {
    isV6: digits[0] === '1',
    value: BigInt(`0b${digits.slice(1, 129)}`),
    length: Number(BigInt(`0b${digits.slice(129)}`)),
  };
}

function getRefused({ builtin }: ApplyExpr): string {
  return (builtin as { readonly refused?: string }).refused ?? '';
}
