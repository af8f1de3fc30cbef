// Formulas as SMT-LIB 2.6 scripts, so that another solver can decide a claim: `unsat` means that it holds.

import type { Formula, Literal } from './formula/formula.ts';
import type { Inequality } from './formula/linear.ts';

export function smtLib(formula: Formula, roots: readonly Literal[], claim: string): string {
  const cone = formula.cone(roots);
  const numbers = new Set<number>();
  for (const at of cone) {
    const node = formula.node(at);
    if (node.kind === 'atom') for (const [variable] of node.inequality.terms) numbers.add(variable);
  }
  const lines = [
    ...claim.split('\n').map((line) => `; ${line}`),
    '(set-logic QF_LIA)',
    ...[...numbers].map((variable) => `(declare-const n${variable} Int)`),
  ];
  for (const at of cone) {
    const node = formula.node(at);
    if (node.kind === 'variable') lines.push(`(declare-const b${at} Bool)`);
    if (node.kind === 'and') {
      const operands = node.operands.map(printLiteral).join(' ');
      lines.push(`(define-fun b${at} () Bool (and ${operands}))`);
    }
    if (node.kind === 'atom')
      lines.push(`(define-fun b${at} () Bool ${printAtom(node.inequality)})`);
  }
  for (const root of roots) lines.push(`(assert ${printLiteral(root)})`);
  return `${[...lines, '(check-sat)'].join('\n')}\n`;
}

function printLiteral(literal: Literal): string {
  if (Math.abs(literal) === 1) return String(literal > 0);
  return literal > 0 ? `b${literal}` : `(not b${-literal})`;
}

function printAtom({ terms, bound }: Inequality): string {
  const products = terms.map(([variable, c]) =>
    c === 1n ? `n${variable}` : `(* ${printNumber(c)} n${variable})`,
  );
  const sum = products.length === 1 ? products[0] : `(+ ${products.join(' ')})`;
  return `(<= ${sum} ${printNumber(bound)})`;
}

function printNumber(value: bigint): string {
  return value < 0n ? `(- ${-value})` : String(value);
}
