// The exports of the parts that every layer uses: positions in sources, words of messages, invariants.

export { decimalOne, showDecimal } from './decimal.ts';
export { displayText, wrap } from './display.ts';
export { invariant, throwUnreachable } from './invariant.ts';
export { type Measure, skipMeasure } from './measure.ts';
export {
  createPositionFinder,
  findPosition,
  formatRelativePath,
  type Position,
  resolvePath,
  type SourceMap,
  type Span,
} from './source.ts';
export { didYouMean, suggest } from './suggest.ts';
export { formatTerminalText } from './terminal-text.ts';
export { formatSentence, pluralize } from './words.ts';
