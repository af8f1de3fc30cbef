// Colors source text in HTML pages: a span with a class for each keyword, string, number and comment. Policies are tokenized
// as the parser does, also if they are a part of a policy or have errors.

import {
  AddressToken,
  DecimalToken,
  DurationToken,
  EffectWordToken,
  IntToken,
  isKeyword,
  listComments,
  NameToken,
  PatternToken,
  TextToken,
  TimeOfDayToken,
  TimestampToken,
  type Tokens,
  tokenize,
} from '@nhipol/language/syntax';
import { type Html, html } from './html-template.ts';
import type { SourceBlock } from './source.ts';

type Token = Tokens['tokens'][number];

interface Colored {
  readonly start: number;
  readonly end: number;
  readonly color: Color;
}

type Color = 'keyword' | 'effect' | 'string' | 'number' | 'comment';

export function highlightSource({ text, language }: SourceBlock): readonly Html[] {
  const parts = language === 'nhipol' ? highlightPolicy(text) : highlightJson(text);
  const written: Html[] = [];
  let at = 0;
  for (const { start, end, color } of parts) {
    written.push(
      html`${text.slice(at, start)}<span class="tok-${color}">${text.slice(start, end)}</span>`,
    );
    at = end;
  }
  written.push(html`${text.slice(at)}`);
  return written;
}

const numbers: ReadonlySet<Token['tokenType']> = new Set([
  AddressToken,
  DecimalToken,
  DurationToken,
  IntToken,
  TimeOfDayToken,
  TimestampToken,
]);

function highlightPolicy(text: string): readonly Colored[] {
  const tokens = tokenize(text).tokens.flatMap((token) => toColorSpans(token, chooseColor(token)));
  const comments = listComments(text).flatMap((token) => toColorSpans(token, 'comment'));
  return [...tokens, ...comments].sort((a, b) => a.start - b.start);
}

function toColorSpans({ startOffset: start, image }: Token, color: Color | undefined) {
  return color === undefined ? [] : [{ start, end: start + image.length, color }];
}

/** A keyword where it is a name is a token of names. */
function chooseColor({ tokenType, image }: Token): Color | undefined {
  if (tokenType === TextToken || tokenType === PatternToken) return 'string';
  if (numbers.has(tokenType)) return 'number';
  if (tokenType === NameToken || !isKeyword(image)) return undefined;
  return tokenType.CATEGORIES?.includes(EffectWordToken) ? 'effect' : 'keyword';
}

const json = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|\b(?:true|false|null)\b/g;

function highlightJson(text: string): readonly Colored[] {
  return [...text.matchAll(json)].map((match): Colored => {
    const [word] = match;
    const end = match.index + word.length;
    const isName = word.startsWith('"') && /^\s*:/.test(text.slice(end, end + 8));
    const color = isName ? 'keyword' : word.startsWith('"') ? 'string' : 'number';
    return { start: match.index, end, color };
  });
}
