// Random clauses about a few strings, and whether a choice of short strings makes all literals false.

import { isPattern, makePattern, type Pattern } from '@nhipol/language/types';
import type { Literal } from '@nhipol/proving';
import fc from 'fast-check';
import {
  createAffixMonitor,
  createPatternMonitor,
} from '../../../assurance/proving/automata/monitors.ts';
import {
  createAffixedPreimage,
  lowerPreimage,
} from '../../../assurance/proving/automata/preimages.ts';
import { Formula, no, yes } from '../../../assurance/proving/formula/formula.ts';
import {
  listTerms,
  type Term,
  type TermAtom,
  Terms,
  type Test,
} from '../../../assurance/proving/terms/terms.ts';
import { createOneOfTest } from '../../../assurance/proving/terms/tests.ts';

const strings = ['', 'a', 'A', 'b', 'aa', 'aA', 'Aa', 'AA', 'ab', 'Ab', 'ba', 'bA', 'bb', 'aab'];

function createPattern(text: string): Pattern {
  const made = makePattern({
    language: 'regex',
    text,
    separator: '/',
    ignoringCase: false,
    searches: false,
  });
  if (!isPattern(made)) throw new Error(`${text} is a pattern`);
  return made;
}

const texts = ['a', '[ab]*', '[Aa]b?', '.', 'b.*|aa?'];

const tests: readonly Test[] = [
  ...texts.map((text): Test => {
    const regex = new RegExp(`^(?:${text})$`, 'u');
    const monitor = createPatternMonitor(createPattern(text));
    return {
      key: `matches ${text}`,
      evaluate: ([value = '']) => regex.test(value),
      meaning: { kind: 'strings', monitor, atLeast: false },
    };
  }),
  ...(['starts_with', 'ends_with', 'contains'] as const).map((name): Test => {
    const has = { starts_with: 'startsWith', ends_with: 'endsWith', contains: 'includes' } as const;
    return {
      key: `${name} a`,
      evaluate: ([value = '']) => value[has[name]]('a'),
      meaning: { kind: 'strings', monitor: createAffixMonitor(name, 'a'), atLeast: false },
    };
  }),
  // A monitor that at least accepts the strings says nothing about the others.
  {
    key: 'short and starts_with b',
    evaluate: ([value = '']) => value.startsWith('b') && value.length < 2,
    meaning: { kind: 'strings', monitor: createAffixMonitor('starts_with', 'b'), atLeast: true },
  },
  createOneOfTest(['a', 'ab', 'b']),
];

const startsWith: Test = {
  key: 'starts_with',
  evaluate: ([value = '', start = '']) => value.startsWith(start),
};

/** Terms for the same strings each time: two that are open, two constants, and functions of them. */
export class Language {
  readonly formula = new Formula();
  readonly terms = new Terms(this.formula);
  readonly #open: readonly Term[];
  readonly #all: readonly Term[];
  readonly #atoms: readonly Literal[];

  constructor() {
    const { terms } = this;
    this.#open = [terms.open('x', 'String'), terms.open('y', 'String')];
    const constants = [terms.constant('a'), terms.constant('Ab')];
    const lower = (arg: Term) =>
      terms.apply({
        key: 'lower',
        args: [arg],
        type: 'String',
        preimage: lowerPreimage,
        evaluate: ([value = '']) => value.toLowerCase(),
      });
    const addPrefix = (arg: Term) =>
      terms.apply({
        key: 'a-',
        args: [arg],
        type: 'String',
        evaluate: ([value = '']) => `a${value}`,
        preimage: (inner) => createAffixedPreimage(inner, 'a', ''),
      });
    const results = this.#open.flatMap((each) => [lower(each), addPrefix(each)]);
    const nested = lower(addPrefix(this.#open[0] as Term));
    this.#all = [...this.#open, ...constants, ...results, nested];
    this.#atoms = this.#literals();
  }

  #literals(): readonly Literal[] {
    const { terms } = this;
    const pairs = this.#all.flatMap((a, index) =>
      this.#all.slice(0, index).flatMap((b) => [terms.equal(a, b), terms.test(startsWith, [a, b])]),
    );
    const single = this.#all.flatMap((term) => [
      ...tests.map((each) => terms.test(each, [term])),
      terms.member(0, term),
    ]);
    return [...pairs, ...single].filter((each) => each !== yes && each !== no);
  }

  /** Clauses of up to four literals. */
  get clauses(): fc.Arbitrary<readonly Literal[]> {
    const literal = fc
      .tuple(fc.constantFrom(...this.#atoms), fc.boolean())
      .map(([atom, isTrue]) => (isTrue ? atom : -atom));
    return fc.uniqueArray(literal, { minLength: 1, maxLength: 4, selector: Math.abs });
  }

  /** Strings for the open terms, with which all literals are false. */
  falsifying(clause: readonly Literal[]): readonly string[] | undefined {
    for (const x of strings)
      for (const y of strings) {
        const values = new Map<Term, string>(
          this.#open.map((term, index) => [term, index === 0 ? x : y]),
        );
        if (this.#isFalsified(clause, values)) return [x, y];
      }
    return undefined;
  }

  #isFalsified(clause: readonly Literal[], values: ReadonlyMap<Term, string>): boolean {
    const members = new Map<string, boolean>();
    return clause.every((literal) => {
      const atom = this.terms.atoms.get(Math.abs(literal)) as TermAtom;
      const own = listTerms(atom).map((term) => this.#evaluateTerm(term, values));
      const wanted = literal < 0;
      if (atom.kind === 'equal') return (own[0] === own[1]) === wanted;
      if (atom.kind === 'test') return atom.test.evaluate(own) === wanted;
      const [value = ''] = own;
      const known = members.get(value) ?? wanted;
      members.set(value, wanted);
      return known === wanted;
    });
  }

  #evaluateTerm(term: Term, values: ReadonlyMap<Term, string>): string {
    const node = this.terms.node(term);
    if (node.kind === 'constant') return node.value;
    if (node.kind === 'open') return values.get(term) ?? '';
    return node.evaluate(node.args.map((arg) => this.#evaluateTerm(arg, values))) ?? '';
  }
}
