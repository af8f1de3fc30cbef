// The doors of reporting: coverage of controls and by tests, and pages about a policy, from checked policies
// and the answers that their tests got.

export {
  type ControlCoverage,
  type Coverage,
  type CoveringRule,
  coverageOf,
  type FrameworkCoverage,
  type RunTest,
  type Status,
  type TestedPolicy,
} from './coverage/coverage.ts';
export { coverageJson } from './coverage/json.ts';
export { coveragePage } from './coverage/page.ts';
export { type CoveragePalette, coverageText } from './coverage/text.ts';
export { diffPage } from './diff/page.ts';
export { type DiffPalette, diffText } from './diff/text.ts';
export type { TitledDiff } from './diff/words.ts';
export { docPage } from './doc/page.ts';
export { type Control, controlOf, type Framework, frameworks } from './frameworks/index.ts';
export { renderHtml } from './pages/html.ts';
export { renderMarkdown } from './pages/markdown.ts';
export type { Page } from './pages/page.ts';
export { testCoverageLcov } from './test-coverage/lcov.ts';
export {
  type Measure,
  measureOf,
  percentOf,
  pointsOf,
  type Share,
} from './test-coverage/measure.ts';
export { testCoveragePage } from './test-coverage/page.ts';
export { type TestCoveragePalette, testCoverageText } from './test-coverage/text.ts';
export { timelinePage } from './timeline/page.ts';
export type { Titled as TitledTimeline } from './timeline/shown.ts';
export { type TimelinePalette, timelineText } from './timeline/text.ts';
