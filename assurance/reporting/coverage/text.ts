// Coverage by tests as text: a table of the measures by policy and file, and a line for each point with a missing
// outcome.

import { displayPath, type Palette } from '@nhipol/language';
import { displayText } from '@nhipol/language/support';
import type { CoveredFile, Point, TestCoverage } from '@nhipol/testing/coverage';
import { readPlainText } from '../pages/phrase.ts';
import {
  type CoverageMeasure,
  collectPoints,
  measurePoints,
  type Share,
  toPercent,
} from './measure.ts';
import { describeMissingPoint, describeOwner } from './words.ts';

export type TestCoveragePalette = Pick<Palette, 'strong' | 'warning' | 'frame'> & {
  readonly good: (text: string) => string;
};

export function testCoverageText(
  coverages: readonly TestCoverage[],
  palette: TestCoveragePalette,
): string {
  const missing = coverages.flatMap(({ files }) =>
    files.flatMap((file) => formatMissing(file, palette)),
  );
  const parts = [
    formatTable(coverages, palette),
    ...(missing.length === 0 ? [] : [`${palette.strong('Not covered')}\n${missing.join('')}`]),
  ];
  return parts.join('\n');
}

// --- measures --------------------------------------------------------------------------------------

interface Row {
  readonly name: string;
  readonly measure: CoverageMeasure;
}

function formatTable(coverages: readonly TestCoverage[], palette: TestCoveragePalette): string {
  const rows = coverages.flatMap(listRows);
  const names = Math.max(...rows.map(({ name }) => name.length), 0);
  const columns = (['rules', 'conditions', 'outcomes'] as const).map((title) => {
    const shares = rows.map(({ measure }) => measure[title]);
    const cells = shares.map(formatShare);
    const width = Math.max(title.length, ...cells.map(({ length }) => length));
    return {
      head: title.padStart(width),
      cells: cells.map((cell, row) => colorCell(cell.padStart(width), shares[row], palette)),
    };
  });
  const line = (name: string, cells: readonly string[]) =>
    `  ${[name.padEnd(names), ...cells].join('  ')}`;
  const heads = columns.map(({ head }) => head);
  const lines = rows.map(({ name }, row) =>
    line(
      name,
      columns.map(({ cells }) => cells[row] ?? ''),
    ),
  );
  return [palette.strong('Test coverage'), palette.frame(line('', heads)), ...lines]
    .map((each) => `${each}\n`)
    .join('');
}

/** Returns a row for the policy and, if it has several files, one for each file below it. */
function listRows(coverage: TestCoverage): readonly Row[] {
  const { name, files } = coverage;
  const all = { name: displayText(name), measure: measurePoints(collectPoints(coverage)) };
  if (files.length < 2) return [all];
  return [
    all,
    ...files.map(({ path, points }) => ({
      name: `  ${displayText(displayPath(path))}`,
      measure: measurePoints(points),
    })),
  ];
}

/** Returns a cell such as `13/16   81 %`; a dash if there is nothing to cover. */
function formatShare(share: Share): string {
  if (share.all === 0) return '–';
  return `${share.covered}/${share.all}${`${toPercent(share)} %`.padStart(7)}`;
}

function colorCell(cell: string, share: Share | undefined, palette: TestCoveragePalette): string {
  if (share === undefined || share.all === 0) return palette.frame(cell);
  return share.covered === share.all ? palette.good(cell) : palette.warning(cell);
}

// --- what is missing -------------------------------------------------------------------------------

function formatMissing(
  { path, points }: CoveredFile,
  { frame }: TestCoveragePalette,
): readonly string[] {
  return points.flatMap((point) => {
    const missing = describeMissingPoint(point);
    if (missing === undefined) return [];
    const place = frame(displayText(`${displayPath(path)}:${point.line}:${point.column}`));
    return [`  ${place}  ${displayText(describeMissing(point, readPlainText(missing)))}\n`];
  });
}

function describeMissing(point: Point, missing: string): string {
  const owner = describeOwner(point);
  return point.kind === 'condition'
    ? `${owner}: \`${point.name}\` ${missing}`
    : `${owner} ${missing}`;
}
