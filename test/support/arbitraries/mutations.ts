// Deliberate errors: a token of an example policy is deleted, duplicated, swapped with the next or
// misspelled; a seed determines them. Each diagnostic is judged by its position.

import { check, type Diagnostic } from '@nhipol/language';
import { findPosition, type Span } from '@nhipol/language/support';
import { tokenize } from '@nhipol/language/syntax';
import { Random } from '../../scenarios/random-request.ts';

export interface Sample {
  readonly path: string;
  readonly sources: ReadonlyMap<string, string>;
}

export interface Mutant {
  readonly path: string;
  readonly kind: 'delete' | 'double' | 'swap' | 'misspell';
  readonly text: string;
  /** The replaced source, and the start and the end of the change in the new source. */
  readonly was: string;
  readonly start: number;
  readonly end: number;
  readonly diagnostics: readonly Diagnostic[];
}

export interface Mutants {
  readonly broken: readonly Mutant[];
  /** The number of mutants that are valid policies, and skipped. */
  readonly valid: number;
}

export function mutants(samples: readonly Sample[], count: number, seed: number): Mutants {
  const random = new Random(seed);
  const broken: Mutant[] = [];
  let valid = 0;
  while (broken.length < count) {
    const mutant = mutate(random.pick(samples), random);
    if (mutant.diagnostics.some(({ severity }) => severity === 'error')) broken.push(mutant);
    else valid += 1;
  }
  return { broken, valid };
}

function mutate({ path, sources }: Sample, random: Random): Mutant {
  const before = sources.get(path) ?? '';
  const { tokens } = tokenize(before);
  const at = random.below(tokens.length - 1);
  const [token, next] = [tokens[at], tokens[at + 1]];
  if (token === undefined || next === undefined) throw new Error(`${path} has no tokens`);
  const [start, end] = [token.startOffset, token.startOffset + token.image.length];
  const between = before.slice(end, next.startOffset);
  const word = /^[A-Za-z_]{3,}$/.test(token.image);
  const kind = random.pick(['delete', 'double', 'swap', word ? 'misspell' : 'delete'] as const);
  const made = {
    delete: { put: '', upTo: end },
    double: { put: `${token.image} ${token.image}`, upTo: end },
    swap: { put: next.image + between + token.image, upTo: next.startOffset + next.image.length },
    misspell: { put: misspelt(token.image, random), upTo: end },
  }[kind];
  const text = before.slice(0, start) + made.put + before.slice(made.upTo);
  const { diagnostics } = check(path, new Map([...sources, [path, text]]));
  return {
    path,
    kind,
    text,
    was: before.slice(start, made.upTo),
    start,
    end: start + made.put.length,
    diagnostics,
  };
}

/** Removes or duplicates a letter, or replaces it by the next one. */
function misspelt(word: string, random: Random): string {
  const at = random.below(word.length - 1);
  const [head, letter, rest] = [word.slice(0, at), word[at] ?? '', word.slice(at + 1)];
  return random.pick([
    head + rest,
    head + letter + letter + rest,
    head + rest[0] + letter + rest.slice(1),
  ]);
}

/** The maximum number of diagnostics for one error. */
const messageLimit = 3;

/**
 * The problem with the diagnostics, or `undefined` if there is none. One of them must be, or must have a label, between
 * the line above the token before the error and the line below the token after it.
 */
export function fault({ path, text, start, end, diagnostics }: Mutant): string | undefined {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > messageLimit) return `${errors.length} messages`;
  const { tokens } = tokenize(text);
  const before = tokens.findLast((token) => token.startOffset + token.image.length <= start);
  const next = tokens.find((token) => token.startOffset >= end);
  const first = findLine(text, before?.startOffset ?? start) - 1;
  const last = findLine(text, next?.startOffset ?? end) + 1;
  const near = ({ file, start: from, end: to }: Span) =>
    file === path && findLine(text, from) <= last && findLine(text, to) >= first;
  const isReported = errors.some(
    ({ span, related }) => near(span) || related.some((place) => near(place.span)),
  );
  return isReported ? undefined : 'reported elsewhere';
}

function findLine(text: string, offset: number): number {
  return findPosition(text, offset).line;
}
