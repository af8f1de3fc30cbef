// Writes the generated sections of docs/cli.md from the commands: descriptions, usage, arguments, options
// with their defaults, and examples. The text outside the markers is unchanged.

import { readFileSync, writeFileSync } from 'node:fs';
import { createProgram } from '../../dist/cli/program.js';

const page = new URL('../../docs/cli.md', import.meta.url);

let written = '';
const stdout = {
  write: (text) => {
    written += text;
  },
};
const program = createProgram({ stdout, stderr: stdout }, undefined, () => {});
const helper = program.createHelp();
const commands = listCommands(program);

const sections = new Map([
  ['commands', commandTable()],
  ['options', optionTable(program)],
  ...commands.flatMap((command) =>
    [command, ...listCommands(command)].map((each) => [formatPath(each), commandSection(each)]),
  ),
]);

const missing = new Set(sections.keys());
const text = readFileSync(page, 'utf8').replace(
  /<!-- generated: ([\w ]+) -->\n[\s\S]*?<!-- \/generated -->/g,
  (_, name) => {
    if (!missing.delete(name)) throw new Error(`docs/cli.md: unexpected section \`${name}\``);
    return `<!-- generated: ${name} -->\n\n${sections.get(name)}\n\n<!-- /generated -->`;
  },
);
if (missing.size > 0) throw new Error(`docs/cli.md: missing sections ${[...missing].join(', ')}`);
writeFileSync(page, text);

function listCommands(command) {
  return helper.visibleCommands(command).filter((each) => each.name() !== 'help');
}

/** The names that call a command, such as `guard scan`. */
function formatPath(command) {
  const { parent } = command;
  return parent === program ? command.name() : `${formatPath(parent)} ${command.name()}`;
}

function commandTable() {
  const rows = commands.map((command) => [
    `[${command.name()}](#${command.name()})`,
    command.description(),
  ]);
  return table(['command', 'what it does'], rows);
}

function commandSection(command) {
  const description = command.description();
  return [
    `${description[0].toUpperCase()}${description.slice(1)}.`,
    fenceLines([`nhipol ${formatPath(command)} ${command.usage()}`]),
    optionTable(command),
    fenceLines(readExamples(command)),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** A table of arguments and options. The column of defaults is omitted if it is empty. */
function optionTable(command) {
  const options = helper.visibleOptions(command).filter((option) => option.long !== '--help');
  const rows = [
    ...command.registeredArguments.map((argument) => [
      code(formatPlaceholder(argument)),
      argument.description,
      formatDefault(argument),
    ]),
    ...options.map((option) => [
      code(helper.optionTerm(option)),
      formatDescription(option),
      option.mandatory ? 'required' : formatDefault(option),
    ]),
  ];
  if (rows.length === 0) return '';
  const hasDefaults = rows.some(([, , value]) => value !== '');
  const title = command.registeredArguments.length > 0 ? 'argument or option' : 'option';
  return hasDefaults
    ? table([title, 'description', 'default'], rows)
    : table(
        [title, 'description'],
        rows.map(([term, description]) => [term, description]),
      );
}

function formatPlaceholder(argument) {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function formatDescription({ description, argChoices }) {
  if (argChoices === undefined) return description;
  return `${description} (${argChoices.map((choice) => code(choice)).join(', ')})`;
}

function formatDefault({ defaultValue, presetArg }) {
  if (presetArg !== undefined) return `${code(presetArg)} if no value is given`;
  if (defaultValue === true) return 'on';
  if (typeof defaultValue !== 'string' && typeof defaultValue !== 'number') return '';
  return code(String(defaultValue));
}

/** The examples at the end of the help, each with its description as a comment of the shell. */
function readExamples(command) {
  written = '';
  command.outputHelp();
  const lines = written.split('\nExamples:\n')[1].trimEnd().split('\n');
  const examples = lines.map((line) => line.trim().split(/ {2,}/));
  const width = Math.max(...examples.map(([example]) => example.length));
  return examples.map(([example, description]) => `${example.padEnd(width)}  # ${description}`);
}

function fenceLines(lines) {
  return ['```sh', ...lines, '```'].join('\n');
}

function code(text) {
  return `\`${text}\``;
}

function table(head, rows) {
  const row = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [row(head), `|${head.map(() => '---|').join('')}`, ...rows.map(row)].join('\n');
}
