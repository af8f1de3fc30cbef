// Lays out what several shapes declare by one name, for rules that read it as one member: declarations of one type
// share their cells, and records share a cell and have one for each member of any of them. So a rule reads one
// address for every shape; in a shape that does not declare the member, the cell is always absent.

import { spellJsonPath } from '@nhipol/language';
import { isShareable, type Member } from '@nhipol/language/types';
import { cellSize } from '../ir/cells.ts';
import type { IrMember, IrRecord } from '../ir/records.ts';
import type { MemberPlace } from './place.ts';

/** A declaration with its reader; declarations that share their cells have the same place. */
export interface PlacedMember {
  readonly member: Member;
  readonly ir: IrMember;
  readonly place: MemberPlace;
}

/** Lays out a single declaration, and numbers records and paths. */
export interface MemberLayout {
  readonly member: (
    member: Member,
    path: string,
    offset: number,
  ) => { readonly ir: IrMember; readonly place: MemberPlace; readonly size: number };
  readonly record: (size: number, members: readonly IrMember[]) => IrRecord;
  readonly objectPath: (path: string) => number;
}

interface United {
  readonly placed: readonly PlacedMember[];
  readonly size: number;
}

/** `declared`: declarations of one name. */
export function uniteMembers(
  declared: readonly Member[],
  path: string,
  offset: number,
  layout: MemberLayout,
): United {
  const placed: PlacedMember[] = [];
  let at = offset;
  for (const alike of groupShareable(declared)) {
    const isRecord = alike[0].type.kind === 'Record' && alike.length > 1;
    const unite = isRecord ? uniteRecords : shareCell;
    const made = unite(alike, path, at, layout);
    placed.push(...made.placed);
    at += made.size;
  }
  return { placed, size: at - offset };
}

type Alike = readonly [Member, ...Member[]];

function groupShareable(declared: readonly Member[]): readonly Alike[] {
  const found: [Member, ...Member[]][] = [];
  for (const member of declared) {
    const alike = found.find(([first]) => isShareable(first, member));
    if (alike === undefined) found.push([member]);
    else alike.push(member);
  }
  return found;
}

function shareCell(alike: Alike, path: string, offset: number, layout: MemberLayout): United {
  const { ir, place, size } = layout.member(alike[0], path, offset);
  const placed = alike.map((member) => {
    const required = !member.optional && member.default === undefined;
    return { member, ir: { ...ir, required }, place };
  });
  return { placed, size };
}

function uniteRecords(alike: Alike, path: string, offset: number, layout: MemberLayout): United {
  const listMembers = ({ type }: Member) =>
    type.kind === 'Record' ? [...type.members.values()] : [];
  const inner: PlacedMember[] = [];
  let size = cellSize;
  for (const name of new Set(alike.flatMap(listMembers).map((member) => member.name))) {
    const declared = alike.flatMap(listMembers).filter((member) => member.name === name);
    const made = uniteMembers(declared, spellJsonPath(path, name), offset + size, layout);
    inner.push(...made.placed);
    size += made.size;
  }
  const places = [...new Set(inner.map(({ place }) => place))];
  const findIrMember = (member: Member): IrMember => {
    const { ir } = inner.find((placedMember) => placedMember.member === member) as PlacedMember;
    return { ...ir, offset: ir.offset - offset };
  };
  const place: MemberPlace = { member: alike[0], offset, places, elements: undefined };
  const placed = alike.map((member): PlacedMember => {
    const record = layout.record(size, listMembers(member).map(findIrMember));
    const ir: IrMember = {
      name: member.name,
      offset,
      reader: { kind: 'record', record },
      path: layout.objectPath(path),
      required: !member.optional,
      default: undefined,
    };
    return { member, ir, place };
  });
  return { placed, size };
}
