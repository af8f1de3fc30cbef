// Suggestions for a misspelled name in a diagnostic.

import type { Span } from '../support/source.ts';
import { didYouMean, suggest } from '../support/suggest.ts';
import type { Extra } from './diagnostics.ts';
import { proposeReplacement } from './fix.ts';

/** Returns the nearest known names as a label, and a fix if there is only one. */
export function guess(
  name: string,
  span: Span,
  candidates: Iterable<string>,
  spell: (candidate: string) => string = spellGuess,
): Pick<Extra, 'label' | 'fix'> {
  const near = suggest(name, candidates);
  const [first, ...others] = near;
  if (first === undefined) return {};
  const label = didYouMean(near);
  const certain = others.length === 0 && name.length >= minCertainLength;
  return certain ? { label, fix: proposeReplacement(span, spell(first)) } : { label };
}

/** Shorter names are similar to many others, including undeclared ones. */
const minCertainLength = 3;

function spellGuess(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : JSON.stringify(name);
}
