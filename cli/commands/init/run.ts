// Implements `nhipol init`: creates a policy with passing tests, a request and a configuration in a folder. On a
// terminal it prompts for missing options. Existing files are never overwritten.

import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { check } from '@nhipol/language';
import { configName } from '../../config/config.ts';
import { type AskQuestion, InvalidReply, runConversation } from '../../io/ask.ts';
import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';
import { makeFolder, toSlashes } from '../../io/files.ts';
import { alignColumns } from '../../output/columns.ts';
import { getTemplate, type PolicyTemplate, templates } from '../../templates/index.ts';
import type { TemplateKind } from '../../templates/kinds.ts';

export interface InitOptions {
  readonly kind: TemplateKind | undefined;
  readonly name: string | undefined;
  /** Whether to skip the prompts. */
  readonly yes: boolean;
}

export async function initCommand(
  folder: string,
  options: InitOptions,
  console: Console,
): Promise<ExitCode> {
  const { template, name } = await chooseTemplate(folder, options, console);
  const files = new Map([...renamePolicy(template, name), [configName, configText]]);
  const paths = [...files].map(([path, text]) => ({ path: join(folder, path), text }));
  const existing = paths.filter(({ path }) => existsSync(path)).map(({ path }) => toSlashes(path));
  if (existing.length > 0) {
    const verb = existing.length === 1 ? 'exists' : 'exist';
    throw new UsageError(`nothing was written: ${existing.join(', ')} already ${verb}`);
  }
  for (const { path, text } of paths) {
    await makeFolder(dirname(path));
    await writeNew(path, text);
  }
  console.err(describeNextSteps(folder, template, [...files.keys()]));
  return exitCode.fine;
}

interface Choices {
  readonly template: PolicyTemplate;
  readonly name: string;
}

async function chooseTemplate(
  folder: string,
  options: InitOptions,
  console: Console,
): Promise<Choices> {
  const { kind, name } = options;
  const prompts = console.answers && !options.yes;
  if (kind !== undefined && (name !== undefined || !prompts)) {
    const template = getTemplate(kind);
    return { template, name: parseName(name ?? defaultName(folder, template)) };
  }
  if (!prompts) throw new UsageError(`expected a kind of identity with --kind:\n${list()}`);
  return runConversation(console, async (ask) => {
    const template = kind === undefined ? await askKind(ask, console) : getTemplate(kind);
    return { template, name: name ?? (await askName(ask, defaultName(folder, template))) };
  });
}

function list(): string {
  return alignColumns(templates.map(({ kind, title }) => [kind, title]));
}

function parseName(name: string): string {
  if (isValidName(name)) return name;
  throw new UsageError(describeInvalidName(name));
}

function describeInvalidName(name: string): string {
  return `\`${name}\` is not a valid policy name: use words separated by dots, such as acme.support`;
}

/** Checks a policy with this name, so that the language defines which names are valid. */
function isValidName(name: string): boolean {
  const text = `policy ${name}\nfor any { permit ok otherwise }\n`;
  const { policy } = check('policy.nhipol', new Map([['policy.nhipol', text]]));
  return policy?.name === name;
}

function askKind(ask: AskQuestion, console: Console): Promise<PolicyTemplate> {
  const rows = templates.map(({ kind, title }, index) => [String(index + 1), kind, title]);
  console.err(`Which kind of identity is the policy for?\n${alignColumns(rows)}\n`);
  return ask('Number: ', (answer) => {
    const byName = templates.find(({ kind }) => kind === answer);
    const chosen = byName ?? (/^\d+$/.test(answer) ? templates[Number(answer) - 1] : undefined);
    return chosen ?? new InvalidReply(`expected a number from 1 to ${templates.length}`);
  });
}

function askName(ask: AskQuestion, defaultAnswer: string): Promise<string> {
  return ask(`Name of the policy [${defaultAnswer}]: `, (answer) => {
    const name = answer === '' ? defaultAnswer : answer;
    return isValidName(name) ? name : new InvalidReply(describeInvalidName(name));
  });
}

/** The default name: the name of the folder if it is valid, otherwise the kind. */
function defaultName(folder: string, template: PolicyTemplate): string {
  const word = (text: string) => text.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  const name = `acme.${word(basename(resolve(folder)))}`;
  return isValidName(name) ? name : `acme.${word(template.kind)}`;
}

/** The files of the template, with the name of the policy replaced. */
function renamePolicy(template: PolicyTemplate, name: string): ReadonlyMap<string, string> {
  return new Map(
    [...template.files].map(([path, text]) => [
      path,
      text.replace(/^policy \S+/m, `policy ${name}`),
    ]),
  );
}

const configText = `#:schema ./node_modules/nhipol/docs/nhipol.schema.json
# Defaults for the options of \`nhipol check\`, \`nhipol test\` and \`nhipol compile\`.
# \`nhipol config\` prints the effective configuration.

# Paths and globs, relative to the folder of this file.
policies = ["policy.nhipol"]

[check]
deny-warnings = true

[test]
engine = "both"

[compile]
output = "dist/{name}.wasm"
`;

/** Writes a new file; fails if it was created in the meantime. */
async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    throw new UsageError(`cannot write ${toSlashes(path)}: ${(error as Error).message}`);
  }
}

function describeNextSteps(
  folder: string,
  template: PolicyTemplate,
  files: readonly string[],
): string {
  const request = files.find((path) => path.startsWith('fixtures/')) ?? '';
  const steps = [
    ['nhipol test --watch', 'run the tests after each change'],
    [`nhipol eval policy.nhipol --request ${request}`, 'decide one request'],
    ['nhipol compile policy.nhipol', 'compile the module to dist/'],
  ];
  if (resolve(folder) !== resolve('.')) steps.unshift([`cd ${toSlashes(folder)}`]);
  const others = files.filter((path) => path !== 'policy.nhipol').join(', ');
  return `${toSlashes(join(folder, 'policy.nhipol'))} is a policy for ${template.title}.
Other files: ${others}

Next:
${alignColumns(steps)}
`;
}
