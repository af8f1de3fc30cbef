// Where a member of a request is in memory.

import { isShareable, type Member } from '@nhipol/language/types';
import type { IrRecord } from '../ir/records.ts';

/** A member with its address. */
export interface MemberPlace {
  readonly member: Member;
  /** From the root of the facts, or from the element's own cell. */
  readonly offset: number;
  readonly places: readonly MemberPlace[];
  /** For a collection. */
  readonly elements: ElementLayout | undefined;
}

/** The layout of the elements of a collection. */
export interface ElementLayout {
  readonly stride: number;
  /** The members of elements that are records, such as the values of a map. */
  readonly places: readonly MemberPlace[];
  readonly record: IrRecord | undefined;
  /** For a list of lists, the elements of its elements. */
  readonly elements: ElementLayout | undefined;
}

/** The place of a member, or of the declarations that it stands for. */
export function findPlace(places: readonly MemberPlace[], member: Member): MemberPlace | undefined {
  const declared = member.shares?.declared[0] ?? member;
  return places.find((candidate) => isShareable(candidate.member, declared));
}
