// Implements `nhipol guard doctor`: checks that policy, server, reviewed tools, facts, log and state fit together. Each
// problem is one line that says how to fix it.

import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasErrors } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { pluralize } from '@nhipol/language/support';
import type { RecordType } from '@nhipol/language/types';
import type { CallerFacts, ServerDescription } from '@nhipol/service';
import type { Console } from '../../../io/console.ts';
import { type ExitCode, exitCode } from '../../../io/exit-codes.ts';
import { readPolicyOrModule } from '../../../io/policies/check-policy.ts';
import { readFacts } from '../facts.ts';
import { parseOperands } from '../operands.ts';
import { openState } from '../state/open-state.ts';
import { describeCommand } from './describe-command.ts';
import { readReviewedTools } from './reviewed-tools.ts';
import { deriveServerName } from './server-name.ts';
import type { ToolsFile } from './tools-file.ts';

export interface DoctorOptions {
  readonly server?: string | undefined;
  readonly subject: string;
  readonly facts?: string | undefined;
  readonly tools?: string | undefined;
  readonly log?: string | undefined;
  readonly state?: string | undefined;
  readonly env: readonly string[];
}

export async function runDoctorCommand(
  operands: readonly string[],
  options: DoctorOptions,
  console: Console,
): Promise<ExitCode> {
  const { policyPath, command, args } = parseOperands(operands);
  const problems: string[] = [];
  const file = await readPolicyOrModule(policyPath);
  const policy = file.kind === 'source' ? file.checked.policy : undefined;
  if (file.kind === 'source' && (policy === undefined || hasErrors(file.checked.diagnostics))) {
    problems.push(`${policyPath} has errors: run nhipol check ${policyPath}`);
  }
  const reviewed = await readReviewedTools(policyPath, options);
  if (reviewed === undefined) {
    problems.push(
      'no tools were reviewed: run nhipol guard scan, and commit the file that it writes',
    );
  }
  const described = await describeCommand(command, args, options.env);
  const server = options.server ?? reviewed?.server ?? deriveServerName(command, args);
  if (reviewed !== undefined) problems.push(...(await reviewProblems(reviewed, described)));
  const facts = await readFacts(options.subject, options.facts);
  if (policy !== undefined) {
    problems.push(...listActionProblems(policy, server, described));
    problems.push(...listFactProblems(policy, facts));
  }
  problems.push(...(await stateProblems(options, facts, server)));
  const tools = pluralize(described.tools.length, 'tool');
  await console.out(problems.map((problem) => `${problem}\n`).join(''));
  await console.out(
    problems.length === 0
      ? `no problems: ${tools} of ${server}\n`
      : `${pluralize(problems.length, 'problem')}\n`,
  );
  return problems.length === 0 ? exitCode.fine : exitCode.findings;
}

async function reviewProblems(
  { pins }: ToolsFile,
  { tools }: ServerDescription,
): Promise<readonly string[]> {
  const { digestOfTool } = await import('@nhipol/service');
  const listed = new Set(tools.map(({ name }) => name));
  const how = 'run nhipol guard scan';
  return [
    ...tools.flatMap((tool) => {
      const pin = pins.get(tool.name);
      if (pin === undefined)
        return [`the tool ${tool.name} was not reviewed, so it is denied: ${how}`];
      return pin === digestOfTool(tool)
        ? []
        : [`the tool ${tool.name} differs from the one that was reviewed, so it is denied: ${how}`];
    }),
    ...[...pins.keys()]
      .filter((name) => !listed.has(name))
      .map((name) => `the server no longer lists the tool ${name}: ${how}`),
  ];
}

function listActionProblems(
  { actions, anyAction }: PolicyModel,
  server: string,
  { tools }: ServerDescription,
): readonly string[] {
  const listed = new Set(tools.map(({ name }) => `${server}:${name}`));
  const missing = [...listed].filter((name) => !actions.has(name));
  const unused = [...actions.keys()].filter(
    (name) => name.startsWith(`${server}:`) && !listed.has(name),
  );
  return [
    ...(anyAction === undefined ? missing : []).map(
      (name) => `the policy declares no action "${name}", so the tool is denied`,
    ),
    ...unused.map((name) => `the server has no tool for the action "${name}"`),
  ];
}

/** The guard supplies these members itself. */
const supplied: ReadonlySet<string> = new Set(['time', 'call_digest', 'approvals']);

/** Members that nobody supplies stay unknown: rules that read them can only restrict. */
function listFactProblems(
  { subjects, anySubject, context }: PolicyModel,
  { identity, context: given }: CallerFacts,
): readonly string[] {
  const shape = subjects.get(identity.type) ?? anySubject;
  if (shape === undefined) {
    return [`the policy declares no subject ${identity.type}: every call is denied; see --subject`];
  }
  const missing = (type: RecordType | undefined, known: object, root: string) =>
    [...(type?.members.values() ?? [])]
      .filter(({ name, default: value }) => !(name in known) && value === undefined)
      .filter(({ name }) => root !== 'context' || !supplied.has(name))
      .map(({ name, optional }) =>
        optional
          ? `nothing supplies ${root}.${name}: rules that read it can only restrict; see --facts`
          : `nothing supplies ${root}.${name}, which is required: every call is denied; see --facts`,
      );
  return [...missing(shape, identity.properties, 'subject'), ...missing(context, given, 'context')];
}

async function stateProblems(
  options: DoctorOptions,
  { identity }: CallerFacts,
  server: string,
): Promise<readonly string[]> {
  const problems: string[] = [];
  const { type, id } = identity;
  const store = await openState(options, () => {});
  const revocation = store.revocationOf({ subjectType: type, subjectId: id, server });
  store.close();
  if (revocation !== undefined) {
    const why = revocation.message ?? revocation.reasons.join(', ');
    const lift = `nhipol guard revoke --lift ${options.subject}`;
    problems.push(`${options.subject} is revoked: ${why}; to lift it, run ${lift}`);
  }
  const { log } = options;
  if (log !== undefined && !isWritable(log)) problems.push(`the log ${log} cannot be written`);
  return problems;
}

function isWritable(path: string): boolean {
  try {
    accessSync(existsSync(path) ? path : dirname(path), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
