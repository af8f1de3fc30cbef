// Expressions as the generators of conditions and of history terms draw them.

import type { Draw } from './draw.ts';
import type { Kind, Scalar } from './kinds.ts';
import type { Schema } from './schema.ts';
import type { Scope } from './scope.ts';

export interface ExpressionSource {
  readonly draw: Draw;
  readonly schema: Schema;
  readonly scope: Scope;
  /** Scalars are more frequent than their sets and lists. */
  anyKind(): Kind;
  /** A possible element of a set, half of the time one that has a list as well. */
  element(): Scalar;
  /** A set or a list. */
  drawCollectionKind(element: Scalar): Kind;
  of(kind: Kind, depth: number): string;
  leaf(kind: Kind): string;
  /** A string with placeholders; `isUsable` states which paths these can read. */
  interpolate(isUsable?: (path: { readonly isFresh: boolean }) => boolean): string;
  /** A `let` of the file, or a call. */
  writeSharedUse(kind: Kind, depth: number): string | undefined;
  /** Over scalars, or over the members of records. */
  aggregate(kind: 'Int' | 'Decimal' | 'Duration' | 'Timestamp', depth: number): string;
}
