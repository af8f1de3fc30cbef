// Whether what a model says about equal terms agrees: lemmas about equality that it violates.

import type { Literal } from '../formula/formula.ts';
import { createExclusion, type Lemma } from '../terms/lemma.ts';
import { listTerms, type Terms } from '../terms/terms.ts';
import { Closure } from './closure.ts';
import type { LemmaStatement, Said } from './said.ts';

export function createClosure(terms: Terms, said: Said): Closure {
  const closure = new Closure(terms);
  for (const { literal, atom, isTrue } of said.statements)
    if (atom.kind === 'equal' && isTrue) closure.merge(atom.a, atom.b, [literal]);
  closure.close([...said.terms]);
  return closure;
}

export function findViolatedEqualities(
  terms: Terms,
  { statements }: Said,
  closure: Closure,
): readonly Lemma[] {
  const { conflict } = closure;
  const found: (readonly Literal[])[] = conflict === undefined ? [] : [conflict];
  const seen = new Map<string, LemmaStatement>();
  for (const statement of statements) {
    const { literal, atom, isTrue } = statement;
    if (atom.kind === 'equal') {
      const isSame = closure.findRoot(atom.a) === closure.findRoot(atom.b);
      if (!isTrue && isSame) found.push([literal, ...closure.explain(atom.a, atom.b)]);
      continue;
    }
    const args = listTerms(atom);
    const of = atom.kind === 'test' ? `test ${atom.test.key}` : `set ${atom.set}`;
    const key = `${args.map((arg) => closure.findRoot(arg)).join(' ')} ${of}`;
    const before = seen.get(key);
    if (before === undefined) seen.set(key, statement);
    else if (before.isTrue !== isTrue) {
      const others = listTerms(before.atom);
      const why = args.flatMap((arg, index) => closure.explain(arg, others[index] ?? arg));
      found.push([literal, before.literal, ...why]);
    }
    if (atom.kind !== 'test') continue;
    const constants = args.flatMap((arg) => closure.findConstant(arg) ?? []);
    const values = constants.map((constant) => terms.findValue(constant) ?? '');
    if (constants.length === args.length && atom.test.evaluate(values) !== isTrue) {
      const why = args.flatMap((arg, index) => closure.explain(arg, constants[index] ?? arg));
      found.push([literal, ...why]);
    }
  }
  return found.map((literals) => createExclusion('equality', literals));
}
