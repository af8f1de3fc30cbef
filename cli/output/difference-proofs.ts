// The verdicts about the differences of two policies as lines of text and as JSON.

import { maskSecrets } from '@nhipol/language';
import { findSourcePlace, type PolicyModel } from '@nhipol/language/model';
import { displayText } from '@nhipol/language/support';
import {
  constructs,
  type Difference,
  type DifferenceKind,
  differenceClaims,
  isProvedEverywhere,
} from '@nhipol/proving';
import { toAuthZen } from '@nhipol/runtime';
import type { Colors } from '../io/console.ts';
import { nameVerdict } from './proofs.ts';

const refuted: Readonly<Record<DifferenceKind, string>> = {
  looser: 'an effect is less strict',
  stricter: 'an effect is stricter',
  reasons: 'the reasons differ',
  constraints: 'the constraints differ',
  obligations: 'the obligations differ',
};

/** A line for each kind of difference, with a request where it exists, and the conclusion. */
export function formatDifferences(
  policies: readonly [PolicyModel, PolicyModel],
  differences: readonly Difference[],
  colors: Colors,
): string {
  const lines = differences.flatMap((difference) => printDifference(policies, difference, colors));
  const end = printConclusion(differences).map((line) => colors.good(line));
  return `${[colors.strong('for every request that is valid for both'), ...lines, ...end].join('\n')}\n`;
}

/** No line if it is not proved that they are equivalent. */
function printConclusion(differences: readonly Difference[]): readonly string[] {
  let inSessions = true;
  for (const { verdict } of differences) {
    if (verdict.kind !== 'proved') return [];
    inSessions &&= verdict.assumptions.inSessions;
  }
  return [`the policies are equivalent${inSessions ? '' : ' outside of sessions'}`];
}

function printDifference(
  policies: readonly [PolicyModel, PolicyModel],
  { kind, verdict }: Difference,
  colors: Colors,
): readonly string[] {
  if (verdict.kind === 'proved') {
    if (isProvedEverywhere(verdict))
      return [`  ${colors.good('✓')} ${differenceClaims[kind]}: proved`];
    return [`  ${colors.warning('?')} ${differenceClaims[kind]}: proved only outside of sessions`];
  }
  if (verdict.kind === 'undecided') {
    const [first] = verdict.because;
    const policy = policies.find(({ sources }) =>
      sources.some(({ path }) => path === first?.span.file),
    );
    const place = first && policy && findSourcePlace(policy, first.span);
    const why =
      first === undefined
        ? 'the effort was used up'
        : `${constructs[first.construct].name}${place ? ` (${displayText(place.file)}:${place.line})` : ''}`;
    return [`  ${colors.warning('?')} ${differenceClaims[kind]}: not proved`, `      ${why}`];
  }
  const { before, after } = verdict.confirmation;
  const words = ({ effect, reasons }: typeof before) => `${effect} because ${reasons.join(', ')}`;
  return [
    `  ${colors.error('✗')} ${refuted[kind]}`,
    `      ${words(before)} → ${words(after)}`,
    `      ${displayText(maskSecrets(policies[1], verdict.request))}`,
  ];
}

export function buildDifferencesJson(
  [, now]: readonly [PolicyModel, PolicyModel],
  differences: readonly Difference[],
): readonly object[] {
  return differences.map(({ kind, verdict }) => {
    if (verdict.kind === 'undecided') {
      const because = verdict.because.map(({ construct }) => constructs[construct].name);
      return { kind, verdict: 'not proved', because: [...new Set(because)] };
    }
    if (verdict.kind === 'proved') {
      const { inSessions } = verdict.assumptions;
      return { kind, verdict: nameVerdict(verdict), inSessions, steps: verdict.certificate.length };
    }
    const { before, after } = verdict.confirmation;
    const request = JSON.parse(maskSecrets(now, verdict.request)) as unknown;
    return { kind, verdict: 'refuted', request, old: toAuthZen(before), new: toAuthZen(after) };
  });
}
