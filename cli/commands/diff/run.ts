// Implements `nhipol diff`: compares the decisions of two versions of a policy on requests generated near the
// boundary values of both, or on recorded requests. With `--no-loosening`, a loosened decision is a finding.

import { hasErrors, listExternalTables, type RequestClock } from '@nhipol/language';
import { collectPolicyHistory, type PolicyModel } from '@nhipol/language/model';
import { displayText } from '@nhipol/language/support';
import {
  type DecidedDifferences,
  type Difference,
  decideDifferences,
  isProvedEverywhere,
} from '@nhipol/proving';
import { diffPage, diffText, renderHtml, renderMarkdown, type TitledDiff } from '@nhipol/reporting';
import { createRandomNumbers, filledAsTaken } from '@nhipol/testing';
import { diff, diffJson, isLooser, LogDiff, maskDiff, type PolicyDiff } from '@nhipol/testing/diff';
import {
  findContradictedDifference,
  findDifferenceContradiction,
  type ProofContradiction,
} from '@nhipol/testing/proofs';
import {
  findLogContradiction as contradictionOfLine,
  listRecordedRequests,
} from '@nhipol/testing/replay';
import { formatContradictions, matchDigest } from '../../engines/policy-digests.ts';
import { buildColors, type Console, defaultWidth } from '../../io/console.ts';
import { describeGaps, readDecisionLog } from '../../io/decision-log.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';
import { writeOrPrint } from '../../io/files.ts';
import { readPolicyOrModule } from '../../io/policies/check-policy.ts';
import {
  describeUnknownTable,
  findTableRefusal,
  readTables,
  type TableFile,
} from '../../io/policies/table-files.ts';
import { openRecording, type Recording } from '../../io/recording.ts';
import { refuseContradiction } from '../../output/contradiction.ts';
import { checkWithSolver, type NamedVerdict } from '../../output/cross-check.ts';
import { buildDifferencesJson, formatDifferences } from '../../output/difference-proofs.ts';
import { selectPolicyOrReport } from '../../output/policy-or-report.ts';

export interface DiffCommandOptions {
  readonly samples: number;
  readonly seed: number;
  /** A file of recorded requests, or `-`, or `undefined` if requests are generated. */
  readonly requests: string | undefined;
  /** The digest before the first line of a decision log, or `undefined` if the log is whole. */
  readonly anchor?: string | undefined;
  readonly now: bigint | undefined;
  readonly tables: readonly TableFile[];
  /** Whether a loosened decision is a finding. */
  readonly noLoosening: boolean;
  readonly format: 'text' | 'json' | 'markdown' | 'html';
  readonly output: string | undefined;
  /** Whether to decide for every request whether decisions differ; default: false. */
  readonly prove?: boolean;
  readonly effort?: number;
  /** The SMT solver that must agree with each verdict. */
  readonly solver?: string | undefined;
}

export async function diffCommand(
  [oldPath, newPath]: readonly [string, string],
  options: DiffCommandOptions,
  console: Console,
): Promise<ExitCode> {
  const inputs = options.tables.map((table) => table.path);
  if (options.requests !== undefined) inputs.push(options.requests);
  const [old, now] = [
    await loadPolicy(oldPath, console, inputs),
    await loadPolicy(newPath, console, inputs),
  ];
  if (old === undefined || now === undefined) return exitCode.findings;
  const tables = await readTables(options.tables, createTableCheck(old, now));
  const [before, after] = [filledAsTaken(old, tables), filledAsTaken(now, tables)];
  const policyDiff = await findDifferences(before, after, options, console);
  const titled = {
    name: now.name,
    before: { version: old.version, file: oldPath },
    after: { version: now.version, file: newPath },
    log: options.requests === '-' ? 'standard input' : options.requests,
    diff: maskDiff(old, now, policyDiff),
  };
  const { effort, seed } = options;
  const limit = effort === undefined ? {} : { effort };
  const decidedDifferences = options.prove
    ? decideDifferences(old, now, { ...limit, random: createRandomNumbers(seed) })
    : undefined;
  const proofs = decidedDifferences?.differences ?? [];
  await refuseContradiction(newPath, now, findContradiction(policyDiff, old, now, proofs, seed));
  const text = withProofs(
    renderDiff(titled, buildDifferencesJson([old, now], proofs), options, console),
    [old, now],
    proofs,
    options,
    console,
  );
  await writeOrPrint(options.output, text, console, inputs);
  if (options.solver !== undefined && decidedDifferences !== undefined)
    await checkWithSolver(options.solver, listVerdicts(decidedDifferences), console);
  const looser = proofs.find(({ kind }) => kind === 'looser')?.verdict;
  const mayLoosen = isLoosened(policyDiff) || (looser !== undefined && !isProvedEverywhere(looser));
  return options.noLoosening && mayLoosen ? exitCode.findings : exitCode.fine;
}

/** The contradiction between the proofs and the differences that were found, or others. */
function findContradiction(
  policyDiff: PolicyDiff,
  old: PolicyModel,
  now: PolicyModel,
  proofs: readonly Difference[],
  seed: number,
): ProofContradiction | undefined {
  const examples = policyDiff.changes.flatMap((change) => change.examples);
  return (
    findDifferenceContradiction(examples, proofs) ??
    findContradictedDifference(old, now, proofs, { seed })
  );
}

function listVerdicts({ prover, differences }: DecidedDifferences): readonly NamedVerdict[] {
  return differences.map(({ kind, goal, verdict }) => ({ name: kind, prover, goal, verdict }));
}

/** Reads a policy and adds its files to `inputs`. Returns undefined after reporting errors. */
async function loadPolicy(
  path: string,
  console: Console,
  inputs: string[],
): Promise<PolicyModel | undefined> {
  const file = await readPolicyOrModule(path);
  if (file.kind === 'module')
    throw new UsageError(`${path} is a module: a comparison needs the sources of both policies`);
  const { diagnostics, files } = file.checked;
  inputs.push(...files);
  // Warnings are left to `check`: a policy that can be deployed can be compared.
  return hasErrors(diagnostics) ? selectPolicyOrReport(file.checked, console) : file.checked.policy;
}

/** Validates the contents of a table against the versions that declare it; one of them may not. */
function createTableCheck(old: PolicyModel, now: PolicyModel) {
  return (name: string, text: string): string | undefined => {
    const declaring = [old, now].filter((policy) =>
      listExternalTables(policy).some((table) => table.name === name),
    );
    if (declaring.length > 0) {
      return declaring
        .map((policy) => findTableRefusal(policy, name, text))
        .find((why) => why !== undefined);
    }
    const names = [old, now].flatMap(listExternalTables).map((table) => table.name);
    return describeUnknownTable([...new Set(names)]);
  };
}

async function findDifferences(
  before: PolicyModel,
  after: PolicyModel,
  { requests, anchor, now, samples, seed }: DiffCommandOptions,
  console: Console,
): Promise<PolicyDiff> {
  if (requests === undefined) return diff(before, after, { samples, seed });
  const clock =
    now === undefined
      ? ({ now: BigInt(Date.now()), precedence: 'request' } as const)
      : ({ now, precedence: 'host' } as const);
  const log = new LogDiff(before, after);
  const recording = await openRecording(requests, console.input);
  if (recording.isDecisionLog) {
    await addDecisions(requests, { recording, anchor, log, clock, before }, console);
    return log.result;
  }
  let line = 0;
  for await (const batch of recording.batches) {
    for (const request of batch) {
      line += 1;
      log.add(request, clock, line);
    }
  }
  if (line === 0) throw new UsageError(`${requests} contains no requests`);
  return log.result;
}

interface LogComparison {
  readonly recording: Recording;
  readonly anchor: string | undefined;
  readonly log: LogDiff;
  readonly clock: RequestClock;
  readonly before: PolicyModel;
}

async function addDecisions(
  name: string,
  { recording, anchor, log, clock, before }: LogComparison,
  console: Console,
): Promise<void> {
  const read = await readDecisionLog(recording, anchor);
  const [fault] = read.faults;
  if (fault !== undefined) {
    throw new UsageError(`${recording.describePlace(fault.line)}: ${fault.path}: ${fault.message}`);
  }
  const { items, notReplayed } = listRecordedRequests(read.entries);
  const isHistoryRead = collectPolicyHistory(before).length > 0;
  const differing = items.flatMap(({ line, request, entry }) => {
    const { effect } = log.add(request, clock, line);
    // Rules about history see it as unknown here.
    return isHistoryRead ? [] : (contradictionOfLine(entry, effect) ?? []);
  });
  for (const gap of describeGaps(read, notReplayed)) console.err(`${displayText(gap)}\n`);
  const find = (digests: ReadonlySet<string>) => matchDigest(before, digests);
  for (const each of await formatContradictions(differing, find, recording.describePlace)) {
    console.err(`${displayText(each)}\n`);
  }
  if (items.length === 0) throw new UsageError(`${name} contains no requests to compare`);
}

/** The report with the verdicts at its end; that in JSON has them. */
function withProofs(
  report: string,
  policies: readonly [PolicyModel, PolicyModel],
  proofs: readonly Difference[],
  { format, output }: DiffCommandOptions,
  console: Console,
): string {
  if (proofs.length === 0 || format === 'json') return report;
  const colors = output === undefined && format === 'text' ? console.outColors : buildColors(false);
  const lines = formatDifferences(policies, proofs, colors);
  return format === 'markdown' ? `${report}\n\`\`\`text\n${lines}\`\`\`\n` : `${report}\n${lines}`;
}

function isLoosened({ changes, sessions }: PolicyDiff): boolean {
  return [...changes, ...(sessions?.changes ?? [])].some(isLooser);
}

function renderDiff(
  titled: TitledDiff,
  proofs: readonly object[],
  { format, output }: DiffCommandOptions,
  console: Console,
): string {
  const isPrinted = output === undefined;
  switch (format) {
    case 'text':
      return diffText(
        titled,
        isPrinted ? console.width : defaultWidth,
        isPrinted ? console.outColors : buildColors(false),
      );
    case 'json':
      return diffJson(titled, titled.diff, proofs);
    case 'markdown':
      return renderMarkdown(diffPage(titled));
    case 'html':
      return renderHtml(diffPage(titled));
  }
}
