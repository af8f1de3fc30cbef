// Writes docs/grammar.md and its railroad diagrams, docs/grammar/*.svg, from the grammar of the
// parser. Runs on the built grammar: `npm run build && node scripts/generate/grammar.mjs`.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { parser } from '../../dist/language/syntax/grammar/grammar.js';
import * as precedence from '../../dist/language/syntax/to-ast/precedence.js';
import { vocabulary } from '../../dist/language/syntax/tokens.js';
import { drawDiagrams } from '../grammar/diagrams.mjs';
import { productionText, terminalText } from '../grammar/ebnf.mjs';

const docs = new URL('../../docs/', import.meta.url);
const drawings = new URL('grammar/', docs);
const grammar = new URL('../../language/syntax/grammar/', import.meta.url);

/** The files of the grammar, top-down, each with the name and the title of its section. */
const sections = [
  ['grammar.ts', 'files', 'Files'],
  ['declarations.ts', 'declarations', 'Declarations and types'],
  ['windows.ts', 'windows', 'Windows'],
  ['functions.ts', 'functions', 'Predicates and functions'],
  ['rules.ts', 'rules', 'Groups, rules and their clauses'],
  ['expressions.ts', 'expressions', 'Expressions'],
  ['tests.ts', 'tests', 'Tests and invariants'],
  ['base.ts', 'names', 'Names'],
];

const productions = new Map(
  parser.getSerializedGastProductions().map((production) => [production.name, production]),
);

function listProductions(file) {
  const text = readFileSync(new URL(file, grammar), 'utf8');
  return [...text.matchAll(/this\.RULE\(\s*'(\w+)'/g)].map(([, name]) => productions.get(name));
}

mkdirSync(drawings, { recursive: true });
for (const name of readdirSync(drawings)) rmSync(new URL(name, drawings));

const drawn = sections.map(([file, slug, title]) => {
  const own = listProductions(file);
  writeFileSync(new URL(`${slug}.svg`, drawings), drawDiagrams(title, own));
  const text = own.map(productionText).join('\n');
  return {
    own,
    page: `## ${title}\n\n\`\`\`ebnf\n${text}\n\`\`\`\n\n![${title}](grammar/${slug}.svg)\n`,
  };
});

const missing = new Set(productions.values());
for (const each of drawn.flatMap(({ own }) => own)) missing.delete(each);
if (missing.size > 0)
  throw new Error(
    `productions without a section: ${[...missing].map(({ name }) => name).join(', ')}`,
  );

writeFileSync(new URL('grammar.md', docs), page());

function page() {
  return `<!-- Generated from the grammar by scripts/generate/grammar.mjs; do not edit. -->

# The grammar of the parser

This page lists the productions of the parser under the names in its source. To learn the syntax, read
[the grammar in the language reference](language/grammar.md) first: it describes the same language for policy
authors.

\`x?\` is optional, \`x*\` occurs any number of times, \`x+\` at least once. In the diagrams, a rounded box is
literal text or one of the [tokens](#tokens), and a rectangular box is another production.

The parser accepts more than the language, so that it can report an error with one specific message. The following
restrictions are checked after parsing, and a violation is a diagnostic:

- Operators are parsed as a flat list. [The table below](#precedence) defines their precedence.
- A comma between items in braces is optional for the parser, but required everywhere except in records.
- The members of an enum are separated either by \`,\` or by \`<\`, and each clause of a rule occurs once.
- A \`Literal\` is accepted as any value, and \`BadNumber\` only as the \`1st\` to \`5th\` of a window.

${drawn.map(({ page }) => page).join('\n')}
## Precedence

Operators, from the lowest to the highest precedence. Operators of one level are left-associative, unless the table
says otherwise.

| level | operators | |
|---|---|---|
${precedenceRows().join('\n')}

## Tokens

Keywords can also be names wherever they are not read as keywords. Spaces, line ends and
comments (\`//\` to the end of the line) only separate tokens.

| token | pattern or members |
|---|---|
${tokenRows().join('\n')}
`;
}

function precedenceRows() {
  const { precedences, bindsRight } = precedence;
  const { notBinding, comparisonBinding, negationBinding, operandBinding } = precedence;
  const levels = new Map();
  const add = (level, operator, note = '') => {
    const row = levels.get(level) ?? { operators: [], note };
    levels.set(level, row);
    row.operators.push(operator);
  };
  for (const [operator, level] of Object.entries(precedences)) {
    const note = bindsRight(operator) ? 'right-associative' : '';
    add(level, operator, level === comparisonBinding ? 'cannot be chained' : note);
  }
  for (const each of ['is present', 'is missing', 'matches', 'not matches']) {
    add(comparisonBinding, each);
  }
  add(notBinding, 'not x');
  add(negationBinding, '-x');
  for (const each of ['x.name', 'table[key]', 'f(x)', '( … )']) add(operandBinding, each);
  return [...levels]
    .sort(([a], [b]) => a - b)
    .map(([level, { operators, note }]) => {
      const names = operators.map((each) => `\`${each}\``).join(', ');
      return `| ${level} | ${names} |${note === '' ? '' : ` ${note}`} |`;
    });
}

/** Rows for the tokens with more than one spelling: classes with their members, others with their patterns. */
function tokenRows() {
  const used = new Set();
  const walk = ({ type, name, label, definition }) => {
    if (type === 'Terminal' && terminalText({ name, label }) === name) used.add(name);
    definition?.forEach(walk);
  };
  for (const production of productions.values()) walk(production);
  const rows = new Map();
  const queue = [...used];
  for (const name of queue) {
    const type = vocabulary.find((each) => each.name === name);
    const members = vocabulary.filter(({ CATEGORIES }) => CATEGORIES?.includes(type));
    if (members.length === 0) {
      rows.set(name, code(type.PATTERN));
      continue;
    }
    rows.set(name, membersText(name, members));
    for (const member of members) {
      if (!queue.includes(member.name) && isNamed(member)) queue.push(member.name);
    }
  }
  return [...rows]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, is]) => `| \`${name}\` | ${is} |`);
}

function isNamed({ name, LABEL: label }) {
  return terminalText({ name, label }) === name;
}

function membersText(name, members) {
  if (name === 'Word') return '`Name`, or any keyword';
  if (name === 'FreeWord') {
    return '`Name`, or a keyword that is not [reserved in expressions](language/expressions.md)';
  }
  return members
    .map(({ name, LABEL: label }) => `\`${terminalText({ name, label }).replaceAll('"', '')}\``)
    .join(', ');
}

/** Formats a pattern for a table, in which \`|\` would end the column. */
function code(pattern) {
  return `\`${String(pattern).replaceAll('|', '\\|').replaceAll('\uFEFF', '\\uFEFF')}\``;
}
