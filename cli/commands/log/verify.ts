// Implements `nhipol log verify`: checks the hash chain of a decision log with its rotated files, and compares it with what
// was noted of it elsewhere. Prints what that shows, and what it does not.

import type { Checkpoint, LogMark, Verified } from '@nhipol/service';
import { counted } from '../../../language/support/words.ts';
import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';
import { exists } from '../../io/files.ts';
import { defaultStatePath } from '../../io/state-path.ts';
import { openStateFile } from '../guard/open-state.ts';
import { readCheckpoints, readPublicKey } from './checkpoint-files.ts';
import { readLog } from './read-log.ts';

export interface VerifyLogOptions {
  readonly head?: string | undefined;
  readonly anchor?: string | undefined;
  /** undefined: the state of the user, if there is one. */
  readonly state?: string | undefined;
  readonly checkpoints?: string | undefined;
  /** The public key of the checkpoints. */
  readonly key?: string | undefined;
}

/** The notes about a log, by the place where they were made. */
interface Noted {
  readonly head: LogMark | undefined;
  readonly state: LogMark | undefined;
  readonly checkpoints: readonly Checkpoint[];
}

export async function verifyCommand(
  path: string,
  options: VerifyLogOptions,
  console: Console,
): Promise<ExitCode> {
  const { head, anchor } = options;
  const signed = await signedCheckpoints(options);
  const state = await stateMark(path, options, console);
  const noted = {
    head: head === undefined ? undefined : { last: head },
    ...{ state, checkpoints: signed.checkpoints },
  };
  const marks = [noted.head, noted.state, ...noted.checkpoints].filter(
    (mark) => mark !== undefined,
  );
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
  const code = await report(findings, findings.length + problems, summaryOf(read), console);
  if (code === exitCode.fine) await console.out(scopeOf(read, noted, anchor));
  return code;
}

async function report(
  findings: readonly string[],
  count: number,
  summary: string,
  console: Console,
): Promise<ExitCode> {
  for (const finding of findings) await console.out(`${finding}\n`);
  const result = count === 0 ? 'consistent: ' : `${counted(count, 'problem')} in `;
  await console.out(`${result}${summary}\n`);
  return count === 0 ? exitCode.fine : exitCode.findings;
}

async function signedCheckpoints({ checkpoints: path, key }: VerifyLogOptions) {
  if ((path === undefined) !== (key === undefined)) {
    throw new UsageError('--checkpoints and --key belong together');
  }
  if (path === undefined || key === undefined) return { checkpoints: [], problems: [] };
  const read = await readCheckpoints(path, await readPublicKey(key));
  if (read.checkpoints.length > 0) return read;
  return { ...read, problems: [...read.problems, `${path} has no checkpoint`] };
}

/** The end of the log that the state knows; undefined: none, or there is no state. */
async function stateMark(
  path: string,
  { state }: VerifyLogOptions,
  console: Console,
): Promise<LogMark | undefined> {
  const file = state ?? defaultStatePath(process.env);
  if (state === undefined && !(await exists(file))) return undefined;
  const { knownEnd, sqliteStore } = await import('@nhipol/service');
  try {
    const opened = await openStateFile({ state: file, requireState: true }, {}, () => {});
    try {
      return knownEnd(sqliteStore(opened), path);
    } finally {
      opened.close();
    }
  } catch (error) {
    if (state !== undefined || !(error instanceof UsageError)) throw error;
    console.err(`not compared with the state: ${error.message}\n`);
    return undefined;
  }
}

/** The first of some marks, for people. */
function describeMark([mark]: readonly LogMark[], { state, head }: Noted): string {
  if (mark === undefined) return '';
  if (mark === head) return `no line has the digest ${mark.last}`;
  const where = mark === state ? 'the state knows' : 'a signed checkpoint has';
  return `${where} line ${mark.number}, ${mark.last}`;
}

function summaryOf({ entries, first, number, last, log }: Verified): string {
  const numbers = first === undefined || number === undefined ? '' : `, ${first} to ${number}`;
  const of = log === undefined ? '' : ` of the log ${log}`;
  return `${counted(entries, 'entry', 'entries')}${numbers}${of}, last ${last}`;
}

/** The results of the verification, and its limits; a line each. */
function scopeOf(
  { first, found }: Verified,
  { head, state, checkpoints }: Noted,
  anchor: string | undefined,
): string {
  const latest = checkpoints.filter((each) => found.includes(each)).at(-1);
  const beginning =
    anchor === undefined
      ? []
      : [
          `it begins after the anchor${first === undefined ? '' : ` with line ${first}`}: lines before it were not read`,
        ];
  const shown =
    latest === undefined
      ? []
      : [
          `lines up to ${latest.number} are as they were signed at ${new Date(latest.time).toISOString()}`,
        ];
  const known =
    state === undefined || !found.includes(state)
      ? []
      : [`lines up to ${state.number} are those that the state knows`];
  const headed = head === undefined ? [] : ['the line of --head is there'];
  const limit =
    latest !== undefined
      ? 'later lines could be removed, or computed again'
      : head !== undefined || state !== undefined
        ? 'later lines could be removed, or computed again; so could earlier ones by a program that also wrote what they were compared with'
        : 'a log that was computed again, or lost its end, would look the same: compare it with signed checkpoints (--checkpoints, --key) or an earlier digest (--head)';
  return [...beginning, ...shown, ...known, ...headed, limit].map((line) => `  ${line}\n`).join('');
}
