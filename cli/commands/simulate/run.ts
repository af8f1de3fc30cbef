// Implements `nhipol simulate`: replays recorded sessions with evaluator and module, which must agree, and shows
// the timeline. If the log has invalid lines, it reports them and shows nothing.

import type { PolicyModel } from '@nhipol/language/model';
import { didYouMean, displayText, pluralize, suggest } from '@nhipol/language/support';
import { formatInstant } from '@nhipol/language/types';
import {
  renderHtml,
  renderMarkdown,
  type Titled as TitledTimeline,
  timelinePage,
  timelineText,
} from '@nhipol/reporting';
import { fillModule, fillTables, type TableTexts } from '@nhipol/testing';
import {
  createComparingHost,
  createEvaluatorHost,
  createModuleHost,
  type DecisionLogEntry,
  type Host,
  HostsDisagree,
  type LineFault,
  listContradictions,
  listSessionInputs,
  maskTimeline,
  maskTimelineOfModule,
  printTimelineJson,
  type Replayed,
  type ReplayLine,
  readLogLine,
  replay,
  selectSessions,
  type Timeline,
} from '@nhipol/testing/replay';
import { compileModule, type EngineName, openForeignModule } from '../../engines/engines.ts';
import { digestOfModule, formatContradictions, matchDigest } from '../../engines/policy-digests.ts';
import { buildColors, type Console, defaultWidth } from '../../io/console.ts';
import { describeGaps, readDecisionLog } from '../../io/decision-log.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';
import { writeOrPrint } from '../../io/files.ts';
import { readPolicyOrModule } from '../../io/policies/check-policy.ts';
import { findTableRefusal, readTables, type TableFile } from '../../io/policies/table-files.ts';
import { isBlank, openRecording, type Recording } from '../../io/recording.ts';
import { selectPolicyOrReport } from '../../output/policy-or-report.ts';
import { printStage } from '../../output/print-stage.ts';

export interface SimulateOptions {
  /** A file, or `-`. */
  readonly events: string;
  /** The digest before the first line of a decision log, or `undefined` if the log is whole. */
  readonly anchor?: string | undefined;
  readonly tables: readonly TableFile[];
  readonly until: bigint | undefined;
  /** The sessions to show; empty: all. */
  readonly sessions: readonly string[];
  /** `undefined` for both engines, or for the module if there is no source. */
  readonly engine: EngineName | 'both' | undefined;
  readonly format: 'text' | 'json' | 'markdown' | 'html';
  readonly output: string | undefined;
}

interface Subject {
  readonly name: string;
  readonly version: string;
  readonly host: () => Promise<Host>;
  /** Masks secret members. */
  readonly mask: (timeline: Timeline) => Timeline;
  /** Which of the digests in a decision log is the digest of the policy. */
  readonly findDigest: (digests: ReadonlySet<string>) => Promise<string | undefined>;
  /** The files from which the policy was read. */
  readonly files: readonly string[];
}

/** The number of invalid lines to print; further ones are counted. */
const maxFaults = 10;

export async function simulateCommand(
  path: string,
  options: SimulateOptions,
  console: Console,
): Promise<ExitCode> {
  const subject = await loadSubject(path, options, console);
  if (subject === undefined) return exitCode.findings;
  const name = options.events === '-' ? 'standard input' : options.events;
  const recording = await openRecording(options.events, console.input);
  const { readLines, faults, entries } = recording.isDecisionLog
    ? await readDecisions(recording, options.anchor)
    : await readEvents(recording);
  if (faults.length > 0) return reportFaults(recording, faults, console);
  const host = await subject.host();
  const { lines, gaps } = readLines(host);
  if (lines.length === 0) {
    for (const gap of gaps) console.err(`${displayText(gap)}\n`);
    throw new UsageError(
      `${options.events} contains no events${recording.isDecisionLog ? ' of sessions: `nhipol diff --requests` compares its decisions' : ''}`,
    );
  }
  checkEnd(lines, options.until, name);
  let replayed: Replayed;
  try {
    replayed = replay(host, lines, options.until);
  } catch (error) {
    if (!(error instanceof HostsDisagree)) throw error;
    console.err(formatHostDisagreement(error));
    return exitCode.bug;
  }
  if (replayed.faults.length > 0) return reportFaults(recording, replayed.faults, console);
  const timeline = restrictSessions(subject.mask(replayed.timeline), options.sessions);
  warnOfDisorder(name, timeline, console);
  for (const gap of gaps) console.err(`${displayText(gap)}\n`);
  warnOfSkipped(recording, replayed.skipped, console);
  const differing = listContradictions(replayed.timeline, entries);
  const { describePlace } = recording;
  for (const line of await formatContradictions(differing, subject.findDigest, describePlace)) {
    console.err(`${displayText(line)}\n`);
  }
  const inputs = [...subject.files, options.events, ...options.tables.map((table) => table.path)];
  const text = renderTimeline({ ...subject, timeline }, options, console);
  await writeOrPrint(options.output, text, console, inputs);
  return exitCode.fine;
}

/** Returns undefined after reporting the errors of the policy. */
async function loadSubject(
  path: string,
  { engine, tables: fillings }: SimulateOptions,
  console: Console,
): Promise<Subject | undefined> {
  const file = await readPolicyOrModule(path);
  if (file.kind === 'module') {
    if (engine === 'evaluator' || engine === 'both')
      throw new UsageError(`${path} is a module: the evaluator needs the source of the policy`);
    const { module, refuses } = await openForeignModule(path, file.bytes);
    if (module.manifest.sessions === undefined)
      throw new UsageError(`${path} does not support sessions: compile it with --sessions`);
    fillModule(module, await readTables(fillings, refuses));
    const host = async () => createModuleHost(module);
    const mask = (timeline: Timeline) => maskTimelineOfModule(module.manifest, timeline);
    const digest = digestOfModule(file.bytes);
    const find = async () => digest;
    return { ...module.manifest.policy, host, mask, findDigest: find, files: [path] };
  }
  const policy = selectPolicyOrReport(file.checked, console);
  if (policy === undefined) return undefined;
  const tables = await readTables(fillings, (table, text) => findTableRefusal(policy, table, text));
  const { files } = file.checked;
  const { name, version } = policy;
  const host = () => createHost(policy, tables, engine ?? 'both');
  const mask = (timeline: Timeline) => maskTimeline(policy, timeline);
  const find = (digests: ReadonlySet<string>) => matchDigest(policy, digests);
  return { name, version, host, mask, findDigest: find, files };
}

async function createHost(
  policy: PolicyModel,
  tables: TableTexts,
  engine: EngineName | 'both',
): Promise<Host> {
  if (engine === 'evaluator') return createEvaluatorHost(fillTables(policy, tables));
  const module = await compileModule(policy, { sessions: true });
  fillModule(module, tables);
  if (engine === 'wasm') return createModuleHost(module);
  return createComparingHost(
    createEvaluatorHost(fillTables(policy, tables)),
    createModuleHost(module),
  );
}

// --- the log -------------------------------------------------------------------------------------

interface Log {
  readonly readLines: (host: Host) => Lines;
  readonly faults: readonly LineFault[];
  /** The entries of a decision log; none for another log. */
  readonly entries: readonly DecisionLogEntry[];
}

interface Lines {
  readonly lines: readonly ReplayLine[];
  /** Parts of the log that the lines do not contain, a line of output each. */
  readonly gaps: readonly string[];
}

async function readEvents({ batches }: Recording): Promise<Log> {
  const lines: ReplayLine[] = [];
  const faults: LineFault[] = [];
  let count = 0;
  for await (const batch of batches) {
    for (const bytes of batch) {
      count += 1;
      if (isBlank(bytes)) continue;
      const line = readLogLine(bytes, count);
      if ('message' in line) faults.push(line);
      else lines.push(line);
    }
  }
  return { readLines: () => ({ lines, gaps: [] }), faults, entries: [] };
}

async function readDecisions(recording: Recording, anchor: string | undefined): Promise<Log> {
  const log = await readDecisionLog(recording, anchor);
  const collectLines = ({ signals }: Host): Lines => {
    const { items, notReplayed } = listSessionInputs(log.entries, new Set(signals));
    return { lines: items, gaps: describeGaps(log, notReplayed) };
  };
  return { readLines: collectLines, faults: log.faults, entries: log.entries };
}

function checkEnd(lines: readonly ReplayLine[], until: bigint | undefined, name: string): void {
  const last = lines.reduce((latest, { at }) => (at > latest ? at : latest), lines[0]?.at ?? 0n);
  if (until !== undefined && until < last)
    throw new UsageError(`--until is before the last event of ${name}, ${formatInstant(last)}`);
}

function reportFaults(
  recording: Recording,
  faults: readonly LineFault[],
  console: Console,
): ExitCode {
  for (const fault of faults.slice(0, maxFaults)) console.err(`${faultText(recording, fault)}\n`);
  const more = faults.length - maxFaults;
  if (more > 0) console.err(`and ${pluralize(more, 'more invalid line')}\n`);
  return exitCode.usage;
}

function faultText({ describePlace }: Recording, { line, path, message }: LineFault): string {
  return displayText(`${describePlace(line)}: ${path}: ${message}`);
}

function warnOfSkipped(
  recording: Recording,
  skipped: readonly LineFault[],
  console: Console,
): void {
  const [first] = skipped;
  if (first === undefined) return;
  const lines = pluralize(skipped.length, 'line');
  console.err(`skipped ${lines} that the policy refuses: ${faultText(recording, first)}\n`);
}

function warnOfDisorder(
  name: string,
  { behind: { lines, most } }: Timeline,
  console: Console,
): void {
  if (lines === 0) return;
  const which = `${pluralize(lines, 'line')} of ${name} ${lines === 1 ? 'is' : 'are'}`;
  const extent = `${which} earlier than the preceding line, by at most ${Number(most) / 1000} s`;
  console.err(`${extent}; they are replayed at the later instant\n`);
}

// --- output --------------------------------------------------------------------------------------

/** Restricts the timeline to the given sessions; all if none are given. */
function restrictSessions(timeline: Timeline, sessions: readonly string[]): Timeline {
  const ids = timeline.lanes.map(({ id }) => id);
  for (const id of sessions) {
    if (ids.includes(id)) continue;
    const near = suggest(id, ids);
    const help = near.length > 0 ? `: ${didYouMean(near)}` : '';
    throw new UsageError(`unknown session \`${displayText(id)}\`${help}`);
  }
  return sessions.length === 0 ? timeline : selectSessions(timeline, sessions);
}

function renderTimeline(
  titled: TitledTimeline,
  { format, output }: SimulateOptions,
  console: Console,
): string {
  const isPrinted = output === undefined;
  switch (format) {
    case 'text':
      return timelineText(
        titled,
        isPrinted ? console.width : defaultWidth,
        isPrinted ? console.outColors : buildColors(false),
      );
    case 'json':
      return printTimelineJson(titled);
    case 'markdown':
      return renderMarkdown(timelinePage(titled));
    case 'html':
      return renderHtml(timelinePage(titled));
  }
}

function formatHostDisagreement({ session, at, evaluator, module }: HostsDisagree): string {
  return [
    `nothing was shown: module and evaluator disagree on the session ${displayText(session)} at ${formatInstant(at)}`,
    'This is a bug in nhipol. Please report it with the policy and the events.',
    `evaluator: ${printStage(evaluator ?? null)}module: ${printStage(module ?? null)}`,
  ].join('\n');
}
