// The parts of generated policies: members with few values each, so that requests often have equal ones, and
// conditions about them.

import { noTables, type TableTexts } from '@nhipol/testing';
import type { Dice } from '../../../assurance/testing/generate/random.ts';

export interface Member {
  /** Such as `subject.name`; optional members end with `?`, defaults follow the type. */
  readonly path: string;
  readonly type: string;
  /** Draws a JSON value, or `undefined` for a member that is absent. */
  readonly draw: (dice: Dice) => unknown;
}

export interface Material {
  readonly name: string;
  readonly members: readonly Member[];
  /** Further declarations, such as tables and windows. */
  readonly declarations?: string;
  /** A condition about the members. */
  readonly atom: (dice: Dice) => string;
  /** The contents of external tables, each as JSON by the name of the table. */
  readonly tables?: (dice: Dice) => ReadonlyMap<string, string>;
  /** The number of groups of conditions; fewer where each makes formulas large. */
  readonly groups?: number;
  /** Whether conditions read the history of a session. */
  readonly hasHistory?: boolean;
}

/** One of several values; absent in one of `absent` thousandths. */
export function chooseOne(values: readonly unknown[], absent = 0): Member['draw'] {
  return (dice) => (dice.chance(absent) ? undefined : dice.pick(values));
}

/** A list of up to `most` values. */
export function chooseSome(draw: Member['draw'], most = 3): (dice: Dice) => readonly unknown[] {
  return (dice) => Array.from({ length: dice.int(most) }, () => draw(dice));
}

export function declare({ members, declarations = '' }: Material): string {
  const of = (root: string) =>
    members
      .filter(({ path }) => path.startsWith(`${root}.`))
      .map(({ path, type }) => `${path.slice(root.length + 1)}: ${type}`)
      .join(', ');
  return `${declarations}
subject any { ${of('subject')} }
context { ${of('context')} }
`;
}

/** A valid request, as JSON; some values are of no use. */
export function drawRequest({ members }: Material, dice: Dice): string {
  const of = (root: string) =>
    Object.fromEntries(
      members
        .filter(({ path }) => path.startsWith(`${root}.`))
        .map(({ path, draw }) => [path.slice(root.length + 1).replace(/\?$/, ''), draw(dice)]),
    );
  return JSON.stringify({
    subject: { type: 'agent', id: dice.pick(['a', 'ab', 'x']), properties: of('subject') },
    action: { name: 'read' },
    resource: { type: 'file', id: 'f' },
    context: of('context'),
  });
}

export function drawTables({ tables }: Material, dice: Dice): TableTexts {
  return tables?.(dice) ?? noTables;
}

export const comparisons = ['<', '<=', 'is', 'is not', '>=', '>'] as const;
