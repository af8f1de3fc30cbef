// Parses regular expressions in RE2's syntax (https://github.com/google/re2/wiki/Syntax) to trees. Groups do
// not capture, and lazy repetition has no effect; backreferences and lookaround are rejected. The nesting of
// groups is limited, and so is recursion.

import { Cursor, readCodePoint } from '../cursor.ts';
import type { Notices } from '../notice.ts';
import { refuse } from '../problem.ts';
import {
  type Assertion,
  makeChoiceTree,
  makeLiteralTree,
  makeRepeatTree,
  makeSequenceTree,
  type PatternTree,
} from '../tree.ts';
import {
  type CodePoints,
  complement,
  createCodePoints,
  makeSingleCodePoint,
  uniteCodePoints,
} from '../unicode/code-points.ts';
import { foldCase, foldCodePoint } from '../unicode/unicode.ts';
import { readClassEscape, readEscape, readNamedClass } from './regex-escapes.ts';

const depthLimit = 100;
/** The limit for the count of a repetition, and for the product of nested counts. */
const repeatLimit = 1000;

interface Flags {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
}

interface Item {
  readonly tree: PatternTree;
  /** The maximum number of copies of its parts, by repetitions with counts. */
  readonly count: number;
}

interface Bounds {
  readonly min: number;
  readonly max: number | undefined;
  /** The factor for nested repetitions. */
  readonly times: number;
}

/** Parses a regular expression; `notices` collects notation of other engines. */
export function parseRegex(text: string, notices: Notices): PatternTree {
  return new RegexReader(text, notices).read();
}

class RegexReader {
  readonly #cursor: Cursor;
  readonly #notices: Notices;
  #flags: Flags = { i: false, m: false, s: false };
  /** The offsets of groups that are not closed yet. */
  readonly #open: number[] = [];

  constructor(text: string, notices: Notices) {
    this.#cursor = new Cursor(text);
    this.#notices = notices;
  }

  read(): PatternTree {
    this.#notices.look('start of a regex', 0);
    const { tree } = this.#alternatives();
    const { at, done } = this.#cursor;
    if (!done) refuse('bad-pattern', at, at + 1, '`)` has no matching `(`', 'write `\\)`');
    return tree;
  }

  /** Reads alternatives up to a closing parenthesis or the end. */
  #alternatives(): Item {
    const choices: Item[] = [];
    let items: Item[] = [];
    let repeatedAt = -1;
    while (!this.#cursor.done && !this.#cursor.hasNext(')')) {
      const start = this.#cursor.at;
      if (this.#cursor.skip('|')) {
        choices.push(concatItems(items));
        items = [];
      } else if (this.#repeat(items, repeatedAt)) {
        repeatedAt = this.#cursor.at;
      } else if (this.#cursor.skip('\\Q')) {
        items.push(...this.#readQuoted());
      } else if (this.#cursor.skip('(')) {
        const group = this.#group(start);
        if (group !== undefined) items.push(group);
      } else {
        items.push({ tree: this.#single(), count: 1 });
      }
    }
    choices.push(concatItems(items));
    return { tree: makeChoiceTree(choices.map(({ tree }) => tree)), count: findMaxCount(choices) };
  }

  // --- repetition --------------------------------------------------------------------------------

  /** Repeats the last item if a repetition operator is next. */
  #repeat(items: Item[], repeatedAt: number): boolean {
    const start = this.#cursor.at;
    const bounds = this.#bounds();
    if (bounds === undefined) return false;
    this.#cursor.skip('?');
    const { at } = this.#cursor;
    const written = this.#cursor.text.slice(start, at);
    if (start === repeatedAt && written === '+') {
      const why = 'a possessive repetition has no meaning in RE2';
      refuse('bad-pattern', start, at, why, 'remove the `+`: matching never backtracks');
    }
    if (start === repeatedAt) {
      const why = `\`${written}\` cannot follow another repetition`;
      refuse('bad-pattern', start, at, why, 'put the first repetition in parentheses: `(?:a*)*`');
    }
    const item = items.pop();
    if (item === undefined) {
      const help = `write \`\\${written[0]}\` for the character itself`;
      return refuse('bad-pattern', start, at, `\`${written}\` has nothing to repeat`, help);
    }
    const count = item.count * bounds.times;
    if (count > repeatLimit) this.#refuseCount(start);
    items.push({ tree: makeRepeatTree(item.tree, bounds.min, bounds.max), count });
    return true;
  }

  #bounds(): Bounds | undefined {
    if (this.#cursor.skip('*')) return { min: 0, max: undefined, times: 1 };
    if (this.#cursor.skip('+')) return { min: 1, max: undefined, times: 1 };
    if (this.#cursor.skip('?')) return { min: 0, max: 1, times: 1 };
    const start = this.#cursor.at;
    // Other text in braces is literal.
    const match = this.#cursor.match(/\{(0|[1-9][0-9]*)(?:(,)(0|[1-9][0-9]*)?)?\}/y);
    if (match === null) return undefined;
    const min = Number(match[1]);
    const max = match[3] !== undefined ? Number(match[3]) : match[2] ? undefined : min;
    if (Math.max(min, max ?? 0) > repeatLimit) this.#refuseCount(start);
    if (max !== undefined && max < min) {
      refuse('bad-pattern', start, this.#cursor.at, `\`${match[0]}\` ends before it begins`);
    }
    return { min, max, times: max === 0 ? 0 : (max ?? min) || 1 };
  }

  #refuseCount(start: number): never {
    const why = `repetitions multiply to more than ${repeatLimit}`;
    return refuse('pattern-too-large', start, this.#cursor.at, why);
  }

  // --- groups ------------------------------------------------------------------------------------

  /** Reads a group after `(`, or returns `undefined` if it only sets flags. */
  #group(start: number): Item | undefined {
    this.#open.push(start);
    if (this.#open.length > depthLimit) {
      refuse(
        'pattern-too-large',
        start,
        start + 1,
        `groups are nested more than ${depthLimit} levels deep`,
      );
    }
    const before = this.#flags;
    if (this.#cursor.skip('?')) {
      const { flags, end } = this.#groupFlags(start);
      this.#flags = flags;
      if (end === ')') {
        this.#open.pop();
        return undefined;
      }
    }
    const item = this.#alternatives();
    if (!this.#cursor.skip(')')) {
      const [outermost = start] = this.#open;
      refuse('bad-pattern', outermost, outermost + 1, 'the group is not closed');
    }
    this.#open.pop();
    this.#flags = before;
    return item;
  }

  /** Reads flags: `i`, `s-m:`. `U`, which makes repetition lazy, has no effect. */
  #groupFlags(start: number): { readonly flags: Flags; readonly end: string } {
    const match = this.#cursor.match(/([imsU]*)(?:-([imsU]+))?([:)])/y);
    if (match === null) this.#refuseGroup(start);
    const [, set = '', cleared = '', end = ''] = match;
    const flag = (name: keyof Flags) =>
      !cleared.includes(name) && (set.includes(name) || this.#flags[name]);
    return { flags: { i: flag('i'), m: flag('m'), s: flag('s') }, end };
  }

  #refuseGroup(start: number): never {
    const found = this.#cursor.match(/<?[=!]|P?<|P[=>]|'|[-imsU]+|./suy)?.[0] ?? '';
    const end = start + 2 + found.length;
    if (/^<?[=!]/.test(found)) {
      const why = 'a look-around cannot be matched in one pass over the string';
      const help = 'match in two conditions: `x matches … and x not matches …`';
      refuse('unsupported-pattern', start, end, why, help);
    }
    if (found.endsWith('<') || found === "'") {
      const why = 'a named group captures text that nothing reads';
      refuse('unsupported-pattern', start, end, why, 'write `(?:…)`');
    }
    if (found === 'P=' || found === 'P>') {
      const why = 'a reference to a group cannot be matched in one pass over the string';
      refuse('unsupported-pattern', start, end, why, 'repeat the pattern of the group here');
    }
    const help =
      'groups are `(…)`, `(?:…)`, and `(?i)`, `(?i:…)` with the flags `i`, `m`, `s`, `U`';
    refuse('bad-pattern', start, end, `\`(?${found}\` does not begin a valid group`, help);
  }

  // --- one character -----------------------------------------------------------------------------

  #single(): PatternTree {
    const cursor = this.#cursor;
    const { i, m, s } = this.#flags;
    this.#notices.look('regex', cursor.at);
    if (cursor.skip('^')) return createAssertion(m ? 'line begins' : 'text begins');
    if (cursor.skip('$')) return createAssertion(m ? 'line ends' : 'text ends');
    if (cursor.skip('\\A')) return createAssertion('text begins');
    if (cursor.skip('\\z')) return createAssertion('text ends');
    if (cursor.hasNext('\\b') || cursor.hasNext('\\B')) {
      const isBoundary = cursor.skip('\\b') || !cursor.skip('\\B');
      this.#notices.look('after a boundary', cursor.at);
      return createAssertion(isBoundary ? 'word boundary' : 'no word boundary');
    }
    if (cursor.skip('.'))
      return makeLiteralTree(complement(s ? [] : makeSingleCodePoint(readCodePoint('\n'))));
    if (cursor.hasNext('[')) return makeLiteralTree(this.#brackets());
    if (!cursor.hasNext('\\')) return this.#character(readCodePoint(cursor.take()));
    const set = readClassEscape(cursor, i);
    return set === undefined ? this.#character(readEscape(cursor)) : makeLiteralTree(set);
  }

  #character(codePoint: number): PatternTree {
    return makeLiteralTree(
      this.#flags.i ? foldCodePoint(codePoint) : makeSingleCodePoint(codePoint),
    );
  }

  /** Reads up to `\E` or the end. `\"` is a quote here too, since the literal cannot contain an unescaped one. */
  #readQuoted(): readonly Item[] {
    const items: Item[] = [];
    while (!this.#cursor.done && !this.#cursor.skip('\\E')) {
      if (this.#cursor.hasNext('\\"')) this.#cursor.take();
      items.push({ tree: this.#character(readCodePoint(this.#cursor.take())), count: 1 });
    }
    return items;
  }

  // --- classes in brackets -----------------------------------------------------------------------

  #brackets(): CodePoints {
    const cursor = this.#cursor;
    const { i } = this.#flags;
    const start = cursor.at;
    cursor.take();
    const negated = cursor.skip('^');
    this.#notices.look('start of a class', cursor.at);
    const parts: CodePoints[] = [];
    do {
      this.#notices.look('class', cursor.at);
      if (cursor.done) {
        refuse('bad-pattern', start, start + 1, 'the class is not closed', 'write `\\[`');
      }
      parts.push(readNamedClass(cursor, i) ?? readClassEscape(cursor, i) ?? this.#range(start));
    } while (!cursor.skip(']'));
    const set = uniteCodePoints(...parts);
    return negated ? complement(set) : set;
  }

  #range(bracket: number): CodePoints {
    const cursor = this.#cursor;
    const start = cursor.at;
    const first = this.#classCharacter(bracket);
    const isRange = cursor.hasNext('-') && !cursor.hasNext('-]');
    if (isRange) cursor.take();
    const last = isRange ? this.#classCharacter(bracket) : first;
    if (last < first) {
      const written = cursor.text.slice(start, cursor.at);
      refuse('bad-pattern', start, cursor.at, `the range \`${written}\` ends before it begins`);
    }
    const set = createCodePoints([[first, last]]);
    return this.#flags.i ? foldCase(set) : set;
  }

  #classCharacter(bracket: number): number {
    const cursor = this.#cursor;
    if (cursor.done) {
      refuse('bad-pattern', bracket, bracket + 1, 'the class is not closed', 'write `\\[`');
    }
    return cursor.hasNext('\\') ? readEscape(cursor) : readCodePoint(cursor.take());
  }
}

function createAssertion(name: Assertion): PatternTree {
  return { kind: 'assert', assertion: name };
}

function concatItems(items: readonly Item[]): Item {
  return { tree: makeSequenceTree(items.map(({ tree }) => tree)), count: findMaxCount(items) };
}

function findMaxCount(items: readonly Item[]): number {
  return Math.max(1, ...items.map(({ count }) => count));
}
