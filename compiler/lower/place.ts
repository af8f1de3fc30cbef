// Where a member of a request is in memory.

import { isShareable, type Member } from '@nhipol/language/types';
import type { IrRecord } from '../ir/records.ts';

/** A member with its address. */
export interface Place {
  readonly member: Member;
  /** From the root of the facts, or from the element's own cell. */
  readonly offset: number;
  readonly places: readonly Place[];
  /** For a collection. */
  readonly elements: Elements | undefined;
}

/** The layout of the elements of a collection. */
export interface Elements {
  readonly stride: number;
  /** The members of elements that are records, as those of a map are. */
  readonly places: readonly Place[];
  readonly record: IrRecord | undefined;
  /** For a list of lists, the elements of its elements. */
  readonly elements: Elements | undefined;
}

/** The place of a member, or of the declarations that it stands for. */
export function placeIn(places: readonly Place[], member: Member): Place | undefined {
  const declared = member.shares?.declared[0] ?? member;
  return places.find((candidate) => isShareable(candidate.member, declared));
}
