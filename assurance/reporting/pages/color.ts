// Colors source text in HTML pages: a span with a class for each keyword, string, number and comment. Policies are tokenized
// as the parser does, also if they are a part of a policy or have errors.

import {
  Address,
  commentsIn,
  Decimal,
  Duration,
  EffectWord,
  Int,
  isKeyword,
  Name,
  Pattern,
  Text,
  TimeOfDay,
  Timestamp,
  type Tokens,
  tokenize,
} from '@nhipol/language/syntax';
import { type Html, html } from './html-template.ts';
import type { Source } from './source.ts';

type Token = Tokens['tokens'][number];

interface Colored {
  readonly start: number;
  readonly end: number;
  readonly color: Color;
}

type Color = 'keyword' | 'effect' | 'string' | 'number' | 'comment';

export function coloredSource({ text, language }: Source): readonly Html[] {
  const parts = language === 'nhipol' ? inPolicy(text) : inJson(text);
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
  ...[Address, Decimal, Duration, Int, TimeOfDay, Timestamp],
]);

function inPolicy(text: string): readonly Colored[] {
  const tokens = tokenize(text).tokens.flatMap((token) => spanOf(token, colorOf(token)));
  const comments = commentsIn(text).flatMap((token) => spanOf(token, 'comment'));
  return [...tokens, ...comments].sort((a, b) => a.start - b.start);
}

function spanOf({ startOffset: start, image }: Token, color: Color | undefined) {
  return color === undefined ? [] : [{ start, end: start + image.length, color }];
}

/** A keyword where it is a name is a token of names. */
function colorOf({ tokenType, image }: Token): Color | undefined {
  if (tokenType === Text || tokenType === Pattern) return 'string';
  if (numbers.has(tokenType)) return 'number';
  if (tokenType === Name || !isKeyword(image)) return undefined;
  return tokenType.CATEGORIES?.includes(EffectWord) ? 'effect' : 'keyword';
}

const json = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|\b(?:true|false|null)\b/g;

function inJson(text: string): readonly Colored[] {
  return [...text.matchAll(json)].map((found): Colored => {
    const [word] = found;
    const end = found.index + word.length;
    const isName = word.startsWith('"') && /^\s*:/.test(text.slice(end, end + 8));
    const color = isName ? 'keyword' : word.startsWith('"') ? 'string' : 'number';
    return { start: found.index, end, color };
  });
}
