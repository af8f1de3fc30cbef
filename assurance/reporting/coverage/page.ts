// Coverage by tests as a page: a table of the measures, the missing outcomes, and the marked sources.

import { displayPath } from '@nhipol/language';
import type { CoveredFile, Point, TestCoverage } from '@nhipol/testing/coverage';
import { signsLegend } from '../pages/listing.ts';
import {
  createHeading,
  createItems,
  createParagraph,
  createTable,
  type Page,
  type PageBlock,
} from '../pages/page.ts';
import { createBar, createInlineCode, type Phrase, say } from '../pages/phrase.ts';
import { buildListing } from './listing.ts';
import { collectPoints, measurePoints, toPercent } from './measure.ts';
import { describeMissingPoint, describeOwner, shareWords } from './words.ts';

export function testCoveragePage(coverages: readonly TestCoverage[]): Page {
  const [only] = coverages;
  const name =
    coverages.length === 1 && only !== undefined ? only.name : `${coverages.length} policies`;
  return {
    title: `Test coverage of ${name}`,
    lead: [`${legend} In the files below: ${signsLegend}.`],
    blocks: [
      shares(coverages),
      ...coverages.flatMap((coverage) => buildPolicyBlocks(coverage, coverages.length > 1)),
    ],
  };
}

const legend =
  'A rule is covered if it fired. A condition is covered if it was true, false and unknown, as far as possible. Outcomes that no request can cause do not count.';

function shares(coverages: readonly TestCoverage[]): PageBlock {
  const rows = coverages.flatMap((coverage) => {
    const { name, version, files } = coverage;
    const all = buildRow([`${name} ${version}`], collectPoints(coverage));
    if (files.length < 2) return [all];
    return [
      all,
      ...files.map(({ path, points }) => buildRow([createInlineCode(displayPath(path))], points)),
    ];
  });
  return createTable('Coverage', ['Policy', 'Rules', 'Conditions', 'Outcomes'], rows, {
    stacks: true,
  });
}

function buildRow(name: Phrase, points: readonly Point[]): readonly Phrase[] {
  const { rules, conditions, outcomes } = measurePoints(points);
  return [
    name,
    ...[rules, conditions, outcomes].map(
      (share): Phrase => [createBar(toPercent(share)), shareWords(share)],
    ),
  ];
}

function buildPolicyBlocks(
  { name, files }: TestCoverage,
  isOneOfMany: boolean,
): readonly PageBlock[] {
  const missing = files.flatMap(listMissingItems);
  const own = isOneOfMany ? ` in ${name}` : '';
  return [
    createHeading(2, [`Not covered${own}`]),
    missing.length === 0
      ? createParagraph(['All possible outcomes were observed.'])
      : createItems(missing),
    ...files.flatMap((file) => buildFileBlocks(file)),
  ];
}

function listMissingItems({ path, points }: CoveredFile): readonly Phrase[] {
  return points.flatMap((point): readonly Phrase[] => {
    const missing = describeMissingPoint(point);
    if (missing === undefined) return [];
    const place = createInlineCode(`${displayPath(path)}:${point.line}`);
    return point.kind === 'condition'
      ? [say`${place} ${describeOwner(point)}: ${createInlineCode(point.name)} ${missing}`]
      : [say`${place} ${describeOwner(point)} ${missing}`];
  });
}

function buildFileBlocks(file: CoveredFile): readonly PageBlock[] {
  const { listing, left } = buildListing(file);
  return [
    createHeading(2, [createInlineCode(displayPath(file.path))]),
    listing,
    ...(left === undefined ? [] : [createParagraph([left])]),
  ];
}
