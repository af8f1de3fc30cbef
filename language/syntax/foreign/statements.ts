// Repairs of declarations, rules and tests in the notation of other languages.

import { proposeRemoval } from '../../diagnostics/fix.ts';
import * as t from '../tokens.ts';
import { proposeText, type Repair, type SyntaxErrorContext } from './repair.ts';
import { findForeignWord } from './report.ts';

const group = 'a group such as `for any { permit NAME when … }`';
const groups =
  'write rules in a group, which selects the requests they apply to: `for SUBJECT doing ACTION on RESOURCE { … }`';

/** Repairs at the first word of a statement. */
export function proposeStatementRepair(place: SyntaxErrorContext): Repair | undefined {
  if (!place.beginsStatement()) return undefined;
  if (place.atItem && place.depth === 0) return proposeItemRepair(place);
  if (place.inBlock) return proposeRuleRepair(place);
  if (
    place.rule === 'testDeclaration' ||
    place.rule === 'testSteps' ||
    place.rule === 'blockStart'
  ) {
    const row = findForeignWord('start', place.image());
    if (row !== undefined && ['assert', 'setup'].includes(row.word))
      return place.foreign(row, place.span(), { word: place.image() });
  }
  return undefined;
}

function proposeItemRepair(place: SyntaxErrorContext): Repair | undefined {
  const image = place.image();
  const next = place.image(1);
  const end = place.statementEnd();
  const rest = [place.drop(0, end)];
  if (place.is(0, t.EffectWordToken)) {
    if (next === '(') return place.sign('permit (…)', place.span(), { word: `${image} (` }, rest);
    if (next === '[' || next === 'contains')
      return place.sign(
        'deny [msg]',
        place.span(0, 1),
        { word: `${image}${next === '[' ? '[' : ' contains'}`, expected: group },
        rest,
      );
    return place.slip(
      { expected: group, found: `\`${image}\`` },
      place.span(),
      { help: groups },
      rest,
    );
  }
  const row = findForeignWord('start', image);
  if (row === undefined) {
    if (image === '-' && next === '-') return proposeSqlComment(place);
    return undefined;
  }
  if (row.word === 'forbid' && next === '(')
    return place.sign(
      'permit (…)',
      place.span(),
      {
        word: 'forbid (',
        help: '`forbid (principal, action, resource) when { x }` is written `for any { deny NAME when x }`',
      },
      rest,
    );
  if (row.word === 'allow' && next === '(')
    return place.sign('allow (…)', place.span(), { word: 'allow (' }, rest);
  if (['allow', 'forbid', 'reject'].includes(row.word)) {
    const effect = row.instead ?? 'permit';
    return place.foreign(
      row,
      place.span(),
      {
        word: image,
        expected: `a group such as \`for any { ${effect} NAME when … }\``,
        help: `\`${image} if { x }\` is written \`for any { ${effect} NAME when x }\``,
      },
      rest,
    );
  }
  if (['if', 'else', 'return', 'where', 'assert', 'setup'].includes(row.word)) return undefined;
  if (row.word === 'export') {
    const after = place.token(1);
    const span = after === undefined ? place.span() : { ...place.span(), end: after.startOffset };
    const fix = proposeRemoval(span, 'remove it');
    return place.foreign(row, place.span(), { fix }, [place.drop(0, 1)]);
  }
  if (row.word === 'default') {
    const isDeny =
      place.isWord(1) && place.image(2) === '=' && place.image(3) === 'false' && end === 4;
    const fix = isDeny ? proposeRemoval(place.span(0, 3), 'remove it') : undefined;
    return place.foreign(row, place.span(), { word: image, fix }, rest);
  }
  const named = row.instead === 'use' ? place.is(1, t.TextToken) : place.isWord(1);
  const isMeant =
    row.instead !== undefined && named && !(row.word === 'package' && declaresPolicy(place));
  if (isMeant && row.instead !== undefined)
    return place.foreign(
      row,
      place.span(),
      { word: image, fix: proposeText(place.span(), row.instead) },
      [place.put(row.instead)],
    );
  return place.foreign(row, place.span(), { word: image }, rest);
}

function declaresPolicy({ read, at }: SyntaxErrorContext): boolean {
  return read.tokens.some(({ tokenType }, index) => index < at && tokenType === t.PolicyToken);
}

function proposeRuleRepair(place: SyntaxErrorContext): Repair | undefined {
  const image = place.image();
  const next = place.image(1);
  if (image === '-' && next === '-') return proposeSqlComment(place);
  const row = findForeignWord('start', image);
  if (row === undefined) return undefined;
  const rest = [place.drop(0, place.statementEnd())];
  if (row.word === 'if' && !place.hasEarlierWord('when') && next !== '(' && place.isWord(-1))
    return undefined;
  if (['allow', 'forbid', 'reject'].includes(row.word) && row.instead !== undefined) {
    if (next === '(')
      return place.sign(
        row.word === 'allow' ? 'allow (…)' : 'permit (…)',
        place.span(),
        { word: `${image} (` },
        rest,
      );
    const isFollowed = place.isWord(1) && place.is(1, t.FreeWordToken);
    const expected = isFollowed ? `\`${row.instead}\`` : undefined;
    const fix = isFollowed ? proposeText(place.span(), row.instead) : undefined;
    const found = { word: image, fix, ...(expected === undefined ? {} : { expected }) };
    return place.foreign(row, place.span(), found, [place.put(row.instead)]);
  }
  if (['if', 'else', 'return', 'default', 'import', 'select'].includes(row.word))
    return place.foreign(row, place.span(), { word: image }, rest);
  return undefined;
}

/** `-- text` up to the end of the line. */
export function proposeSqlComment(place: SyntaxErrorContext): Repair | undefined {
  if (place.image() !== '-' || place.image(1) !== '-' || !place.adjacent(0)) return undefined;
  let end = 2;
  while (place.token(end) !== undefined && !place.beginsLine(end)) end += 1;
  const span = place.span(0, 1);
  return place.sign('--', span, { fix: proposeText(span, '//') }, [place.drop(0, end)]);
}

/** A rule without a name, or with an invalid one. */
export function proposeNamingRepair(place: SyntaxErrorContext): Repair | undefined {
  const help = 'a rule has a name, which answers return as their reason: `permit NAME when …`';
  const named = { expected: 'a name for the rule', help };
  // The parser read the word after the effect as the name.
  const taken = place.image(-1);
  if (place.is(-2, t.EffectWordToken) && clauseWords.has(taken) && place.image(-3) !== 'expect') {
    return place.slip(
      { expected: named.expected, found: `\`${taken}\`` },
      place.span(-1),
      { help },
      [place.insert('unnamed', -1)],
    );
  }
  const isRule = place.is(-1, t.EffectWordToken) && place.rule === 'rule';
  if (isRule && (place.image() === '[' || place.image() === '(')) {
    const end = place.statementEnd(-1);
    const sign = place.image() === '[' ? 'deny [msg]' : 'permit (…)';
    return place.sign(
      sign,
      place.span(-1, 0),
      { word: place.image(-1) + (place.image() === '[' ? '[' : ' (') },
      [place.drop(-1, end)],
    );
  }
  if (isRule && !place.is(0, t.TextToken)) {
    return place.slip(
      {
        expected: named.expected,
        found: place.token() === undefined ? 'the end of the file' : `\`${place.image()}\``,
      },
      place.token() === undefined ? place.span(-1) : place.span(),
      { help },
    );
  }
  return undefined;
}

const clauseWords = new Set([
  'when',
  'if',
  'otherwise',
  'because',
  'to',
  'with',
  'unless',
  'covers',
  'where',
]);

/** Quoted names, unquoted strings, and names with a hyphen. */
export function quoteRepair(place: SyntaxErrorContext): Repair | undefined {
  const token = place.token();
  if (token === undefined) return undefined;
  const found = `\`${place.image()}\``;
  const inner = token.image.slice(1, -1);
  const takesName =
    place.phrase === 'a name' || (place.rule === 'usedNames' && place.is(0, t.TextToken));
  if (takesName && place.is(0, t.TextToken) && /^[A-Za-z_]\w*$/.test(inner)) {
    return place.slip(
      { expected: 'a name', found },
      place.span(),
      { help: 'names are written without quotes', fix: proposeText(place.span(), inner) },
      [place.put(inner)],
    );
  }
  if (
    place.phrase === 'a string' &&
    ['test', 'version', 'invariant', 'from', 'in', 'signal'].includes(place.image(-1)) &&
    !place.is(0, t.LBraceToken)
  ) {
    let last = 0;
    while (place.adjacent(last) && /^[\w.\-/]+$/.test(place.image(last + 1))) last += 1;
    const words = place.read.tokens
      .slice(place.at, place.at + last + 1)
      .map(({ image }) => image)
      .join('');
    if (!/^[\w.\-/]+$/.test(words)) return undefined;
    const text = `"${words}"`;
    return place.slip(
      { expected: 'a string', found: `\`${words}\`` },
      place.span(0, last),
      { help: 'strings are written in double quotes', fix: proposeText(place.span(0, last), text) },
      [place.put(text, 0, last)],
    );
  }
  if (
    place.image() === '-' &&
    place.isWord(-1) &&
    place.isWord(1) &&
    place.adjacent(-1) &&
    place.adjacent(0)
  ) {
    const head = place.token(-2);
    const declares =
      head !== undefined &&
      (place.is(-2, t.EffectWordToken) ||
        t.itemKeywords.has(head.tokenType) ||
        ['let', 'given', 'score'].includes(head.image));
    if (!declares) return undefined;
    let last = 1;
    while (
      place.image(last + 1) === '-' &&
      place.adjacent(last) &&
      place.adjacent(last + 1) &&
      place.isWord(last + 2)
    )
      last += 2;
    const words = place.read.tokens
      .slice(place.at - 1, place.at + last + 1)
      .map(({ image }) => image)
      .join('');
    const name = words.replaceAll('-', '_');
    return place.slip(
      { expected: 'a name', found: `\`${words}\`` },
      place.span(-1, last),
      {
        help: 'names consist of letters, digits and `_`',
        fix: proposeText(place.span(-1, last), name),
      },
      [place.put(name, -1, last)],
    );
  }
  return undefined;
}

/** Separators between rules, and a group without a subject. */
export function proposeLayoutRepair(place: SyntaxErrorContext): Repair | undefined {
  if (
    place.inBlock &&
    place.image() === ',' &&
    (place.beginsLine(1) || place.is(1, t.RBraceToken))
  ) {
    const help = 'rules need no separator: a new one begins with its effect';
    return place.slip(
      { expected: 'an effect such as `permit` or `deny`', found: '`,`' },
      place.span(),
      { help, fix: proposeRemoval(place.span(), 'remove it') },
      [place.drop(0, 1)],
    );
  }
  if (place.inBlock && place.is(0, t.WhenToken) && place.hasEarlierWord('when')) {
    const help = 'a rule has one condition: join the two with `and`';
    return place.slip(
      { expected: '`and`', found: '`when`' },
      place.span(),
      { help, fix: proposeText(place.span(), 'and') },
      [place.put('and')],
    );
  }
  if (
    place.image(-2) === 'for' &&
    ['doing', 'on', 'when'].includes(place.image(-1)) &&
    place.phrase === '`{`'
  ) {
    const help =
      'a group names its subjects: `for agent doing read { … }`, or `for any` for all of them';
    return place.slip(
      { expected: 'a subject', found: `\`${place.image(-1)}\`` },
      place.span(-1),
      { help },
      [place.insert('any', -1)],
    );
  }
  if (
    place.rule === 'testDeclaration' &&
    place.isWord(0) &&
    place.is(-1, t.EffectWordToken) &&
    place.image(-2) === 'expect' &&
    (place.beginsLine(1) || ['then', '}', 'with', 'until', ','].includes(place.image(1)))
  ) {
    const span = { ...place.span(), end: place.span().start };
    const help = '`expect permit because ok` also tests the reason';
    return place.slip(
      { expected: '`because`', found: `\`${place.image()}\`` },
      place.span(),
      { help, fix: { title: 'write `because`', edits: [{ span, text: 'because ' }] } },
      [place.insert('because')],
    );
  }
  if (place.phrase.startsWith('an effect') && place.image(-1) === 'expect') {
    const row = findForeignWord('start', place.image());
    const effect =
      row?.word === 'allow'
        ? 'permit'
        : row?.word === 'forbid' || row?.word === 'reject'
          ? 'deny'
          : undefined;
    if (row === undefined || effect === undefined) return undefined;
    return place.foreign(
      row,
      place.span(),
      {
        word: place.image(),
        expected: `\`${effect}\``,
        help: `the effects are \`permit\`, \`narrow\`, \`challenge\`, \`deny\` and \`revoke\``,
        fix: proposeText(place.span(), effect),
      },
      [place.put(effect)],
    );
  }
  return undefined;
}

/** Confused colons and equals signs, and the arrow of a table. */
export function signRepair(place: SyntaxErrorContext): Repair | undefined {
  const image = place.image();
  if (image === '=' && place.phrase === '`->`' && place.image(1) === '>') {
    const span = place.span(0, 1);
    return place.slip({ expected: '`->`', found: '`=>`' }, span, { fix: proposeText(span, '->') }, [
      place.put('->', 0, 1),
    ]);
  }
  const meant =
    image === '=' && place.phrase === '`:`'
      ? ':'
      : image === ':' && place.phrase === '`=`'
        ? '='
        : undefined;
  if (meant === undefined || place.image(1) === '=' || place.image(1) === '>') return undefined;
  const before = place.token(-1);
  const touches = meant === ':' && before !== undefined;
  const span = touches
    ? { ...place.span(), start: before.startOffset + before.image.length }
    : place.span();
  const text = meant === ':' ? ':' : ' =';
  return place.slip(
    { expected: `\`${meant}\``, found: `\`${image}\`` },
    place.span(),
    { help: findExample(place), fix: proposeText(span, text) },
    [place.put(meant)],
  );
}

function findExample({ rule }: SyntaxErrorContext): string | undefined {
  return examplesByRule[rule];
}

/** Help texts by the rule of the grammar. */
export const examplesByRule: Readonly<Record<string, string>> = {
  setting: 'write the values of constraints and obligations as `{ ttl: 5m }`',
  settings: 'write the values of constraints and obligations as `{ ttl: 5m }`',
  tableEntry: 'a row of a table is written `"key": value`',
  tableSignature: 'a table is written `table levels: String -> Int { "a": 1 }`',
  tableContents:
    'a table is written `table levels: String -> Int { "a": 1 }`, or with `from "levels.json"`',
  change: 'a change in a test is written `with { context.level = 5 }`',
  changes: 'a change in a test is written `with { context.level = 5 }`',
  binding: '`let x = …` names a value',
  member: 'a member is written `name: Type`, or `name?: Type` if it can be missing',
  recordType: 'a member is written `name: Type`, or `name?: Type` if it can be missing',
  parameter: 'a parameter has a type: `predicate big(n: Int) = n > 5`',
  parameters: 'a parameter has a type: `predicate big(n: Int) = n > 5`',
  functionDeclaration:
    'a function is written `function twice(n: Int): Int = n * 2`, a predicate `predicate big(n: Int) = n > 5`',
  enumDeclaration:
    'an enum is written `enum Level { low < high }`, or with commas if its members have no order',
  windowDeclaration:
    'a window is written `window office = Mon..Fri 09:00..17:00 in "Europe/Berlin"`',
  windowPart: 'a window is written `window office = Mon..Fri 09:00..17:00 in "Europe/Berlin"`',
  season: 'a season is written `during 18 Dec..4 Jan`',
  yearDay: 'a season is written `during 18 Dec..4 Jan`',
  timeRange: 'a window is written `window office = Mon..Fri 09:00..17:00 in "Europe/Berlin"`',
  constraintDeclaration:
    'a constraint defines how values of several rules are merged: `constraint ttl: Duration smallest wins`',
  testDeclaration: 'a test is written `test "name" { request { … } expect permit }`',
  testSteps:
    'the parts of a step have this order: `after 1m`, `granted for 1h`, `signal "name"`, `ask with { … }`, `expect permit`',
  history: 'a history term is written `count(refused doing read, within 1h) > 3`',
  eventPattern:
    'events are `decided`, `allowed`, `refused`, `signal "name"` or `outcome "name"`: `count(refused, within 1h) > 3`',
  given: '`given x = … { … } otherwise { … }` defines what applies if `x` is unknown',
  scoreCondition: 'a condition of a score is written `name counts 1 when …`',
  useDeclaration: 'names are imported with `use nhi.{ Risk }` or `use { name } from "file.nhipol"`',
  policyDeclaration: 'a policy begins with `policy name version "1.0.0"`',
  match: '`x matches glob"fs/**"` or `x matches regex"[a-z]+"`',
};
