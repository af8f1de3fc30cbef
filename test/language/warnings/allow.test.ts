// The comment `// allow …`: which warnings it silences, where, and the errors in it.

import { expect, test } from 'vitest';
import { checkText } from '../../support/checking.ts';

function listWarnings(
  text: string,
  others: Readonly<Record<string, string>> = {},
): readonly string[] {
  const { warned, found } = checkText(text, others);
  return [...found, ...warned];
}

const risky = 'deny x when context.n is present and context.n > 5';
const because = 'allow fails-open: the gateway always sends it';
const head = 'policy p\ncontext { n?: Int(0..9) }\n';
const group = (before: string, rule: string, after = '') =>
  `${head}for any {\npermit a otherwise\n${before}${rule}${after}\n}`;

test.each([
  ['above a rule', group(`// ${because}\n`, risky)],
  ['after its first line', group('', risky, ` // ${because}`)],
  [
    'after its first line of two',
    group('', 'deny x', ` // ${because}\nwhen context.n is present and context.n > 5`),
  ],
  ['without a space', group(`//${because}\n`, risky)],
  ['above other comments', group(`// ${because}\n// More is known of it.\n`, risky)],
  ['below other comments', group(`// It is known.\n  // ${because}\n  `, risky)],
  ['on lines that end with carriage returns', group(`// ${because}\r\n`, risky)],
  ['above the group', `${head}// ${because}\nfor any {\npermit a otherwise\n${risky}\n}`],
  [
    'after the first line of the group',
    `${head}for any { // ${because}\npermit a otherwise\n${risky}\n}`,
  ],
  [
    'two comments',
    group(
      `// ${because}\n// allow decided-comparison: the range may grow\n`,
      'deny x when context.n is present and context.n > 9',
    ),
  ],
  [
    'above a `given`',
    group(`// ${because}\n`, 'given n = context.n { deny x when n > 5 } otherwise ignore'),
  ],
  [
    'above a score',
    group('// allow never-fires: a switch\n', 'score s { x counts 1 when 1 > 2\nfrom 1 deny }'),
  ],
  [
    'above a condition of a score',
    group('', 'score s {\n// allow never-fires: a switch\nx counts 1 when 1 > 2\nfrom 1 deny }'),
  ],
  [
    'above a declaration',
    `policy p\n// allow unused: for the next rule\nconst c = 5\nfor any { permit a otherwise }`,
  ],
  [
    'above a `use`',
    'policy p\n// allow unused: for the next rule\nuse nhi.{ Risk }\nfor any { permit a otherwise }',
  ],
])('silences a warning: %s', (_, text) => {
  expect(listWarnings(text)).toEqual([]);
});

const open =
  'fails-open «context.n is present» the deny `x` does not fire when `context.n` is absent: no other rule fires when it is absent';
const describeUnused = (code: string) =>
  `unused-allow «${code}» \`allow ${code}\` suppresses no warning`;

test.each([
  ['a blank line between', group(`// ${because}\n\n`, risky), [describeUnused('fails-open'), open]],
  [
    'above another rule',
    group(`// ${because}\n`, `deny y when subject.id is "a"\n${risky}`),
    [describeUnused('fails-open'), open],
  ],
  [
    'within a rule',
    group('', `deny x\n// ${because}\nwhen context.n is present and context.n > 5`),
    [describeUnused('fails-open'), open],
  ],
  [
    'after a later line',
    group('', 'deny x\nwhen context.n is present and context.n > 5', ` // ${because}`),
    [describeUnused('fails-open'), open],
  ],
  [
    'the code of another warning',
    group('// allow never-fires: so it is\n', risky),
    [describeUnused('never-fires'), open],
  ],
  [
    'no warning to silence',
    group(`// ${because}\n`, 'deny x when context.n > 5'),
    [describeUnused('fails-open')],
  ],
  [
    'no code after it',
    `${group('', 'deny x when context.n > 5')}\n// ${because}\n`,
    [describeUnused('fails-open')],
  ],
  [
    'no reason',
    group('// allow fails-open\n', risky),
    ['allow-without-reason «fails-open» `allow fails-open` states no reason'],
  ],
  [
    'an empty reason',
    group('// allow fails-open: \n', risky),
    ['allow-without-reason «fails-open» `allow fails-open` states no reason'],
  ],
  [
    'a misspelled code',
    group('// allow fail-open: the gateway always sends it\n', risky),
    [
      'unknown-allow «fail-open» `fail-open` is not the code of a warning: did you mean `fails-open`?',
      open,
    ],
  ],
  [
    'a misspelled code without a reason',
    group('// allow fail-open\n', risky),
    [
      'unknown-allow «fail-open» `fail-open` is not the code of a warning: did you mean `fails-open`?',
      open,
    ],
  ],
  [
    "an error's code",
    group('// allow wrong-type: it works\n', 'deny x when context.n > 5'),
    ['unknown-allow «wrong-type» `wrong-type` is an error, and errors cannot be suppressed'],
  ],
])('reports a comment that silences nothing: %s', (_, text, expected) => {
  expect([...listWarnings(text)].sort()).toEqual([...expected].sort());
});

test.each([
  '// allow everything\n',
  '// allow what the gateway sends\n',
  '// to allow fails-open: no\n',
  '// allowed\n',
])('ignores other comments: %s', (comment) => {
  expect(listWarnings(group(comment, 'deny x when context.n > 5'))).toEqual([]);
});

test('ignores a comment in a string', () => {
  expect(listWarnings(group('', 'deny x when subject.id is "// allow unused: x"'))).toEqual([]);
});

test('does not silence errors', () => {
  const { found } = checkText(group('// allow wrong-type: it works\n', 'deny x when context.n'));
  expect(found).toEqual(['wrong-type «context.n» expected Bool, found Int(0..9)']);
});

test('silences warnings of another file in that file', () => {
  const rules = (comment: string) => ({
    'rules.nhipol': `${comment}const c = 5\nfor any { deny d when subject.id is "a" }`,
  });
  const text = 'policy p\nuse "rules.nhipol"\nfor any { permit a otherwise }';
  expect(listWarnings(text, rules('// allow unused: for later\n'))).toEqual([]);
  expect(listWarnings(text, rules(''))).toHaveLength(1);
});
