// Decides the tests that the host evaluates for the module, and stores them as bits of the module's words: those
// that are true, and those that are true or unknown.

import {
  type EncodedTest,
  type Encoding,
  type TestOperand,
  testOperators,
} from '../contract/index.ts';
import type { CellWriter } from './cell-writer.ts';
import { type TestWord, testWords, toWordMask } from './test-words.ts';

type Constant = (TestOperand & { readonly value: unknown })['value'];

interface Test {
  readonly operator: number;
  /** -1: the constant. */
  readonly left: number;
  readonly right: number;
  readonly constant: Constant | undefined;
  readonly mask: number;
}

/** The tests whose bits share a word. */
interface Word extends Omit<TestWord, 'tests'> {
  readonly tests: readonly Test[];
}

export class TestBits {
  readonly #words: readonly Word[];
  readonly #cells: CellWriter;
  certain = 0;
  possible = 0;

  constructor(encoding: Encoding, cells: CellWriter) {
    this.#cells = cells;
    this.#words = testWords(encoding).map(({ tests, ...word }) => ({
      ...word,
      tests: tests.map(prepareTest),
    }));
  }

  write(slots: readonly unknown[]): void {
    const words = this.#words;
    for (let index = 0; index < words.length; index += 1) {
      const { sure, may, tests } = words[index] as Word;
      let certain = 0;
      let possible = 0;
      for (let at = 0; at < tests.length; at += 1) {
        const test = tests[at] as Test;
        const left = test.left < 0 ? test.constant : slots[test.left];
        const right = test.right < 0 ? test.constant : slots[test.right];
        if (left === undefined || right === undefined) possible |= test.mask;
        else if (holds(test.operator, left, right)) certain |= test.mask;
      }
      this.#cells.word(sure, certain);
      this.#cells.word(may, certain | possible);
      if (index > 0) continue;
      this.certain = certain;
      this.possible = certain | possible;
    }
  }
}

function prepareTest({ bit, operator, left, right }: EncodedTest): Test {
  const constant = 'value' in right ? right.value : 'value' in left ? left.value : undefined;
  return {
    operator: testOperators.indexOf(operator),
    left: 'slot' in left ? left.slot : -1,
    right: 'slot' in right ? right.slot : -1,
    constant,
    mask: toWordMask(bit),
  };
}

/** `operator`: its index. The operands have types that it accepts. */
function holds(operator: number, left: unknown, right: unknown): boolean {
  switch (operator) {
    case 0:
      return left === right;
    case 1:
      return left !== right;
    case 2:
      return (left as number) < (right as number);
    case 3:
      return (left as number) <= (right as number);
    case 4:
      return (left as number) > (right as number);
    case 5:
      return (left as number) >= (right as number);
    case 6:
      return (right as readonly unknown[]).includes(left);
    case 7:
      return !(right as readonly unknown[]).includes(left);
    case 8:
      return (left as string).startsWith(right as string);
    case 9:
      return (left as string).endsWith(right as string);
    default:
      return (left as string).includes(right as string);
  }
}
