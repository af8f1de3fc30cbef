// Places that a diagnostic speaks of besides its own: where what it is about was declared.

import type { Related } from '../diagnostics/diagnostics.ts';
import type { Span } from '../support/source.ts';
import type { RecordType } from '../types/types.ts';

export function firstHere(span: Span): readonly Related[] {
  return [{ span, message: 'first declared here' }];
}

export function declaredHere(span: Span): readonly Related[] {
  return [{ span, message: 'declared here' }];
}

/** More would be a list, and not a hint. */
const namesShown = 8;

/** Where a record, or something with members like one, is declared. */
export function declaredWith(span: Span, members: Iterable<string>): Related {
  const names = [...members];
  const shown = names.slice(0, namesShown).join(', ');
  const more = names.length > namesShown ? `, and ${names.length - namesShown} more` : '';
  return { span, message: `declared here with ${shown || 'no members'}${more}` };
}

/** The shapes in which a member was looked for. */
export function shapesWith(shapes: readonly RecordType[]): readonly Related[] {
  return shapes.slice(0, 3).map((shape) => declaredWith(shape.span, shape.members.keys()));
}
