// Builds the related positions of a diagnostic: the declarations of what it mentions.

import type { Related } from '../diagnostics/diagnostics.ts';
import type { Span } from '../support/source.ts';
import { spellName } from '../syntax/print/spelling.ts';
import type { RecordType } from '../types/types.ts';

export function relateFirstDeclaration(span: Span): readonly Related[] {
  return [{ span, message: 'first declared here' }];
}

export function relateDeclaration(span: Span): readonly Related[] {
  return [{ span, message: 'declared here' }];
}

/** The maximum number of names that are listed. */
const maxNamesShown = 8;

/** The declaration of a record or enum, with its members. */
export function relateMembers(span: Span, members: Iterable<string>): Related {
  const names = [...members].map(spellName);
  const shown = names.slice(0, maxNamesShown).join(', ');
  const more = names.length > maxNamesShown ? `, and ${names.length - maxNamesShown} more` : '';
  return { span, message: `declared here with ${shown || 'no members'}${more}` };
}

/** The declarations of the shapes in which a member was looked up. */
export function relateShapes(shapes: readonly RecordType[]): readonly Related[] {
  return shapes.slice(0, 3).map((shape) => relateMembers(shape.span, shape.members.keys()));
}
