// `nhipol simulate`: recorded sessions run through a policy, by evaluator and module, which must agree; what
// became of them is shown. A log with lines at fault is told with all that is wrong, and not shown.

import type { Policy } from '../../../language/index.ts';
import { displayText } from '../../../language/support/display.ts';
import { didYouMean, suggest } from '../../../language/support/suggest.ts';
import { counted } from '../../../language/support/words.ts';
import { formatInstant } from '../../../language/types/time/instant.ts';
import {
  renderHtml,
  renderMarkdown,
  type TitledTimeline,
  timelinePage,
  timelineText,
} from '../../../reporting/index.ts';
import { filled, fillModule, type TableTexts } from '../../../testing/generate/tables.ts';
import {
  comparingHost,
  evaluatorHost,
  type Host,
  HostsDisagree,
} from '../../../testing/replay/host.ts';
import { type LineFault, type LogLine, readLogLine } from '../../../testing/replay/log-line.ts';
import { moduleHost } from '../../../testing/replay/module-host.ts';
import { type Replayed, replay } from '../../../testing/replay/replay.ts';
import { only, type Timeline } from '../../../testing/replay/timeline.ts';
import { timelineJson } from '../../../testing/replay/timeline-json.ts';
import { compiledModule, type EngineName, foreignModule } from '../../engines/engines.ts';
import { type Console, colorsOf, usualWidth } from '../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';
import { openRequest, readPolicyOrModule, writeOrPrint } from '../../io/files.ts';
import { requestLines } from '../../io/request-lines.ts';
import { readTables, type TableFile, tableRefuses } from '../../io/table-files.ts';
import { policyOrReport } from '../../output/policy-or-report.ts';
import { printStage } from '../../output/print-stage.ts';

export interface SimulateOptions {
  /** A file, or `-`. */
  readonly events: string;
  readonly tables: readonly TableFile[];
  readonly until: bigint | undefined;
  /** Those that are shown; none: all. */
  readonly sessions: readonly string[];
  /** undefined: both, or the module where that is all there is. */
  readonly engine: EngineName | 'both' | undefined;
  readonly format: 'text' | 'json' | 'markdown' | 'html';
  readonly output: string | undefined;
}

interface Subject {
  readonly name: string;
  readonly version: string;
  readonly host: () => Promise<Host>;
  /** What the policy was read from. */
  readonly files: readonly string[];
}

/** More faults than these are only counted. */
const mostFaults = 10;

export async function simulateCommand(
  path: string,
  options: SimulateOptions,
  console: Console,
): Promise<ExitCode> {
  const subject = await subjectOf(path, options, console);
  if (subject === undefined) return exitCode.findings;
  const name = options.events === '-' ? 'standard input' : options.events;
  const { lines, faults } = await readEvents(options.events, console);
  if (faults.length > 0) return tellFaults(name, faults, console);
  checkUntil(lines, options.until, name);
  let replayed: Replayed;
  try {
    replayed = replay(await subject.host(), lines, options.until);
  } catch (error) {
    if (!(error instanceof HostsDisagree)) throw error;
    console.err(tellDisagreement(error));
    return exitCode.bug;
  }
  if (replayed.faults.length > 0) return tellFaults(name, replayed.faults, console);
  const timeline = chosen(replayed.timeline, options.sessions);
  tellBehind(name, timeline, console);
  const inputs = [...subject.files, options.events, ...options.tables.map((table) => table.path)];
  const text = rendered({ ...subject, timeline }, options, console);
  await writeOrPrint(options.output, text, console, inputs);
  return exitCode.fine;
}

/** undefined: the policy has errors, which have been told. */
async function subjectOf(
  path: string,
  { engine, tables: fillings }: SimulateOptions,
  console: Console,
): Promise<Subject | undefined> {
  const file = await readPolicyOrModule(path);
  if (file.kind === 'module') {
    if (engine === 'evaluator' || engine === 'both')
      throw new UsageError(`${path} is compiled: the evaluator needs the policy's source`);
    const { module, refuses } = await foreignModule(path, file.bytes);
    if (module.manifest.sessions === undefined)
      throw new UsageError(`${path} holds no sessions: compile it with --sessions`);
    fillModule(module, await readTables(fillings, refuses));
    return { ...module.manifest.policy, host: async () => moduleHost(module), files: [path] };
  }
  const policy = policyOrReport(file.checked, console);
  if (policy === undefined) return undefined;
  const tables = await readTables(fillings, (table, text) => tableRefuses(policy, table, text));
  const { files } = file.checked;
  return { ...policy, host: () => hostOf(policy, tables, engine ?? 'both'), files };
}

async function hostOf(
  policy: Policy,
  tables: TableTexts,
  engine: EngineName | 'both',
): Promise<Host> {
  if (engine === 'evaluator') return evaluatorHost(filled(policy, tables));
  const module = await compiledModule(policy, true);
  fillModule(module, tables);
  if (engine === 'wasm') return moduleHost(module);
  return comparingHost(evaluatorHost(filled(policy, tables)), moduleHost(module));
}

// --- the log -------------------------------------------------------------------------------------

interface Log {
  readonly lines: readonly LogLine[];
  readonly faults: readonly LineFault[];
}

async function readEvents(path: string, console: Console): Promise<Log> {
  const lines: LogLine[] = [];
  const faults: LineFault[] = [];
  let count = 0;
  for await (const batch of requestLines(await openRequest(path, console.input))) {
    for (const bytes of batch) {
      count += 1;
      if (isBlank(bytes)) continue;
      const line = readLogLine(bytes, count);
      if ('message' in line) faults.push(line);
      else lines.push(line);
    }
  }
  if (lines.length + faults.length === 0) throw new UsageError(`${path} holds no events`);
  return { lines, faults };
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}

function checkUntil(lines: readonly LogLine[], until: bigint | undefined, name: string): void {
  const last = lines.reduce((latest, { at }) => (at > latest ? at : latest), lines[0]?.at ?? 0n);
  if (until !== undefined && until < last)
    throw new UsageError(`--until lies before the end of ${name}, ${formatInstant(last)}`);
}

function tellFaults(name: string, faults: readonly LineFault[], console: Console): ExitCode {
  for (const { line, path, message } of faults.slice(0, mostFaults))
    console.err(`${displayText(`${name}:${line}: ${path}: ${message}`)}\n`);
  const more = faults.length - mostFaults;
  if (more > 0) console.err(`and ${counted(more, 'more line')} at fault\n`);
  return exitCode.usage;
}

function tellBehind(name: string, { behind: { lines, most } }: Timeline, console: Console): void {
  if (lines === 0) return;
  const which = `${counted(lines, 'line')} of ${name} ${lines === 1 ? 'lies' : 'lie'}`;
  const told = `${which} before the line above, by ${Number(most) / 1000} s at most`;
  console.err(`${told}: what came before counts as of the later instant\n`);
}

// --- what is shown -------------------------------------------------------------------------------

/** The sessions that were asked for; none were: all. */
function chosen(timeline: Timeline, sessions: readonly string[]): Timeline {
  const ids = timeline.lanes.map(({ id }) => id);
  for (const id of sessions) {
    if (ids.includes(id)) continue;
    const near = suggest(id, ids);
    const help = near.length > 0 ? `: ${didYouMean(near)}` : '';
    throw new UsageError(`no session is called \`${displayText(id)}\`${help}`);
  }
  return sessions.length === 0 ? timeline : only(timeline, sessions);
}

function rendered(
  titled: TitledTimeline,
  { format, output }: SimulateOptions,
  console: Console,
): string {
  const isPrinted = output === undefined;
  switch (format) {
    case 'text':
      return timelineText(
        titled,
        isPrinted ? console.width : usualWidth,
        isPrinted ? console.outColors : colorsOf(false),
      );
    case 'json':
      return timelineJson(titled);
    case 'markdown':
      return renderMarkdown(timelinePage(titled));
    case 'html':
      return renderHtml(timelinePage(titled));
  }
}

function tellDisagreement({ session, at, evaluator, module }: HostsDisagree): string {
  return [
    `Nothing is shown: module and evaluator disagree about the session ${displayText(session)} at ${formatInstant(at)}.`,
    'This is a bug in nhipol. Please report it with the policy and the events.',
    `evaluator: ${printStage(evaluator ?? null)}module: ${printStage(module ?? null)}`,
  ].join('\n');
}
