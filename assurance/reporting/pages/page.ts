// The model of a page that is rendered as Markdown or HTML.

import type { Chart } from './chart.ts';
import type { Listing } from './listing.ts';
import type { Phrase } from './phrase.ts';
import type { SourceBlock } from './source.ts';

export interface Page {
  readonly title: string;
  /** A paragraph below the title. */
  readonly lead: Phrase;
  readonly blocks: readonly PageBlock[];
}

export type PageBlock =
  | Heading
  | Paragraph
  | Items
  | PageTable
  | SourceBlock
  | Listing
  | Details
  | Chart;

export interface Heading {
  readonly kind: 'heading';
  /** The level; the title of the page has level 1. */
  readonly level: 2 | 3 | 4;
  readonly text: Phrase;
}

export interface Paragraph {
  readonly kind: 'paragraph';
  readonly text: Phrase;
}

export interface Items {
  readonly kind: 'items';
  readonly items: readonly Item[];
}

export interface Item {
  readonly text: Phrase;
  readonly below: readonly PageBlock[];
}

export interface PageTable {
  readonly kind: 'table';
  /** The title of the table. */
  readonly caption: string;
  readonly head: readonly string[];
  /** The rows; the first cell of each is its header. */
  readonly rows: readonly (readonly Phrase[])[];
  /** Whether cells are stacked on narrow screens. */
  readonly stacks: boolean;
}

/** A block that can be collapsed. */
export interface Details {
  readonly kind: 'details';
  /** Whether it is expanded at first. */
  readonly isOpen: boolean;
  readonly summary: Phrase;
  readonly blocks: readonly PageBlock[];
}

export function createHeading(level: Heading['level'], text: Phrase): Heading {
  return { kind: 'heading', level, text };
}

export function createParagraph(text: Phrase): Paragraph {
  return { kind: 'paragraph', text };
}

export function createItems(list: readonly (Phrase | Item)[]): Items {
  return {
    kind: 'items',
    items: list.map((each) => ('text' in each ? each : { text: each, below: [] })),
  };
}

export function createTable(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly Phrase[])[],
  { stacks = false }: { readonly stacks?: boolean } = {},
): PageTable {
  return { kind: 'table', caption, head, rows, stacks };
}

export function createDetails(
  summary: Phrase,
  blocks: readonly PageBlock[],
  { isOpen = false }: { readonly isOpen?: boolean } = {},
): Details {
  return { kind: 'details', isOpen, summary, blocks };
}
