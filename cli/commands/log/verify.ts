// Implements `nhipol log verify`: checks the hash chain of a decision log with its rotated files, and compares it with what
// was noted of it elsewhere. Prints what that shows, and what it does not.

import { pluralize } from '@nhipol/language/support';
import type { Checkpoint, LogMark, Verified } from '@nhipol/service';
import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';
import { exists } from '../../io/files.ts';
import { defaultStatePath } from '../../io/paths/state-path.ts';
import { openStateFile } from '../guard/state/open-state.ts';
import { readCheckpoints, readPublicKey } from './checkpoint-files.ts';
import { readLog } from './read-log.ts';

export interface VerifyLogOptions {
  readonly head?: string | undefined;
  readonly anchor?: string | undefined;
  /** `undefined` for the state of the user, if there is one. */
  readonly state?: string | undefined;
  readonly checkpoints?: string | undefined;
  /** The public key of the checkpoints. */
  readonly key?: string | undefined;
}

/** The notes about a log, by the place where they were made. */
interface Noted {
  readonly head: LogMark | undefined;
  /** The ends that the state knows for the path, and for the id of the log; mostly one. */
  readonly states: readonly LogMark[];
  readonly checkpoints: readonly Checkpoint[];
}

export async function verifyLogCommand(
  path: string,
  options: VerifyLogOptions,
  console: Console,
): Promise<ExitCode> {
  const { head, anchor } = options;
  const signed = await readSignedCheckpoints(options);
  const states = await stateMarks(path, options, console);
  const noted = {
    head: head === undefined ? undefined : { last: head },
    states,
    checkpoints: signed.checkpoints,
  };
  const marks = [noted.head, ...states, ...noted.checkpoints].filter((mark) => mark !== undefined);
  const read = await readLog(path, { anchor, marks }, console);
  const findings = [...signed.problems];
  if (read === undefined) {
    if (marks.length === 0) throw new UsageError(`cannot read ${path}: there is no such file`);
    findings.push(`${path} is missing: ${describeMark(marks, noted)}`);
    return report(findings, findings.length, 'no entries', console);
  }
  if (read.entries === 0) findings.push(`${path} has no entries: a log that was opened has some`);
  if (read.missing.length > 0) {
    findings.push(
      `the log was computed again, lost its end, or is another one: ${describeMark(read.missing, noted)}`,
    );
  }
  const problems = [...read.problems.values()].reduce((sum, count) => sum + count, 0);
  const code = await report(findings, findings.length + problems, formatSummary(read), console);
  if (code === exitCode.fine) await console.out(formatScope(read, noted, anchor));
  return code;
}

async function report(
  findings: readonly string[],
  count: number,
  summary: string,
  console: Console,
): Promise<ExitCode> {
  for (const finding of findings) await console.out(`${finding}\n`);
  const result = count === 0 ? 'consistent: ' : `${pluralize(count, 'problem')} in `;
  await console.out(`${result}${summary}\n`);
  return count === 0 ? exitCode.fine : exitCode.findings;
}

async function readSignedCheckpoints({ checkpoints: path, key }: VerifyLogOptions) {
  if ((path === undefined) !== (key === undefined)) {
    throw new UsageError('--checkpoints and --key belong together');
  }
  if (path === undefined || key === undefined) return { checkpoints: [], problems: [] };
  const read = await readCheckpoints(path, await readPublicKey(key));
  if (read.checkpoints.length > 0) return read;
  return { ...read, problems: [...read.problems, `${path} has no checkpoint`] };
}

/** The ends that the state knows of the log at a path, and of the log with its id, which may be at another path now. */
async function stateMarks(
  path: string,
  { state }: VerifyLogOptions,
  console: Console,
): Promise<readonly LogMark[]> {
  const file = state ?? defaultStatePath(process.env);
  if (state === undefined && !(await exists(file))) return [];
  const {
    findKnownEnd,
    readKnownEnd,
    readLogId: logIdAt,
    logPaths,
    sqliteStore,
  } = await import('@nhipol/service');
  let marks: readonly LogMark[];
  try {
    const opened = await openStateFile({ state: file, requireState: true }, {}, () => {});
    try {
      const store = sqliteStore(opened);
      const atPath = findKnownEnd(store, path);
      const log = logPaths(path).length === 0 ? undefined : logIdAt(path);
      const ofLog = log === undefined ? undefined : readKnownEnd(store, log);
      const isSame = ofLog?.last === atPath?.last;
      marks = [atPath, ...(isSame ? [] : [ofLog])].filter((mark) => mark !== undefined);
    } finally {
      opened.close();
    }
  } catch (error) {
    if (state !== undefined || !(error instanceof UsageError)) throw error;
    console.err(`not compared with the state: ${error.message}\n`);
    return [];
  }
  if (marks.length > 0) return marks;
  if (state !== undefined) throw new UsageError(`${file} knows nothing of the log ${path}`);
  console.err(`not compared with the state ${file}, which knows nothing of this log\n`);
  return [];
}

/** The first of some marks, for people. */
function describeMark([mark]: readonly LogMark[], { states, head }: Noted): string {
  if (mark === undefined) return '';
  if (mark === head) return `no line has the digest ${mark.last}`;
  const where = states.includes(mark) ? 'the state knows' : 'a signed checkpoint has';
  const of = mark.log === undefined ? '' : ` of the log ${mark.log}`;
  return `${where} line ${mark.number}, ${mark.last}${of}`;
}

function formatSummary({ entries, first, number, last, log }: Verified): string {
  const numbers = first === undefined || number === undefined ? '' : `, ${first} to ${number}`;
  const of = log === undefined ? '' : ` of the log ${log}`;
  return `${pluralize(entries, 'entry', 'entries')}${numbers}${of}, last ${last}`;
}

/** The results of the verification, and its limits; a line each. */
function formatScope(
  { first, found, uncompared }: Verified,
  { head, states, checkpoints }: Noted,
  anchor: string | undefined,
): string {
  const latest = checkpoints.filter((checkpoint) => found.includes(checkpoint)).at(-1);
  const latestState = states.filter((state) => found.includes(state)).at(-1);
  const before = checkpoints.filter((checkpoint) => uncompared.includes(checkpoint)).length;
  const isHeadFound = head !== undefined && found.includes(head);
  const lines = [
    ...(anchor === undefined
      ? []
      : [
          `it begins after the anchor${first === undefined ? '' : ` with line ${first}`}: lines before it were not read`,
        ]),
    ...(latest === undefined
      ? []
      : [
          `lines up to ${latest.number} are as they were signed at ${new Date(latest.time).toISOString()}`,
        ]),
    ...(latestState === undefined
      ? []
      : [`lines up to ${latestState.number} are those that the state knows`]),
    ...(isHeadFound ? ['the line of --head is there'] : []),
    ...states
      .filter((state) => uncompared.includes(state))
      .map(({ number }) => `not compared: line ${number} that the state knows, before the anchor`),
    ...(before === 0
      ? []
      : [`not compared: ${pluralize(before, 'checkpoint')} of lines before the anchor`]),
    latest !== undefined
      ? 'later lines could be removed, or computed again'
      : isHeadFound || latestState !== undefined
        ? 'later lines could be removed, or computed again; so could earlier ones by a program that also wrote what they were compared with'
        : 'a log that was computed again, or lost its end, would look the same: compare it with signed checkpoints (--checkpoints, --key) or an earlier digest (--head)',
  ];
  return lines.map((line) => `  ${line}\n`).join('');
}
