// `nhipol init`: a first policy with tests that pass, a request and a configuration, in a folder. What
// the command line leaves open is asked on a terminal. Nothing that is there is written over.

import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { check } from '../../../language/index.ts';
import { configName } from '../../config/config.ts';
import { type Ask, asking, Refused } from '../../io/ask.ts';
import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';
import { makeFolder, slashed } from '../../io/files.ts';
import { columns } from '../../output/columns.ts';
import { type Template, templateOf, templates } from '../../templates/index.ts';
import type { Kind } from '../../templates/kinds.ts';

export interface InitOptions {
  readonly kind: Kind | undefined;
  readonly name: string | undefined;
  /** Asks nothing. */
  readonly yes: boolean;
}

export async function initCommand(
  folder: string,
  options: InitOptions,
  console: Console,
): Promise<ExitCode> {
  const { template, name } = await settled(folder, options, console);
  const files = new Map([...named(template, name), [configName, configText]]);
  const paths = [...files].map(([path, text]) => ({ path: join(folder, path), text }));
  const inTheWay = paths.filter(({ path }) => existsSync(path)).map(({ path }) => slashed(path));
  if (inTheWay.length > 0) {
    const verb = inTheWay.length === 1 ? 'is' : 'are';
    throw new UsageError(`nothing is written: ${inTheWay.join(', ')} ${verb} there already`);
  }
  for (const { path, text } of paths) {
    await makeFolder(dirname(path));
    await writeNew(path, text);
  }
  console.err(nextSteps(folder, template, [...files.keys()]));
  return exitCode.fine;
}

interface Settled {
  readonly template: Template;
  readonly name: string;
}

async function settled(folder: string, options: InitOptions, console: Console): Promise<Settled> {
  const { kind, name } = options;
  const asks = console.answers && !options.yes;
  if (kind !== undefined && (name !== undefined || !asks)) {
    const template = templateOf(kind);
    return { template, name: usableName(name ?? defaultName(folder, template)) };
  }
  if (!asks)
    throw new UsageError(`which kind of identity is it for? Say one with --kind:\n${list()}`);
  return asking(console, async (ask) => {
    const template = kind === undefined ? await askKind(ask, console) : templateOf(kind);
    return { template, name: name ?? (await askName(ask, defaultName(folder, template))) };
  });
}

function list(): string {
  return columns(templates.map(({ kind, title }) => [kind, title]));
}

function usableName(name: string): string {
  if (isUsable(name)) return name;
  throw new UsageError(wrongName(name));
}

function wrongName(name: string): string {
  return `\`${name}\` is no name of a policy: write words with dots between them, such as acme.support`;
}

/** The language itself says what a name is. */
function isUsable(name: string): boolean {
  const text = `policy ${name}\nfor any { permit ok otherwise }\n`;
  const { policy } = check('policy.nhipol', new Map([['policy.nhipol', text]]));
  return policy?.name === name;
}

function askKind(ask: Ask, console: Console): Promise<Template> {
  const rows = templates.map(({ kind, title }, index) => [String(index + 1), kind, title]);
  console.err(`Which kind of identity is the policy for?\n${columns(rows)}\n`);
  return ask('Number: ', (answer) => {
    const byName = templates.find(({ kind }) => kind === answer);
    const chosen = byName ?? (/^\d+$/.test(answer) ? templates[Number(answer) - 1] : undefined);
    return chosen ?? new Refused(`Answer with a number from 1 to ${templates.length}.`);
  });
}

function askName(ask: Ask, usual: string): Promise<string> {
  return ask(`Its name [${usual}]: `, (answer) => {
    const name = answer === '' ? usual : answer;
    return isUsable(name) ? name : new Refused(wrongName(name));
  });
}

/** After the folder, where its name can be one. */
function defaultName(folder: string, template: Template): string {
  const word = (text: string) => text.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  const name = `acme.${word(basename(resolve(folder)))}`;
  return isUsable(name) ? name : `acme.${word(template.kind)}`;
}

/** The template's files, its policy under another name. */
function named(template: Template, name: string): ReadonlyMap<string, string> {
  return new Map(
    [...template.files].map(([path, text]) => [
      path,
      text.replace(/^policy \S+/m, `policy ${name}`),
    ]),
  );
}

const configText = `#:schema ./node_modules/nhipol/docs/nhipol.schema.json
# What \`nhipol check\`, \`nhipol test\` and \`nhipol compile\` do when the command line does not say.
# \`nhipol config\` shows all that holds.

# Paths and globs, from this file's folder.
policies = ["policy.nhipol"]

[check]
deny-warnings = true

[test]
engine = "both"

[compile]
output = "dist/{name}.wasm"
`;

/** Whoever made the file meanwhile keeps it. */
async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    throw new UsageError(`cannot write ${slashed(path)}: ${(error as Error).message}`);
  }
}

function nextSteps(folder: string, template: Template, files: readonly string[]): string {
  const request = files.find((path) => path.startsWith('fixtures/')) ?? '';
  const steps = [
    ['nhipol test --watch', 'runs its tests, again whenever you change something'],
    [`nhipol eval policy.nhipol --request ${request}`, 'decides one request'],
    ['nhipol compile policy.nhipol', 'makes the module, in dist/'],
  ];
  if (resolve(folder) !== resolve('.')) steps.unshift([`cd ${slashed(folder)}`]);
  const others = files.filter((path) => path !== 'policy.nhipol').join(', ');
  return `${slashed(join(folder, 'policy.nhipol'))} is a policy for ${template.title}.
Beside it: ${others}

Next:
${columns(steps)}
`;
}
