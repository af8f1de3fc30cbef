// Notation of other pattern languages that is valid here with a different meaning. A notice is a warning: it
// has a span, the meaning here, and the notation that was probably intended.

export interface PatternNotice {
  /** Offsets in the pattern's text. */
  readonly start: number;
  readonly end: number;
  readonly why: string;
  readonly help: string;
}

interface Form {
  /** A sticky expression; its match is underlined. */
  readonly form: RegExp;
  readonly why: (found: string) => string;
  readonly help: (found: string) => string;
}

const globForms: readonly Form[] = [
  {
    form: /[!@?+*]\((?:[^()]*\)|(?=.*\)))/suy,
    why: (found) =>
      `\`${found.slice(0, 2)}…)\` is an extended glob of shells; here the parentheses are literal`,
    help: (found) => extended[found.slice(0, 2)] ?? '',
  },
  {
    form: /\(\?[a-z]+\)/y,
    why: (found) => `\`${found}\` is notation of regular expressions; here it is literal`,
    help: () => 'write `ignoring case` after the glob, or use `regex"…"`',
  },
  {
    form: /\([^()]*\|[^()]*\)/suy,
    why: () => 'parentheses do not group in a glob; here they are literal',
    help: () => 'write `{a,b}` for alternatives, or `\\(` for the parenthesis itself',
  },
  {
    form: /\|/y,
    why: () => '`|` does not separate alternatives in a glob; here it is literal',
    help: () => 'write `{a,b}` for alternatives, or `\\|` for the character itself',
  },
  {
    form: /\{[^{},\\]+\.\.[^{},\\]+\}/suy,
    why: (found) => `\`${found}\` is a range of shells; here it is the text between the braces`,
    help: () => 'list the alternatives: `{1,2,3}`, or use a class: `[1-3]`',
  },
  {
    form: /\$(?:\{[A-Za-z_]\w*\}|[A-Za-z_]\w*)/y,
    why: (found) => `variables are not expanded in a glob; here \`${found}\` is literal`,
    help: () => 'write `\\$` for the character itself',
  },
];

const extended: Readonly<Record<string, string>> = {
  '!(': 'write `x not matches glob"…"`, or `!\\(` for the characters themselves',
  '@(': 'write `{a,b}` for alternatives, or `@\\(` for the characters themselves',
  '?(': 'write `{,a,b}` for optional alternatives, or `?\\(` for a parenthesis',
  '+(': 'write `regex"(?:a|b)+"` for repetition, or `+\\(` for the characters themselves',
  '*(': 'write `regex"(?:a|b)*"` for repetition, or `*\\(` for a parenthesis',
};

/** Forms that are recognized only at the start of a glob. */
const globStart: readonly Form[] = [
  {
    form: /!(?!\()/y,
    why: () => 'a leading `!` does not negate a glob; here it is literal',
    help: () => 'write `x not matches glob"…"`, or `\\!` for the character itself',
  },
  {
    form: /\^/y,
    why: () => '`^` is not an anchor in a glob, which always matches the whole string',
    help: () => 'remove it, or write `\\^` for the character itself',
  },
  createLikeForm('*'),
];

const regexForms: readonly Form[] = [
  {
    form: /\{(?=[ ,]*\d)[\d, ]+\}/y,
    why: (found) => `\`${found}\` is not a repetition in RE2; here it is literal`,
    help: (found) => `write \`${describeRepetition(found)}\`, or \`\\{\` for the brace itself`,
  },
  {
    form: /\\[<>]/y,
    why: (found) => `\`${found}\` is not a word boundary in RE2; here it is \`${found.slice(1)}\``,
    help: (found) =>
      `write \`\\b\` for a word boundary, or \`${found.slice(1)}\` for the character`,
  },
];

/** Forms directly after `\b` or `\B`. */
const afterBoundary: readonly Form[] = [
  {
    form: /\{[a-z-]+\}/y,
    why: (found) => `\`\\b${found}\` is notation of other engines; here \`${found}\` is literal`,
    help: () => 'write `\\b` alone, or `\\{` for the brace itself',
  },
];

const regexStart: readonly Form[] = [
  {
    form: /\/(?:[^/\\]|\\.)*[^/\w\s.~-](?:[^/\\]|\\.)*\/[dgimsuvy]*$|\/(?:[^/\\]|\\.)+\/[gim]+$/suy,
    why: () => 'slashes do not delimit a regular expression; here they are literal',
    help: () => 'remove them, and write flags at the start: `(?i)`',
  },
  createLikeForm('.*'),
];

/** Forms in brackets. */
const classForms: readonly Form[] = [
  {
    form: /&&|--(?=\[)|~~/y,
    why: (found) => `\`${found}\` does not combine classes in RE2; here it is literal`,
    help: () => 'write one class with the characters that remain, or two conditions',
  },
];

/** Forms at the start of a class, after `[` or `[^`. */
const classStart: readonly Form[] = [
  {
    form: /:\^?\w+:(?=\])/y,
    why: (found) => `\`[${found}]\` is a class of the characters between the brackets`,
    help: (found) => `write \`[[${found}]]\``,
  },
];

function createLikeForm(wildcard: string): Form {
  return {
    form: /%[^%]+%$/suy,
    why: () => '`%` is a wildcard of SQL; here it is literal',
    help: () => `write \`${wildcard}\` for any characters, or \`\\%\` for the character itself`,
  };
}

function describeRepetition(found: string): string {
  const [min = '', ...rest] = found.replace(/[{} ]/g, '').split(',');
  const count = (digits: string) => digits.replace(/^0+(?=\d)/, '');
  const [max] = rest;
  return max === undefined ? `{${count(min)}}` : `{${count(min) || '0'},${count(max)}}`;
}

export const foreign = {
  glob: globForms,
  'start of a glob': globStart,
  regex: regexForms,
  'start of a regex': regexStart,
  'after a boundary': afterBoundary,
  class: classForms,
  'start of a class': classStart,
} as const;

/** Collects the notices of a pattern in order; they do not overlap. */
export class Notices {
  readonly #text: string;
  readonly #found: PatternNotice[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  get all(): readonly PatternNotice[] {
    return this.#found;
  }

  /** Looks for foreign notation that begins at `at`. */
  look(place: keyof typeof foreign, at: number): void {
    const last = this.#found.at(-1);
    if (last !== undefined && at < last.end) return;
    for (const { form, why, help } of foreign[place]) {
      form.lastIndex = at;
      const found = form.exec(this.#text)?.[0];
      if (found === undefined) continue;
      this.#found.push({ start: at, end: at + found.length, why: why(found), help: help(found) });
      return;
    }
  }
}
