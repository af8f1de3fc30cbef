// The evidence of each claim, and the parts of nhipol that are trusted, as lines of text and as JSON.

import type { PolicyModel } from '@nhipol/language/model';
import { pluralize } from '@nhipol/language/support';
import {
  type ClaimEvidence,
  type ClaimVerdict,
  type ConstructRow,
  constructs,
  type DecidedSet,
  type PartOf,
  parts,
  selectEvidence,
  type TrustPart,
} from '@nhipol/proving';
import type { Colors } from '../io/console.ts';
import { countPartLines } from './trusted-lines.ts';

/** The evidence of each verdict. */
export type EvidenceOfClaims = ReadonlyMap<ClaimVerdict, ClaimEvidence>;

export function collectEvidence(
  policy: PolicyModel,
  decidedSets: readonly DecidedSet[],
): EvidenceOfClaims {
  return new Map(
    decidedSets.flatMap((set) =>
      set.verdicts.map((verdict) => [verdict, selectEvidence(policy, set, verdict)] as const),
    ),
  );
}

/** Lines below the line of a claim. */
export function formatEvidence({ constructs: read, proof, isRefuted }: ClaimEvidence): string {
  if (isRefuted) return '      rests on the evaluator, which confirmed it\n';
  const rows = read.map((construct): ConstructRow => constructs[construct]);
  const lines = [
    'reads',
    ...rows.map(
      ({ name, precision }) => `  ${name}${precision === 'exact' ? '' : ' (approximated)'}`,
    ),
    ...(proof === undefined
      ? []
      : ['rests on', ...describeProof(proof).map((each) => `  ${each}`)]),
  ];
  return lines.map((line) => `      ${line}\n`).join('');
}

function describeProof({ listSteps, lemmaSteps, lemmas }: NonNullable<ClaimEvidence['proof']>) {
  const kinds = [...lemmas].map(([kind, count]) => `${kind}: ${count}`);
  const count = [...lemmas.values()].reduce((sum, lemma) => sum + lemma, 0);
  return [
    `a proof by lists of values: ${pluralize(listSteps, 'step')}, which the checker of steps accepts`,
    `a proof by lemmas: ${pluralize(lemmaSteps, 'step')}, which the checker of steps accepts, and ${pluralize(count, 'lemma')}${
      count === 0 ? '' : ` (${kinds.join(', ')}), which the checker of lemmas accepts`
    }`,
  ];
}

const titles: Readonly<Record<Exclude<PartOf, 'neither'>, string>> = {
  both: 'both proofs',
  lists: 'the proof by lists of values only',
  lemmas: 'the proof by lemmas only',
};

/** The parts that are trusted, after all claims. */
export function printTrustedParts(colors: Colors): string {
  const lines = countPartLines();
  const sections = Object.entries(titles).flatMap(([of, title]) => {
    const sectionParts = parts.filter((part) => part.of === of);
    const total = addNumbers(sectionParts.map(({ name }) => lines[name] ?? 0));
    return [
      `  ${title}: ${total} lines`,
      ...sectionParts.map(
        ({ name, ifWrong }) => `    ${lines[name] ?? 0} ${name}: if wrong, ${ifWrong}`,
      ),
    ];
  });
  const head = [
    colors.strong('trusted, as no certificate covers it'),
    '  the language: the evaluator defines what a policy means',
  ];
  return `${[...head, ...sections].join('\n')}\n`;
}

function addNumbers(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

export function buildEvidenceJson({ constructs: read, proof }: ClaimEvidence): object {
  return {
    constructs: read.map((construct) => {
      const { name, precision }: ConstructRow = constructs[construct];
      return { name, isExact: precision === 'exact' };
    }),
    ...(proof === undefined
      ? {}
      : {
          proofs: {
            lists: { steps: proof.listSteps },
            lemmas: { steps: proof.lemmaSteps, lemmas: Object.fromEntries(proof.lemmas) },
          },
          checkers: [
            'the checker of steps',
            ...(proof.lemmas.size === 0 ? [] : ['the checker of lemmas']),
          ],
        }),
  };
}

export function listTrustedParts(): readonly object[] {
  const lines = countPartLines();
  return parts
    .filter(({ of }) => of !== 'neither')
    .map(({ name, of, paths, ifWrong }: TrustPart) => ({
      name,
      of,
      lines: lines[name] ?? 0,
      ifWrong,
      paths: paths.map((path) => `assurance/proving/${path}`),
    }));
}
