// The exports of reporting: control coverage, coverage by tests, and pages about policies.

export {
  type ControlCoverage,
  type Coverage,
  type CoveringRule,
  computeControlCoverage,
  type FrameworkCoverage,
  type RunTest,
  type Status,
  type TestedPolicy,
} from './controls/coverage.ts';
export { coverageJson } from './controls/json.ts';
export { coveragePage } from './controls/page.ts';
export { type CoveragePalette, coverageText } from './controls/text.ts';
export { testCoverageLcov } from './coverage/lcov.ts';
export {
  type CoverageMeasure,
  collectPoints,
  measurePoints,
  type Share,
  toPercent,
} from './coverage/measure.ts';
export { testCoveragePage } from './coverage/page.ts';
export { type TestCoveragePalette, testCoverageText } from './coverage/text.ts';
export { diffPage } from './diff/page.ts';
export { type DiffPalette, diffText } from './diff/text.ts';
export type { TitledDiff } from './diff/words.ts';
export { docPage } from './doc/page.ts';
export { type Control, type Framework, findControl, frameworks } from './frameworks/index.ts';
export { renderHtml } from './pages/html.ts';
export { renderMarkdown } from './pages/markdown.ts';
export type { Page } from './pages/page.ts';
export { timelinePage } from './timeline/page.ts';
export type { Titled as TitledTimeline } from './timeline/shown.ts';
export { type TimelinePalette, timelineText } from './timeline/text.ts';
