// The proofs about the members that a policy declares: which of them can loosen an answer by their absence, and for each
// that has an order, which changes never loosen one. Lines of text with files of the requests, and JSON.

import { maskSecrets } from '@nhipol/language';
import { findSourcePlace, type PolicyModel } from '@nhipol/language/model';
import { displayText, pluralize } from '@nhipol/language/support';
import {
  constructs,
  isProvedEverywhere,
  type Monotone,
  nameDirections,
  type Omitted,
  type Shown,
  type Verdict,
} from '@nhipol/proving';
import { findAllowance, noTables } from '@nhipol/testing';
import type { Colors } from '../io/console.ts';
import { writeRequests } from './counterexample.ts';
import { describeEffectChange, nameVerdict } from './proofs.ts';

export interface SchemaProofs {
  readonly omissions: readonly Omitted[];
  readonly monotonicity: readonly Monotone[];
}

/** The lines that follow the claim that missing data restricts. */
export async function formatOmissions(
  policy: PolicyModel,
  each: readonly Omitted[],
  folder: string,
): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const omitted of each) {
    const { path, verdict } = omitted;
    if (verdict.kind !== 'refuted') continue;
    lines.push(
      `but ${displayText(`without ${path} ${describeEffectChange(verdict)}${describeHow(policy, omitted)}`)}`,
    );
    await writeRequests(policy, `without ${path}`, verdict.confirmation.requests, folder);
  }
  const open = each.filter(({ verdict }) => isOpen(verdict)).map(({ path }) => path);
  const others = each.length - lines.length - open.length;
  if (open.length > 0) lines.push(`not decided: without ${open.join(', ')}`);
  const total = pluralize(each.length, 'member');
  if (others > 0)
    lines.push(
      `proved: none of the others (${others} of ${total} that rules read and requests may omit)${others === 1 ? '' : ', nor several of them'}`,
    );
  return lines;
}

/** How the policy explicitly states that the answer may be looser. */
function describeHow(policy: PolicyModel, { path, verdict }: Omitted): string {
  if (verdict.kind !== 'refuted') return '';
  const sample = { text: verdict.request, now: undefined, tables: noTables };
  const allowance = findAllowance(policy, sample, path);
  if (allowance === undefined) return '';
  const { file, line } = findSourcePlace(policy, allowance.span);
  return `: ${allowance.rule} ${allowance.how} (${file}:${line})`;
}

/** A line for each member with an order. */
export async function formatMonotonicity(
  policy: PolicyModel,
  monotonicity: readonly Monotone[],
  colors: Colors,
  folder: string,
): Promise<string> {
  if (monotonicity.length === 0) return '';
  const width = Math.max(...monotonicity.map(({ path }) => displayText(path).length));
  const lines: string[] = [];
  for (const { path, type, up, down } of monotonicity) {
    const [more, less] = nameDirections(path, type);
    const never = [
      ...selectWord(more, up, isProvedEverywhere),
      ...selectWord(less, down, isProvedEverywhere),
    ];
    const open = [...selectWord(more, up, isOpen), ...selectWord(less, down, isOpen)];
    const found = [...listChanges(more, up), ...listChanges(less, down)];
    const words =
      never.length > 0
        ? never.join(' or ')
        : open.length === 0
          ? `neither: ${found.join(', ')}`
          : `not decided: ${open.join(', ')}`;
    const mark = never.length > 0 ? colors.good('✓') : colors.warning('?');
    lines.push(`    ${mark} ${displayText(path).padEnd(width)}  ${words}`);
    if (never.length > 0) continue;
    for (const [word, verdict] of [[more, up] as const, [less, down] as const])
      if (verdict.kind === 'refuted')
        await writeRequests(policy, `${word} ${path}`, verdict.confirmation.requests, folder);
  }
  return `${['  changes of one member that never loosen an answer', ...lines].join('\n')}\n`;
}

/** Neither refuted nor proved in every session. */
function isOpen(verdict: Verdict<Shown>): boolean {
  return verdict.kind !== 'refuted' && !isProvedEverywhere(verdict);
}

function selectWord(
  word: string,
  verdict: Verdict<Shown>,
  isWanted: (verdict: Verdict<Shown>) => boolean,
): readonly string[] {
  return isWanted(verdict) ? [word] : [];
}

function listChanges(word: string, verdict: Verdict<Shown>): readonly string[] {
  return verdict.kind === 'refuted' ? [`${word} ${describeEffectChange(verdict)}`] : [];
}

/** For programs, with secret members masked. */
export function buildOmissionsJson(
  policy: PolicyModel,
  each: readonly Omitted[],
): readonly object[] {
  return each.map(({ path, verdict }) => ({ path, ...buildVerdictJson(policy, verdict) }));
}

export function buildMonotonicityJson(
  policy: PolicyModel,
  monotonicity: readonly Monotone[],
): readonly object[] {
  return monotonicity.map(({ path, type, up, down }) => {
    const [more, less] = nameDirections(path, type);
    return {
      path,
      changes: [
        { change: more, ...buildVerdictJson(policy, up) },
        { change: less, ...buildVerdictJson(policy, down) },
      ],
    };
  });
}

function buildVerdictJson(policy: PolicyModel, verdict: Verdict<Shown>): object {
  if (verdict.kind === 'proved')
    return { verdict: nameVerdict(verdict), inSessions: verdict.assumptions.inSessions };
  if (verdict.kind === 'undecided') {
    const because = verdict.because.map(({ construct }) => constructs[construct].name);
    return { verdict: 'not proved', because: [...new Set(because)] };
  }
  const { requests, answers } = verdict.confirmation;
  return {
    verdict: 'refuted',
    requests: requests.map((text): unknown => JSON.parse(maskSecrets(policy, text))),
    effects: answers.map(({ effect }) => effect),
  };
}
