// The parts of the code that decide claims, and whether a mistake in them can be a false proof.

/** The provers that a part belongs to: a false proof needs a mistake that both share, or one in each. */
export type PartOf = 'both' | 'lists' | 'lemmas' | 'neither';

export interface TrustPart {
  readonly name: string;
  readonly of: PartOf;
  /** Files and folders below `assurance/proving/`; a longer path takes precedence over the folder that it is in. */
  readonly paths: readonly string[];
  readonly ifWrong: string;
}

export const parts: readonly TrustPart[] = [
  {
    name: 'the checker of steps',
    of: 'both',
    paths: ['certificate/', 'formula/clauses.ts'],
    ifWrong: 'a certificate is accepted that proves nothing',
  },
  {
    name: 'formulas',
    of: 'both',
    paths: ['formula/'],
    ifWrong: 'a certificate is about something else',
  },
  {
    name: 'the evaluator as formulas: expressions, facts and decisions',
    of: 'both',
    paths: ['expressions/', 'facts/', 'symbolic/', 'decision/', 'domains/flow.ts'],
    ifWrong: 'a wrong clause excludes requests: a false proof',
  },
  {
    name: 'history, for any session',
    of: 'both',
    paths: ['history/'],
    ifWrong: 'a wrong clause excludes sessions: a false proof',
  },
  {
    name: 'claims, and what a proof of them is',
    of: 'both',
    paths: ['claims/', 'prover.ts', 'provers.ts', 'queries.ts'],
    ifWrong: 'another claim is proved',
  },
  {
    name: 'automata of tests and functions of strings',
    of: 'both',
    paths: ['automata/'],
    ifWrong: 'a list is too short, and a lemma is accepted that some strings falsify',
  },
  {
    name: 'lists of strings, addresses and elements',
    of: 'lists',
    paths: ['domains/', 'values/listed-values.ts'],
    ifWrong:
      'a list that is too short excludes requests; a false proof if lemmas prove the claim as well',
  },
  {
    name: 'the checker of lemmas',
    of: 'lemmas',
    paths: ['lemma-checker/'],
    ifWrong:
      'a lemma is accepted that some strings falsify; a false proof if lists prove the claim as well',
  },
  {
    name: 'terms, their elements, and builtins on them',
    of: 'lemmas',
    paths: [
      'terms/',
      'values/',
      'lemma-prover.ts',
      'facts/elements.ts',
      'expressions/some.ts',
      'expressions/open-aggregates.ts',
      'expressions/open-sizes.ts',
      'symbolic/text-sets.ts',
    ],
    ifWrong:
      'a test means something else; a builtin or an element that is forgotten costs a proof only',
  },
  {
    name: 'the searches for steps, values, lemmas, requests and sessions',
    of: 'neither',
    paths: [
      'solver/',
      'lemmas/',
      'witness/',
      'formula/budget.ts',
      'history/bounded-history.ts',
      'history/session-search.ts',
      'history/session-witness.ts',
    ],
    ifWrong: 'a proof or a refutation is not found',
  },
  {
    name: 'reading and writing of certificates and scripts',
    of: 'neither',
    paths: [
      'certificate/content.ts',
      'claims/proof.ts',
      'claims/read-proof.ts',
      'smt-lib.ts',
      'facts/construct-table.ts',
      'facts/constructs.ts',
      'index.ts',
      'public.ts',
      'trust/',
    ],
    ifWrong: 'a certificate is refused',
  },
];

/** The part that a file below `assurance/proving/` belongs to, or `undefined` if there is none. */
export function findTrustPart(file: string): TrustPart | undefined {
  const fitting = parts.flatMap((part) =>
    part.paths.flatMap((path) => (file.startsWith(path) ? [{ part, length: path.length }] : [])),
  );
  return fitting.sort((a, b) => b.length - a.length)[0]?.part;
}
