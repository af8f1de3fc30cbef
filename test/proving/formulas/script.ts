// Evaluates a script of SMT-LIB by its own text: whether all of its assertions are true for given values.

import type { Assignment } from './random.ts';

type Expression = string | readonly Expression[];

/** Names of the script with their values: `b3`, `n0`. */
type Values = ReadonlyMap<string, boolean | bigint>;

/** Throws if the script is not one that it knows. */
export function scriptHolds(script: string, valueAt: (name: string) => boolean | bigint): boolean {
  const values = new Map<string, boolean | bigint>();
  let areTrue = true;
  for (const command of read(script)) {
    const [name, first, second, third, fourth] = command as readonly Expression[];
    if (name === 'declare-const') values.set(first as string, valueAt(first as string));
    else if (name === 'define-fun' && third === 'Bool' && (second as []).length === 0)
      values.set(first as string, evaluate(fourth as Expression, values));
    else if (name === 'assert') areTrue &&= evaluate(first as Expression, values) === true;
    else if (name !== 'set-logic' && name !== 'check-sat') throw new Error(`unknown ${name}`);
  }
  return areTrue;
}

function evaluate(expression: Expression, values: Values): boolean | bigint {
  if (typeof expression === 'string') {
    if (expression === 'true' || expression === 'false') return expression === 'true';
    if (/^\d+$/.test(expression)) return BigInt(expression);
    const value = values.get(expression);
    if (value === undefined) throw new Error(`${expression} is not declared`);
    return value;
  }
  const [operator, ...operands] = expression;
  const of = operands.map((each) => evaluate(each, values));
  const numbers = of as readonly bigint[];
  switch (operator) {
    case 'and':
      return of.every((each) => each === true);
    case 'not':
      return of[0] === false;
    case '<=':
      return (numbers[0] as bigint) <= (numbers[1] as bigint);
    case '+':
      return numbers.reduce((a, b) => a + b, 0n);
    case '*':
      return numbers.reduce((a, b) => a * b, 1n);
    case '-':
      return -(numbers[0] as bigint);
    default:
      throw new Error(`unknown operator ${String(operator)}`);
  }
}

function read(script: string): readonly Expression[] {
  const tokens = script.replace(/;.*$/gm, '').match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const next = (): Expression => {
    const token = tokens[at] as string;
    at += 1;
    if (token !== '(') return token;
    const list: Expression[] = [];
    while (tokens[at] !== ')') list.push(next());
    at += 1;
    return list;
  };
  const found: Expression[] = [];
  while (at < tokens.length) found.push(next());
  return found;
}

/** The value of a name by the variables that a formula made in order. */
export function byOrder(
  bits: readonly number[],
  assignment: Assignment,
): (name: string) => boolean | bigint {
  return (name) => {
    const index = Number(name.slice(1));
    if (name.startsWith('n')) return BigInt(assignment.numbers[index] as number);
    return assignment.bits[bits.indexOf(index)] === true;
  };
}
