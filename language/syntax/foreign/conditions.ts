// Repairs of conditions, types and times in the notation of other languages.

import { readTextValue } from '../literals/string.ts';
import * as t from '../tokens.ts';
import { proposeText, type Repair, type SyntaxErrorContext } from './repair.ts';
import { createForeignRow, findForeignWord } from './report.ts';
import { continues, findClosingBracket } from './signs.ts';

// --- words -------------------------------------------------------------------------------------

/** Repairs at a word after a value. */
export function proposeInfixRepair(place: SyntaxErrorContext): Repair | undefined {
  if (!place.isWord(0)) return undefined;
  for (let count = 3; count > 0; count -= 1) {
    const words = Array.from({ length: count }, (_, index) => place.image(index));
    if (words.includes('')) continue;
    const row = findForeignWord('infix', words.join(' ').toLowerCase());
    if (row === undefined) continue;
    // Other keywords of this language are errors for other reasons.
    if (t.isKeyword(words.join(' ')) && !['if', 'unless', 'contains'].includes(row.word)) continue;
    const repair = proposeInfix(place, row.word, count);
    if (repair !== undefined) return repair;
  }
  return undefined;
}

function proposeInfix(place: SyntaxErrorContext, word: string, count: number): Repair | undefined {
  const row = createForeignRow('infix', word);
  const span = place.span(0, count - 1);
  const written = place.read.tokens
    .slice(place.at, place.at + count)
    .map(({ image }) => image)
    .join(' ');
  switch (word) {
    case 'like':
      return proposeLikeRepair(place);
    case 'has':
      return hasRepair(place);
    case 'unless':
      return place.inBlock ? proposeUnlessRepair(place) : undefined;
    case 'if': {
      if (!place.inBlock || !place.isWord(-1) || !place.is(-2, t.EffectWordToken)) return undefined;
      return place.foreign(row, span, { fix: proposeText(span, 'when') }, [place.put('when')]);
    }
    case 'contains':
      return undefined;
    default: {
      if (row.instead === undefined) return place.foreign(row, span, { word: written });
      const fix = proposeText(span, row.instead);
      return place.foreign(row, span, { word: written, fix }, [
        place.put(row.instead, 0, count - 1),
      ]);
    }
  }
}

/** `x like "fs.*"`; without a wildcard inside, the fix is `starts_with`, `ends_with`, `contains` or `is`. */
function proposeLikeRepair(place: SyntaxErrorContext): Repair | undefined {
  const row = createForeignRow('infix', 'like');
  const token = place.token(1);
  if (token === undefined || !place.is(1, t.TextToken))
    return place.foreign(row, place.span(), { word: place.image() });
  const pattern = readTextValue(token);
  const wild = pattern.includes('%') && !pattern.includes('*') ? '%' : '*';
  const open = pattern.startsWith(wild);
  const shut = pattern.length > 1 && pattern.endsWith(wild);
  const inner = pattern.slice(open ? 1 : 0, shut ? -1 : undefined);
  const isPlain = inner !== '' && !/[*%_?\\[\]{}]/.test(inner);
  const operator = open && shut ? 'contains' : open ? 'ends_with' : shut ? 'starts_with' : 'is';
  const text = `${operator} ${JSON.stringify(inner)}`;
  const span = place.span(0, 1);
  const meant = isPlain ? text : `matches glob${JSON.stringify(pattern.replaceAll('%', '*'))}`;
  const found = isPlain ? { expected: `\`${operator}\``, fix: proposeText(span, text) } : {};
  return place.foreign(row, place.span(), { word: place.image(), ...found }, [
    place.put(meant, 0, 1),
  ]);
}

/** `context has risk.level` */
function hasRepair(place: SyntaxErrorContext): Repair | undefined {
  const row = createForeignRow('infix', 'has');
  const named = place.isWord(1) || place.is(1, t.TextToken);
  if (!named) return place.foreign(row, place.span());
  let last = 1;
  while (place.image(last + 1) === '.' && place.isWord(last + 2)) last += 2;
  const before = place.span(-1);
  const dot = { ...before, start: before.end, end: place.span(1).start };
  const after = { ...before, start: place.span(last).end, end: place.span(last).end };
  const fix = {
    title: 'write `is present`',
    edits: [
      { span: dot, text: '.' },
      { span: after, text: ' is present' },
    ],
  };
  return place.foreign(row, place.span(), { fix }, [
    place.put('.'),
    place.insert('is present', last + 1),
  ]);
}

/** `deny x unless { a }`, `deny x unless a` */
function proposeUnlessRepair(place: SyntaxErrorContext): Repair | undefined {
  const row = createForeignRow('infix', 'unless');
  const { tokens, depths } = place.read;
  if (place.hasEarlierWord('when')) {
    const help = 'a rule has one condition: `when a and not (b)`';
    return place.foreign(row, place.span(), { expected: '`and not (…)`', help });
  }
  let end = place.at + 1;
  const depth = depths[place.at] ?? 0;
  while (end < tokens.length) {
    const token = tokens[end];
    if (token === undefined) break;
    if ((depths[end] ?? 0) <= depth && ends(token, tokens[end - 1])) break;
    end += 1;
  }
  const last = end - place.at - 1;
  if (last < 1) return place.foreign(row, place.span());
  const after = { ...place.span(last), start: place.span(last).end };
  const closed = findClosingBracket(tokens, place.at + 1) === end - 1;
  const [opening, closing] = [place.span(1), place.span(last)];
  const title = 'write `when not (…)`';
  if (closed && place.image(1) === '(') {
    const fix = { title, edits: [{ span: place.span(), text: 'when not' }] };
    return place.foreign(row, place.span(), { fix }, [place.put('when not')]);
  }
  if (closed && place.image(1) === '{') {
    const edits = [
      { span: { ...place.span(), end: opening.end }, text: 'when not (' },
      { span: closing, text: ')' },
    ];
    const meant = [place.put('when not ('), place.drop(1, 2), place.put(')', last)];
    return place.foreign(row, place.span(), { fix: { title, edits } }, meant);
  }
  const edits = [
    { span: { ...place.span(), end: opening.start }, text: 'when not (' },
    { span: after, text: ')' },
  ];
  const meant = [place.put('when not ('), place.insert(')', last + 1)];
  return place.foreign(row, place.span(), { fix: { title, edits } }, meant);
}

/** Whether a token ends the condition of a rule. */
function ends(
  token: t.Tokens['tokens'][number],
  before: t.Tokens['tokens'][number] | undefined,
): boolean {
  const { tokenType } = token;
  if (
    tokenType === t.RBraceToken ||
    [
      t.BecauseToken,
      t.ToToken,
      t.WithToken,
      t.CoversToken,
      t.WhereToken,
      t.LetToken,
      t.GivenToken,
      t.ScoreToken,
    ].includes(tokenType)
  )
    return true;
  return (
    tokenType.CATEGORIES?.includes(t.EffectWordToken) === true &&
    !continues(before) &&
    before?.tokenType !== t.DotToken
  );
}

/** At a word before a value, which the parser took for the value. */
export function proposePrefixRepair(place: SyntaxErrorContext): Repair | undefined {
  const prefixWord =
    place.phrase === 'a string' ? findForeignWord('prefix', place.image()) : undefined;
  if (prefixWord !== undefined)
    return place.foreign(prefixWord, place.span(), { word: place.image() });
  const word = place.image(-1);
  const before = place.token(-2);
  if (before !== undefined && place.image(-2) === '.') return undefined;
  // The name of a rule.
  if (place.is(-2, t.EffectWordToken)) return proposeContains(place);
  const row = findForeignWord('prefix', word);
  if (row === undefined || t.isKeyword(word)) return undefined;
  if (row.instead === 'not' || row.word === 'not')
    return place.foreign(row, place.span(-1), { word, fix: proposeText(place.span(-1), 'not') }, [
      place.put('not', -1),
    ]);
  if (row.word !== 'some' && row.word !== 'every')
    return place.foreign(row, place.span(-1), { word });
  return proposeQuantifierRepair(place, row.word);
}

/** `deny contains msg if { … }` */
function proposeContains(place: SyntaxErrorContext): Repair | undefined {
  if (place.image(-1) !== 'contains' || !place.isWord(0)) return undefined;
  const span = place.span(-2, -1);
  const end = place.statementEnd(-2);
  return place.sign(
    'deny [msg]',
    span,
    { word: `${place.image(-2)} contains`, help: createForeignRow('infix', 'contains').help },
    [place.drop(-2, end)],
  );
}

/** `every x in xs { … }`; without braces, the condition on the elements is not known. */
function proposeQuantifierRepair(place: SyntaxErrorContext, word: string): Repair {
  const row = createForeignRow('prefix', word);
  const { tokens } = place.read;
  const instead = word === 'every' ? 'all' : 'any';
  let open = 1;
  while (place.token(open) !== undefined && place.image(open) !== '{' && !place.beginsLine(open))
    open += 1;
  const close = place.image(open) === '{' ? findClosingBracket(tokens, place.at + open) : undefined;
  if (place.image(1) !== 'in' || close === undefined) return place.foreign(row, place.span(-1));
  const shut = close - place.at;
  const fix = {
    title: `write \`${instead} … satisfies …\``,
    edits: [
      { span: place.span(-1), text: instead },
      { span: place.span(open), text: 'satisfies (' },
      { span: { ...place.span(shut), start: place.span(shut - 1).end }, text: ')' },
    ],
  };
  const replacements = [
    place.put(instead, -1),
    place.put('satisfies (', open),
    place.put(')', shut),
  ];
  return place.foreign(row, place.span(-1), { fix }, replacements);
}

// --- operators ---------------------------------------------------------------------------------

export function proposeOperatorRepair(place: SyntaxErrorContext): Repair | undefined {
  const image = place.image();
  const next = place.image(1);
  // For some operators, lookahead makes the parser stop at the first character.
  const start = image === '<' ? 0 : -1;
  if (place.image(start) === '<' && place.image(start + 1) === '>' && place.adjacent(start)) {
    const span = place.span(start, start + 1);
    const rest = [place.put('is not', start, start + 1)];
    return place.sign('<>', span, { fix: proposeText(span, 'is not') }, rest);
  }
  if (image === '::' || (image === ':' && next === ':')) {
    const type = place.isWord(-1) ? place.image(-1) : '';
    const last = image === '::' ? 1 : 2;
    if (type !== '' && place.is(last, t.TextToken)) {
      const span = place.span(-1, last);
      return place.sign('::', span, {
        word: `${type}::${place.image(last)}`,
        help: explainEntity(place, type, place.image(last)),
      });
    }
  }
  if (
    image === '+' &&
    place.inBlock &&
    place.is(-1, t.TextToken) &&
    place.image(-2) === 'because'
  ) {
    return place.sign('+', place.span());
  }
  // `else` is also an operator, so the parser read it as part of the condition.
  if (image === '=' && place.image(-1) === 'else' && place.beginsLine(-1)) {
    const end = place.statementEnd(-1);
    return place.foreign(createForeignRow('start', 'else'), place.span(-1), {}, [
      place.drop(-1, end),
    ]);
  }
  if (image === '?') return proposeConditional(place);
  if (image === '=' && (next === '>' || place.image(1) === '='))
    return next === '>' ? proposeArrow(place) : undefined;
  const inExpression =
    place.inBlock ||
    ['`)`', '`then`', '`else`', '`]`', '`satisfies`', '`{`'].includes(place.phrase) ||
    place.phrase.startsWith('`,`') ||
    place.phrase.startsWith('an operator');
  if (
    image === '=' &&
    inExpression &&
    isAfterValue(place) &&
    place.rule !== 'enumDeclaration' &&
    place.rule !== 'recordType'
  ) {
    return place.sign('=', place.span(), { fix: proposeText(place.span(), 'is') }, [
      place.put('is'),
    ]);
  }
  return undefined;
}

/** `principal == User::"alice"`, `action == Action::"read"`, `principal in Group::"ops"` */
function explainEntity(place: SyntaxErrorContext, type: string, id: string): string {
  const operator = place.image(-2);
  const root = place.image(-3);
  if (operator === 'in')
    return `there are no hierarchies: write \`${id} in subject.groups\` for a set in the request`;
  if (root === 'action')
    return `\`action.name is ${id}\`, or the group \`for any doing ${id.slice(1, -1)} { … }\``;
  const part = root === 'resource' ? 'resource' : 'subject';
  const group = part === 'resource' ? `for any on ${type}` : `for ${type}`;
  return `\`${part}.id is ${id}\`; the type is in the group: \`${group} { … }\``;
}

function isAfterValue(place: SyntaxErrorContext): boolean {
  const before = place.token(-1);
  if (before === undefined) return false;
  // `permit NAME = …` is not a comparison.
  if (place.is(-2, t.EffectWordToken)) return false;
  return (
    place.isWord(-1) ||
    place.is(-1, t.LiteralToken) ||
    [t.RParenToken, t.RBracketToken].includes(before.tokenType)
  );
}

/** `a ? b : c` */
function proposeConditional(place: SyntaxErrorContext): Repair | undefined {
  if (place.rule === 'recordType') return proposeOptionalType(place);
  if (!place.inBlock && place.phrase !== '`)`' && !place.phrase.startsWith('an operator'))
    return undefined;
  return place.sign('? :', place.span(), { word: '?' });
}

/** `x.some(t => …)`: the report is about the method. */
function proposeArrow(place: SyntaxErrorContext): Repair | undefined {
  const method =
    place.image(-2) === '(' && place.image(-4) === '.'
      ? findForeignWord('function', place.image(-3))
      : undefined;
  if (method !== undefined)
    return place.foreign(method, place.span(-3), { word: `.${place.image(-3)}(…)` });
  return place.sign('=>', place.span(0, 1));
}

/** Lists in square brackets. */
export function proposeBracketRepair(place: SyntaxErrorContext): Repair | undefined {
  const open =
    place.image() === '['
      ? 0
      : place.image(-1) === '[' && place.phrase === '`]`' && place.rule === 'operand'
        ? -1
        : undefined;
  if (open === undefined) return undefined;
  if (place.rule === 'recordType' && open === 0 && place.image(1) === ']' && place.isWord(-1)) {
    const type = place.image(-1);
    const text = `List<${type}>`;
    const span = place.span(-1, 1);
    const row = createForeignRow('type', 'array');
    return place.foreign(
      row,
      span,
      { word: `${type}[]`, expected: `\`${text}\``, fix: proposeText(span, text) },
      [place.put(text, -1, 1)],
    );
  }
  if (open === 0) return undefined;
  const close = findClosingBracket(place.read.tokens, place.at - 1);
  if (close === undefined) return undefined;
  const shut = close - place.at;
  const [from, to] = [place.span(-1), place.span(shut)];
  const fix = {
    title: 'write `{ … }`',
    edits: [
      { span: from, text: '{ ' },
      { span: to, text: ' }' },
    ],
  };
  return place.sign('[…]', from, { word: '[', fix }, [place.put('{', -1), place.put('}', shut)]);
}

/** Repairs after `matches` and `is`. */
export function proposePatternRepair(place: SyntaxErrorContext): Repair | undefined {
  if (!place.phrase.startsWith('a pattern') || place.image(-1) !== 'matches') return undefined;
  if (place.image() === '/') return place.sign('/…/', place.span(), { word: '/' });
  const help =
    '`x matches glob"fs/**"` or `x matches regex"[a-z]+"`; a string is compared with `is`, `starts_with`, `ends_with` or `contains`';
  // `x matches a.b` is not a type test, but an attempt to use a member as a pattern.
  if (place.isWord(0) && place.image(1) !== '.') {
    const row = createForeignRow('infix', 'instanceof');
    return place.foreign(row, place.span(-1), {
      word: `matches ${place.image()}`,
      expected: 'a group for the type',
    });
  }
  return place.slip({ expected: place.phrase, found: `\`${place.image()}\`` }, place.span(), {
    help,
  });
}

/** Repairs in history terms. */
export function proposeHistoryRepair(place: SyntaxErrorContext): Repair | undefined {
  if (place.image(-2) === 'count' && place.image(-1) === '(' && place.image(1) === '.') {
    const row = createForeignRow('function', 'count');
    const span = place.span(-2);
    return place.foreign(row, span, { word: 'count(…)', fix: proposeText(span, 'size') }, [
      place.put('size', -2),
    ]);
  }
  const event = events[place.image().toLowerCase()];
  if (event === undefined || (place.rule !== 'eventPattern' && place.rule !== 'history'))
    return undefined;
  const help = 'the decisions of a session are `allowed`, `refused`, or `decided` for both';
  return place.slip(
    { expected: `\`${event}\``, found: `\`${place.image()}\`` },
    place.span(),
    { help, fix: proposeText(place.span(), event) },
    [place.put(event)],
  );
}

const events: Readonly<Record<string, string>> = {
  deny: 'refused',
  denied: 'refused',
  denial: 'refused',
  rejected: 'refused',
  forbidden: 'refused',
  permit: 'allowed',
  permitted: 'allowed',
  granted: 'allowed',
  allow: 'allowed',
  requested: 'decided',
  request: 'decided',
  asked: 'decided',
};

// --- types, durations and times ----------------------------------------------------------------

/** `level: Int?` */
function proposeOptionalType(place: SyntaxErrorContext): Repair | undefined {
  if (place.image(-2) !== ':' || !(place.isWord(-3) || place.is(-3, t.TextToken))) return undefined;
  const name = place.span(-3);
  const fix = {
    title: 'write `?` after the name',
    edits: [
      { span: { ...name, start: name.end }, text: '?' },
      { span: place.span(), text: '' },
    ],
  };
  const text = `${place.image(-3)}?: ${place.image(-1)}`;
  return place.slip(
    { expected: `\`${text}\``, found: '`?` after the type' },
    place.span(),
    { help: 'a member that can be missing is written `name?: Type`', fix },
    [place.drop(0, 1), place.insert('?', -2)],
  );
}

export function typeRepair(place: SyntaxErrorContext): Repair | undefined {
  if (place.phrase !== '`>`' || place.image() !== ',' || place.image(-2) !== '<') return undefined;
  const row = findForeignWord('type', place.image(-3));
  return row === undefined
    ? undefined
    : place.foreign(row, place.span(-3), { word: `${place.image(-3)}<…>` });
}

const units: Readonly<Record<string, string>> = {
  ms: 'ms',
  millisecond: 'ms',
  milliseconds: 'ms',
  millis: 'ms',
  s: 's',
  sec: 's',
  secs: 's',
  second: 's',
  seconds: 's',
  m: 'm',
  min: 'm',
  mins: 'm',
  minute: 'm',
  minutes: 'm',
  h: 'h',
  hr: 'h',
  hrs: 'h',
  hour: 'h',
  hours: 'h',
  d: 'd',
  day: 'd',
  days: 'd',
};

/** `5 minutes`, `Mon-Fri`, `9:00`, `9am` */
export function proposeTimeRepair(place: SyntaxErrorContext): Repair | undefined {
  const image = place.image();
  const unit = units[image.toLowerCase()];
  if (unit !== undefined && place.is(-1, t.IntToken)) {
    const text = `${place.image(-1)}${unit}`;
    const span = place.span(-1, 0);
    const help = 'a duration is written `250ms`, `90s`, `5m`, `24h` or `7d`';
    return place.slip(
      { expected: 'a duration', found: `\`${place.image(-1)} ${image}\`` },
      span,
      { help, fix: proposeText(span, text) },
      [place.put(text, -1, 0)],
    );
  }
  const inWindow = ['windowDeclaration', 'windowPart', 'timeRange', 'days'].includes(place.rule);
  if (!inWindow) return undefined;
  const help = 'a window is written `window office = Mon..Fri 09:00..17:00 in "Europe/Berlin"`';
  if (image === '-' || image === '–' || image === 'to') {
    return place.slip(
      { expected: '`..`', found: `\`${image}\`` },
      place.span(),
      {
        help,
        fix: {
          title: 'write `..`',
          edits: [
            {
              span: { ...place.span(), start: place.span(-1).end, end: place.span(1).start },
              text: '..',
            },
          ],
        },
      },
      [place.put('..')],
    );
  }
  const clock = /^(\d{1,2})(am|pm)$/i.exec(image);
  if (clock !== null) {
    const hour = (Number(clock[1]) % 12) + (clock[2]?.toLowerCase() === 'pm' ? 12 : 0);
    return makeTimeRepair(place, `${String(hour).padStart(2, '0')}:00`, 0, image, help);
  }
  if (
    place.is(0, t.IntToken) &&
    place.image(1) === ':' &&
    place.is(2, t.IntToken) &&
    /^\d$/.test(image)
  ) {
    return makeTimeRepair(
      place,
      `0${image}:${place.image(2)}`,
      2,
      `${image}:${place.image(2)}`,
      help,
    );
  }
  return undefined;
}

function makeTimeRepair(
  place: SyntaxErrorContext,
  text: string,
  last: number,
  found: string,
  help: string,
): Repair {
  const span = place.span(0, last);
  return place.slip(
    { expected: 'a time of day such as `09:00`', found: `\`${found}\`` },
    span,
    { help, fix: proposeText(span, text) },
    [place.put(text, 0, last)],
  );
}
