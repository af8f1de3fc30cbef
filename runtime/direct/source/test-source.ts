// Generates JavaScript for the tests that the host decides: each is an expression over the stored values,
// and sets a bit in the words that the module keeps for the tests.

import type { EncodedTest, Encoding, TestOperand } from '../../contract/index.ts';
import { testWords, toWordMask } from '../test-words.ts';

export function emitTests(encoding: Encoding): readonly string[] {
  return testWords(encoding).flatMap(({ sure, may, tests }, index) => [
    '{',
    `const certain = ${tests.map(writeCertain).join(' | ') || '0'};`,
    `const unknown = ${tests.flatMap(writeUnknown).join(' | ') || '0'};`,
    `cells.word(${sure}, certain);`,
    `cells.word(${may}, certain | unknown);`,
    ...(index === 0 ? ['this.certain = certain;', 'this.possible = certain | unknown;'] : []),
    '}',
  ]);
}

function writeCertain(test: EncodedTest): string {
  const known = listSlots(test).map((slot) => `s${slot} !== undefined && `);
  return `(${known.join('')}${writeComparison(test)} ? ${toWordMask(test.bit)} : 0)`;
}

function writeUnknown(test: EncodedTest): readonly string[] {
  const absent = listSlots(test).map((slot) => `s${slot} === undefined`);
  return absent.length === 0 ? [] : [`(${absent.join(' || ')} ? ${toWordMask(test.bit)} : 0)`];
}

function listSlots({ left, right }: EncodedTest): readonly number[] {
  return [left, right].flatMap((operand) => ('slot' in operand ? [operand.slot] : []));
}

function writeComparison({ operator, left, right }: EncodedTest): string {
  const [a, b] = [writeOperand(left), writeOperand(right)];
  switch (operator) {
    case 'is':
      return `${a} === ${b}`;
    case 'is not':
      return `${a} !== ${b}`;
    case 'in':
      return `(${writeMembership(a, right)})`;
    case 'not in':
      return `!(${writeMembership(a, right)})`;
    case 'starts with':
      return `${a}.startsWith(${b})`;
    case 'ends with':
      return `${a}.endsWith(${b})`;
    case 'contains':
      return `${a}.includes(${b})`;
    default:
      operator satisfies '>' | '<' | '<=' | '>=';
      return `${a} ${operator} ${b}`;
  }
}

/** More constants than this are looked up by a function. */
const maxCompared = 8;

function writeMembership(value: string, set: TestOperand): string {
  if ('value' in set && Array.isArray(set.value) && set.value.length <= maxCompared) {
    const elements: readonly unknown[] = set.value;
    return (
      elements.map((element) => `${value} === ${JSON.stringify(element)}`).join(' || ') || 'false'
    );
  }
  return `${writeOperand(set)}.includes(${value})`;
}

function writeOperand(testOperand: TestOperand): string {
  return 'slot' in testOperand ? `s${testOperand.slot}` : JSON.stringify(testOperand.value);
}
