// Searches for a model of a script: corrects models by what functions say that the encoding does not have.

import type { Cvc5, ModelValue } from './cvc5.ts';
import type { Encoding } from './encoding.ts';
import { preferences } from './facts.ts';
import { listTerms, type Model, Writer } from './requests.ts';
import type { Term } from './smt.ts';

/** A request with the contents of external tables. */
export interface Found {
  readonly request: string;
  readonly tables: ReadonlyMap<string, string>;
}

export type Searched =
  | { readonly kind: 'unsat' }
  | { readonly kind: 'unknown' }
  | ({ readonly kind: 'sat' } & Found);

/** Models that are corrected before the search ends. */
const maxRounds = 12;

/** A request for which the conditions are true. */
export async function search(
  solver: Cvc5,
  encoding: Encoding,
  conditions: readonly Term[],
  timeout: number,
): Promise<Searched> {
  const preferred = [
    ...encoding.expressions.preferred,
    ...(preferences.get(encoding.script) ?? []),
  ];
  if (preferred.length > 0) {
    const first = await searchOnce(solver, encoding, [...conditions, ...preferred], timeout);
    if (first.kind === 'sat') return first;
  }
  return searchOnce(solver, encoding, conditions, timeout);
}

async function searchOnce(
  solver: Cvc5,
  { text, facts, expressions, script }: Encoding,
  conditions: readonly Term[],
  timeout: number,
): Promise<Searched> {
  const { oracles, asked } = expressions;
  const terms = [
    ...new Set([...listTerms(facts, asked), ...oracles.map(({ argument }) => argument)]),
  ];
  const lemmas: Term[] = [];
  for (let round = 0; round < maxRounds; round += 1) {
    const asserts = [...conditions, ...lemmas];
    const found = await solver.ask({ script: text, asserts, terms, timeout });
    if (found.kind !== 'sat') return found;
    const values = new Map<Term, ModelValue>(
      terms.map((term, index) => [term, found.values[index] as ModelValue]),
    );
    const readModel: Model = (term) => values.get(term) ?? false;
    const added = script.inline(() =>
      oracles.map(({ argument, lemma }) => lemma(readModel(argument) as string | bigint)),
    );
    const next = [...new Set(added)].filter((term) => term !== 'true' && !lemmas.includes(term));
    if (next.length === 0) {
      const writer = new Writer(facts, readModel);
      return { kind: 'sat', request: writer.request(), tables: writer.tables(asked) };
    }
    lemmas.push(...next);
  }
  return { kind: 'unknown' };
}
