// Reads a decision log that was opened: verifies its chain, so that no entry is missing or changed, and returns its entries or
// the faults of its lines. Describes what cannot be read from it.

import { pluralize } from '@nhipol/language/support';
import type { LogProblem } from '@nhipol/service';
import {
  type DecisionLogEntry,
  type LineFault,
  type NotReplayed,
  readDecisionLogLine,
} from '@nhipol/testing/replay';
import { UsageError } from './exit-codes.ts';
import { isBlank, type Recording } from './recording.ts';

export interface DecisionLogRead {
  readonly entries: readonly DecisionLogEntry[];
  readonly faults: readonly LineFault[];
  /** The number of entries that were being written when a process stopped. */
  readonly incomplete: number;
}

/** The problem of a line of a log, for people. */
export const logDamages: Readonly<Record<LogProblem, string>> = {
  no_beginning:
    'lines before this one are missing: if they were moved elsewhere, name the digest of the last of them with --anchor',
  broken_link: 'this line, or one before it, was changed, inserted or removed',
  not_an_entry: 'this is not an entry of a decision log',
  incomplete:
    'this entry is incomplete: the process or the machine stopped while it was written, or the disk was full',
};

/** `anchor`: the digest of the line before the first one, or `undefined` if the log is whole. */
export async function readDecisionLog(
  { batches }: Recording,
  anchor: string | undefined,
): Promise<DecisionLogRead> {
  const { createVerifier, isDigest } = await import('@nhipol/service');
  if (anchor !== undefined && !isDigest(anchor)) {
    throw new UsageError(`--anchor: ${anchor} is not a digest: expected sha-256:…`);
  }
  const verifier = createVerifier({ anchor });
  const entries: DecisionLogEntry[] = [];
  const faults: LineFault[] = [];
  let incomplete = 0;
  let line = 0;
  for await (const batch of batches) {
    for (const bytes of batch) {
      line += 1;
      const problem = isBlank(bytes) ? 'not_an_entry' : verifier.add(bytes);
      if (problem === 'incomplete') {
        incomplete += 1;
        continue;
      }
      const read =
        problem === undefined
          ? readDecisionLogLine(bytes, line)
          : { line, path: '$', message: `${logDamages[problem]}; see \`nhipol log verify\`` };
      if ('message' in read) faults.push(read);
      else entries.push(read);
    }
  }
  return { entries, faults, incomplete };
}

const reasons: Readonly<Record<NotReplayed, readonly [one: string, several: string]>> = {
  recheck: ['re-evaluation of a call that ran', 're-evaluations of calls that ran'],
  refusal: ['message that was refused unread', 'messages that were refused unread'],
  revocation: ['revocation', 'revocations'],
  policy: ['change of the policy', 'changes of the policy'],
  unopened: [
    'entry of a session that was opened before the log begins',
    'entries of sessions that were opened before the log begins',
  ],
  undecided: ['denial that no session decided', 'denials that no session decided'],
  alone: ['decision outside of sessions', 'decisions outside of sessions'],
  undeclared: ['event that the policy does not declare', 'events that the policy does not declare'],
  unknown: ['entry of an unknown kind', 'entries of unknown kinds'],
};

/** The maximum number of masked members to name. */
const maxNames = 8;

/** Describes what was not used of a log, and which members are unknown because they are masked; one line each. */
export function describeGaps(
  { entries, incomplete }: DecisionLogRead,
  notReplayed: ReadonlyMap<NotReplayed, number>,
): readonly string[] {
  const counts = [...notReplayed].map(([reason, count]) => pluralize(count, ...reasons[reason]));
  if (incomplete > 0) counts.push(pluralize(incomplete, 'incomplete entry', 'incomplete entries'));
  const paths = entries.flatMap(({ masked }) => masked.map((path) => path.join('.')));
  const masked = [...new Set(paths)].sort();
  const names = masked.slice(0, maxNames).join(', ');
  const more = masked.length > maxNames ? ` and ${masked.length - maxNames} more` : '';
  return [
    ...(counts.length === 0 ? [] : [`not used: ${counts.join(', ')}`]),
    ...(masked.length === 0 ? [] : [`masked in the log, so unknown: ${names}${more}`]),
  ];
}
