// Ways to change the certificate of a claim: its fields, the terms and literals of its lemmas, and its steps.

import type { LemmaContent, TermContent } from '../../../assurance/proving/certificate/content.ts';
import type { LemmaProof, ProofClaim, ProofStep } from '../../../assurance/proving/claims/proof.ts';

export interface Dice {
  /** A whole number below a limit. */
  readonly below: (limit: number) => number;
  readonly pick: <T>(all: readonly T[]) => T;
}

type Mutable<T> = T extends (infer E)[] | readonly (infer E)[]
  ? Mutable<E>[]
  : T extends object
    ? { -readonly [K in keyof T]: Mutable<T[K]> }
    : T;

/** The claims of a certificate, which changes write to. */
export type Draft = Mutable<readonly ProofClaim[]>;

type Change = (draft: Draft, dice: Dice) => void;

/** The claims with a proof by lemmas. */
function listProofs(draft: Draft): { claim: Draft[number]; proof: Mutable<LemmaProof> }[] {
  return draft.flatMap((claim) =>
    claim.lemmas === undefined ? [] : [{ claim, proof: claim.lemmas }],
  );
}

function listLemmas(draft: Draft): { proof: Mutable<LemmaProof>; lemma: Mutable<LemmaContent> }[] {
  return listProofs(draft).flatMap(({ proof }) => proof.lemmas.map((lemma) => ({ proof, lemma })));
}

function listTerms(draft: Draft): { proof: Mutable<LemmaProof>; name: string }[] {
  return listProofs(draft).flatMap(({ proof }) =>
    Object.keys(proof.terms).map((name) => ({ proof, name })),
  );
}

function inLemma(
  change: (lemma: Mutable<LemmaContent>, dice: Dice, proof: Mutable<LemmaProof>) => void,
): Change {
  return (draft, dice) => {
    const { proof, lemma } = dice.pick(listLemmas(draft));
    change(lemma, dice, proof);
  };
}

function inProof(change: (proof: Mutable<LemmaProof>, dice: Dice, draft: Draft) => void): Change {
  return (draft, dice) => change(dice.pick(listProofs(draft)).proof, dice, draft);
}

function listSteps(draft: Draft): Mutable<ProofStep>[][] {
  return draft.flatMap(({ lists, lemmas }) =>
    [lists, lemmas].flatMap((proof) =>
      proof === undefined || proof.steps.length === 0 ? [] : [proof.steps],
    ),
  );
}

function inSteps(change: (steps: Mutable<ProofStep>[], at: number, dice: Dice) => void): Change {
  return (draft, dice) => {
    const steps = dice.pick(listSteps(draft));
    change(steps, dice.below(steps.length), dice);
  };
}

function getLiterals(step: Mutable<ProofStep> | undefined): number[] {
  return step === undefined ? [] : 'sum' in step ? step.sum : step;
}

/** The tests that lemmas of the certificate ask. */
function listTests(draft: Draft): string[] {
  return listLemmas(draft).flatMap(({ lemma }) =>
    lemma.not.flatMap((literal) => {
      const atom = 'not' in literal ? literal.not : literal;
      return 'test' in atom ? [atom.test] : [];
    }),
  );
}

export const changes: Readonly<Record<string, Change>> = {
  'a lemma is removed': inProof((proof, { below }) => {
    proof.lemmas.splice(below(proof.lemmas.length), 1);
  }),
  'a lemma of another claim is added': (draft, { pick }) => {
    const { proof, lemma } = pick(listLemmas(draft));
    const other = pick(listProofs(draft)).proof;
    other.lemmas.push(structuredClone(lemma));
    Object.assign(other.terms, structuredClone(proof.terms));
  },
  'lemmas are reversed': inProof((proof) => {
    proof.lemmas.reverse();
  }),
  'a literal is removed': inLemma((lemma, { below }) => {
    lemma.not.splice(below(lemma.not.length), 1);
  }),
  'a literal is negated': inLemma((lemma, { below }) => {
    const at = below(lemma.not.length);
    const literal = lemma.not[at];
    if (literal !== undefined) lemma.not[at] = 'not' in literal ? literal.not : { not: literal };
  }),
  'a literal of another lemma is added': (draft, { pick }) => {
    const [{ lemma }, other] = [pick(listLemmas(draft)), pick(listLemmas(draft))];
    if (other.lemma.not.length > 0) lemma.not.push(structuredClone(pick(other.lemma.not)));
  },
  'a test is another one': (draft, { pick }) => {
    const { lemma } = pick(listLemmas(draft));
    for (const literal of lemma.not) {
      const atom = 'not' in literal ? literal.not : literal;
      if ('test' in atom) atom.test = pick(listTests(draft));
    }
  },
  'a literal is about another term': inLemma((lemma, { pick }, proof) => {
    const names = Object.keys(proof.terms);
    for (const literal of lemma.not) {
      const atom = 'not' in literal ? literal.not : literal;
      if ('member' in atom) atom.member = pick(names);
      else ('test' in atom ? atom.of : atom.equal)[0] = pick(names);
    }
  }),
  'a lemma has another kind': inLemma((lemma, { pick }) => {
    lemma.kind = pick(['equality', 'language', 'addresses'] as const);
  }),
  'a term is another one': (draft, { pick }) => {
    const { proof, name } = pick(listTerms(draft));
    const other = pick(listTerms(draft));
    proof.terms[name] = structuredClone(other.proof.terms[other.name]) as Mutable<TermContent>;
  },
  'a constant is another one': (draft, { pick }) => {
    const { proof, name } = pick(listTerms(draft));
    proof.terms[name] = { constant: pick(['a-root', 'A-Root', 'b', 'read', 'spiffe://prod/x']) };
  },
  'a term is removed': (draft, { pick }) => {
    const { proof, name } = pick(listTerms(draft));
    delete proof.terms[name];
  },
  'a step is removed': inSteps((steps, at) => {
    steps.splice(at, 1);
  }),
  'a literal of a step is changed': inSteps((steps, at, { below, pick }) => {
    const literals = getLiterals(steps[at]);
    if (literals.length === 0) literals.push(1);
    const own = below(literals.length);
    literals[own] = (literals[own] ?? 1) * pick([1, -1]) + pick([-1, 0, 1, 7]);
  }),
  'a step contradicts everything': inSteps((steps, at, { pick }) => {
    steps[at] = pick([[], { sum: [], by: [] }]);
  }),
  'the years are others': inProof((proof, { pick }) => {
    proof.years = [pick([0, 1970, 2026, 9999])];
  }),
  'it is about other sessions': (draft, { pick }) => {
    const { lists, lemmas } = pick(draft.filter(({ verdict }) => verdict === 'proved'));
    for (const proof of [lists, lemmas])
      if (proof !== undefined) proof.inSessions = pick([true, false]);
  },
  'the proof is that of another claim': (draft, { pick }) => {
    const { lists, lemmas } = pick(draft.filter(({ verdict }) => verdict === 'proved'));
    const target = pick(draft);
    target.verdict = 'proved';
    if (lists !== undefined) target.lists = structuredClone(lists);
    if (lemmas !== undefined) target.lemmas = structuredClone(lemmas);
  },
  'the names of two claims are exchanged': (draft, { pick }) => {
    const [a, b] = [pick(draft), pick(draft)];
    [a.name, b.name] = [b.name, a.name];
  },
  'both proofs are exchanged': (draft, { pick }) => {
    const claim = pick(draft.filter(({ verdict }) => verdict === 'proved'));
    const { lists, lemmas } = claim;
    if (lists !== undefined && lemmas !== undefined)
      Object.assign(claim, { lists: lemmas, lemmas: { ...lemmas, ...lists } });
  },
  'a proof is missing': (draft, { pick }) => {
    const claim = pick(draft.filter(({ verdict }) => verdict === 'proved'));
    delete claim[pick(['lists', 'lemmas'] as const)];
  },
};
