// Implements `nhipol verify`: tries to refute the invariants of policies. Prints each counterexample and writes it
// to a file for `nhipol eval` or `nhipol simulate`.

import { join } from 'node:path';
import { type Policy, placeOf } from '../../../language/index.ts';
import { displayText } from '../../../language/support/display.ts';
import { counted } from '../../../language/support/words.ts';
import { sessionLog } from '../../../testing/verify/session-log.ts';
import { type Verified, verificationJson } from '../../../testing/verify/verification-json.ts';
import { type ClaimResult, type Counterexample, verify } from '../../../testing/verify/verify.ts';
import type { Colors, Console } from '../../io/console.ts';
import { type ExitCode, exitCode } from '../../io/exit-codes.ts';
import { checkFiles, makeFolder, slashed, writeAtomically } from '../../io/files.ts';
import { policyOrReport } from '../../output/policy-or-report.ts';
import { seconds } from '../../output/seconds.ts';

export interface VerifyOptions {
  readonly samples: number;
  readonly seed: number;
  /** The folder to write counterexamples to. */
  readonly output: string;
  readonly format: 'text' | 'json';
}

export async function verifyCommand(
  paths: readonly string[],
  options: VerifyOptions,
  console: Console,
): Promise<ExitCode> {
  const verified: Verified[] = [];
  let isFine = true;
  for (const path of paths) {
    const policy = policyOrReport(await checkFiles(path), console);
    if (policy === undefined) {
      isFine = false;
      continue;
    }
    const { samples, seed } = options;
    const verification = verify(policy, { samples, seed });
    verified.push({ path, policy, verification });
    const refuted = verification.claims.filter(({ counterexample }) => counterexample);
    if (refuted.length > 0) isFine = false;
    if (options.format === 'text')
      await printResult({ path, policy, verification }, options, console);
  }
  if (options.format === 'json') await console.out(verificationJson(verified));
  return isFine ? exitCode.fine : exitCode.findings;
}

async function printResult(
  { path, policy, verification }: Verified,
  { output }: VerifyOptions,
  { out, outColors }: Console,
): Promise<void> {
  const { claims, requests, sessions, milliseconds } = verification;
  await out(`${outColors.strong(path)}\n`);
  for (const claim of claims) {
    await out(claimLines(policy, claim, outColors));
    if (claim.counterexample === undefined) continue;
    const commands = await writeCounterexample(
      path,
      policy,
      claim.name,
      claim.counterexample,
      output,
    );
    await out(commands.map((line) => `        ${line}\n`).join(''));
  }
  const refuted = claims.filter(({ counterexample }) => counterexample).length;
  const tried = `${counted(requests, 'request')} and ${counted(sessions, 'session')}`;
  const took = `in ${seconds(milliseconds)}`;
  await out(
    refuted === 0
      ? outColors.good(`nothing refuted by ${tried} ${took}; this is not a proof\n`)
      : outColors.error(
          `${refuted} of ${counted(claims.length, 'invariant')} refuted by ${tried} ${took}\n`,
        ),
  );
}

function claimLines(policy: Policy, result: ClaimResult, colors: Colors): string {
  const { name, invariant, counterexample, requests, sessions } = result;
  const named = invariant === undefined ? `${name} (built in)` : `invariant ${displayText(name)}`;
  const lines =
    counterexample === undefined
      ? [`  ${colors.good('✓')} ${named}: ${notRefuted(requests, sessions)}`]
      : [`  ${colors.error('✗')} ${named}`, ...counterexampleLines(policy, result, counterexample)];
  const allowed = result.allowed.map(({ by: { where, rule, span, how, change } }) => {
    const { file, line } = placeOf(policy, span);
    const exception = `${where} ${change}: ${rule} ${how} (${file}:${line})`;
    return `      but ${displayText(exception)}`;
  });
  return `${[...lines, ...allowed].join('\n')}\n`;
}

function notRefuted(requests: number, sessions: number): string {
  if (requests + sessions === 0) return 'no request or session that it applies to was tried';
  const tried = [counted(requests, 'request'), counted(sessions, 'session')];
  const some = tried.filter((_, index) => [requests, sessions][index] !== 0);
  return `not refuted by ${some.join(' and ')}`;
}

function counterexampleLines(
  policy: Policy,
  { invariant }: ClaimResult,
  counterexample: Counterexample,
): readonly string[] {
  const { why, tried, after } = counterexample;
  const place = invariant && placeOf(policy, invariant.span);
  const answers =
    counterexample.kind === 'request' ? [counterexample.answer] : counterexample.answers;
  const said = answers.map(({ effect, reasons }) => `${effect} because ${reasons.join(', ')}`);
  return [
    ...(place === undefined
      ? []
      : [`      ${displayText(place.file)}:${place.line}:${place.column}`]),
    ...(why === undefined ? [] : [`        ${displayText(why)}`]),
    `        ${said.join(', then ')}`,
    `        found after ${counted(tried, 'try', 'tries')} (${seconds(after)}), then shrunk:`,
  ];
}

/** Writes a counterexample and returns the command that replays it. */
async function writeCounterexample(
  path: string,
  policy: Policy,
  name: string,
  counterexample: Counterexample,
  folder: string,
): Promise<readonly string[]> {
  await makeFolder(folder);
  const base = slashed(join(folder, slug(`${policy.name} ${name}`)));
  const tables: string[] = [];
  for (const [table, text] of counterexample.sample.tables) {
    const file = `${base}.${table}.json`;
    await writeText(file, `${text}\n`);
    tables.push(` --table ${table}=${file}`);
  }
  if (counterexample.kind === 'session') {
    await writeText(`${base}.jsonl`, sessionLog(counterexample.sample));
    return [`nhipol simulate ${path} --events ${base}.jsonl${tables.join('')}`];
  }
  const { text, now } = counterexample.sample;
  await writeText(`${base}.json`, `${JSON.stringify(JSON.parse(text), null, 2)}\n`);
  const instant = now === undefined ? '' : ` --now ${new Date(Number(now)).toISOString()}`;
  return [`nhipol eval ${path} --request ${base}.json${instant}${tables.join('')} --explain`];
}

function writeText(path: string, text: string): Promise<void> {
  return writeAtomically(path, new TextEncoder().encode(text));
}

/** Converts a name to a file name, such as `an-exposed-credential-never-acts`. */
function slug(name: string): string {
  const words = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return words.replace(/^-|-$/g, '').slice(0, 100);
}
