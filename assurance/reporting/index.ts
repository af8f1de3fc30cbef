// The exports of reporting: control coverage, coverage by tests, and pages about policies.

export { type Coverage, computeControlCoverage, type TestedPolicy } from './controls/coverage.ts';
export { coverageJson } from './controls/json.ts';
export { coveragePage } from './controls/page.ts';
export { coverageText } from './controls/text.ts';
export { testCoverageLcov } from './coverage/lcov.ts';
export { collectPoints, measurePoints, toPercent } from './coverage/measure.ts';
export { testCoveragePage } from './coverage/page.ts';
export { testCoverageText } from './coverage/text.ts';
export { diffPage } from './diff/page.ts';
export { diffText } from './diff/text.ts';
export type { TitledDiff } from './diff/words.ts';
export { docPage } from './doc/page.ts';
export { renderExplanationHtml, renderExplanationMarkdown } from './explanation/markup.ts';
export { renderFragment, renderHtml } from './pages/html.ts';
export { Html, html } from './pages/html-template.ts';
export { renderMarkdown } from './pages/markdown.ts';
export { timelinePage } from './timeline/page.ts';
export type { Titled } from './timeline/shown.ts';
export { timelineText } from './timeline/text.ts';
