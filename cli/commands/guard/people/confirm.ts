// Implements `nhipol guard confirm`: shows how a policy and the reviewed tools differ from the version that is active, and
// makes each the active one after a person has typed a part of its digest.

import { displayText } from '@nhipol/language/support';
import { compareDecisions } from '@nhipol/proving';
import { createRandomNumbers } from '@nhipol/testing';
import { findContradictedDifference } from '@nhipol/testing/proofs';
import { InvalidReply, runConversation } from '../../../io/ask.ts';
import type { Console } from '../../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../../io/exit-codes.ts';
import { readPolicyOrModule } from '../../../io/policies/check-policy.ts';
import { refuseContradiction } from '../../../output/contradiction.ts';
import { formatDifferences } from '../../../output/difference-proofs.ts';
import { selectPolicyOrReport } from '../../../output/policy-or-report.ts';
import { printDiff } from '../../../output/print-diff.ts';
import { checkPolicyVersion } from '../../../versions/check-version.ts';
import { ConfirmedVersions } from '../../../versions/confirmed-versions.ts';
import {
  createModuleVersion,
  createPolicyVersion,
  getEntryText,
  isModuleVersion,
  type PolicyVersion,
} from '../../../versions/policy-version.ts';
import { findToolsPath, readToolsVersion, type ToolsOptions } from '../servers/reviewed-tools.ts';
import { openState } from '../state/open-state.ts';

export interface ConfirmOptions extends ToolsOptions {
  readonly state?: string | undefined;
}

/** The number of hexadecimal digits that a person types. */
const typedDigits = 8;

export async function confirmCommand(
  path: string,
  options: ConfirmOptions,
  console: Console,
): Promise<ExitCode> {
  const policy = await readVersion(path, console);
  if (policy === undefined) return exitCode.findings;
  const tools = await readToolsVersion(path, options);
  const store = await openState(options, (text) => console.notify('nhipol guard', text));
  try {
    const toolsPath = findToolsPath(path, options);
    await confirm(new ConfirmedVersions(store, path), path, policy, console);
    const confirmedTools = new ConfirmedVersions(store, toolsPath, 'tools');
    // A guard without reviewed tools has no version of them.
    const hasTools = getEntryText(tools) !== undefined || confirmedTools.read() !== undefined;
    if (hasTools) await confirm(confirmedTools, toolsPath, tools, console);
    return exitCode.fine;
  } finally {
    store.close();
  }
}

async function confirm(
  versions: ConfirmedVersions,
  path: string,
  version: PolicyVersion,
  console: Console,
): Promise<void> {
  const before = versions.read();
  if (before?.digest === version.digest) {
    await console.out(`${path} is the confirmed version\n`);
    return;
  }
  if (!console.answers) {
    throw new UsageError(`only a person at a terminal can confirm ${path}`);
  }
  console.err(await describeChanges(path, before, version, console));
  await confirmDigits(version, console);
  versions.confirm(version);
  await console.out(`confirmed: ${path}, ${version.digest}\n`);
}

/** Returns `undefined` if it has errors, which were reported. */
async function readVersion(path: string, console: Console): Promise<PolicyVersion | undefined> {
  const file = await readPolicyOrModule(path);
  if (file.kind === 'module') return createModuleVersion(path, file.bytes);
  return selectPolicyOrReport(file.checked, console) && createPolicyVersion(file.checked);
}

async function describeChanges(
  path: string,
  before: PolicyVersion | undefined,
  after: PolicyVersion,
  { errColors }: Console,
): Promise<string> {
  if (isModuleVersion(after)) return 'the policy is a module: its rules cannot be shown\n';
  const names = new Set([...Object.keys(before?.files ?? {}), ...Object.keys(after.files)]);
  const files = [...names].filter((name) => before?.files[name] !== after.files[name]);
  const lines = files.map((name) =>
    printDiff(
      displayText(name),
      before?.files[name] ?? '',
      after.files[name] ?? '',
      errColors,
      displayText,
    ),
  );
  const policies = [before && checkPolicyVersion(before), checkPolicyVersion(after)] as const;
  const [old, now] = policies;
  if (old === undefined || now === undefined) return lines.join('');
  const differences = compareDecisions(old, now, { random: createRandomNumbers(1) });
  const contradiction = findContradictedDifference(old, now, differences);
  await refuseContradiction(path, now, contradiction);
  return `${lines.join('')}\n${formatDifferences([old, now], differences, errColors)}`;
}

/** Resolves when the person has typed the digits. */
async function confirmDigits({ digest }: PolicyVersion, console: Console): Promise<void> {
  const digits = digest.slice(digest.indexOf(':') + 1).slice(0, typedDigits);
  console.err(`\ndigest: ${digest}\n`);
  await runConversation(console, async (ask) => {
    const question = `to make it the active version, type the first ${typedDigits} digits of the digest: `;
    await ask(question, (reply) =>
      reply === digits
        ? reply
        : new InvalidReply(`this is not ${typedDigits} digits of the digest`),
    );
  });
}
