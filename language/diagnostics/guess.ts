// A misspelled name in a diagnostic: the nearest known names as its label, and the repair where only one is near.

import type { Span } from '../support/source.ts';
import { didYouMean, suggest } from '../support/suggest.ts';
import type { Extra } from './diagnostics.ts';
import { replacing } from './fix.ts';

/** What may have been meant, to be put beside the name; and the repair, where only one name is near. */
export function guess(
  name: string,
  span: Span,
  candidates: Iterable<string>,
  spell: (candidate: string) => string = spelled,
): Pick<Extra, 'label' | 'fix'> {
  const near = suggest(name, candidates);
  const [first, ...others] = near;
  if (first === undefined) return {};
  const label = didYouMean(near);
  const certain = others.length === 0 && name.length >= certainLength;
  return certain ? { label, fix: replacing(span, spell(first)) } : { label };
}

/** A shorter name is as near to many others, also to those that are not known. */
const certainLength = 3;

function spelled(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : JSON.stringify(name);
}
