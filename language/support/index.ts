// The exports of the parts that every layer uses: positions in sources, words of messages, invariants.

export { decimalOne, showDecimal } from './decimal.ts';
export { displayText, wrap } from './display.ts';
export { invariant, unreachable } from './invariant.ts';
export { type Measure, noMeasure } from './measure.ts';
export {
  createPositionFinder,
  findPosition,
  type Position,
  relativePath,
  resolvePath,
  type SourceMap,
  type Span,
} from './source.ts';
export { didYouMean, suggest } from './suggest.ts';
export { terminalText } from './terminal-text.ts';
export { pluralize, sentence } from './words.ts';
