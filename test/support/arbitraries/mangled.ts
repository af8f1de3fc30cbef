// Changes the layout of a source without changing its meaning: other white space between words, and
// comments in all places. No space is added where the source had none.

import { tokenize } from '@nhipol/language/syntax';
import fc from 'fast-check';

const between = fc.oneof(
  { weight: 6, arbitrary: fc.constant(' ') },
  fc.constantFrom('\n', '\n\n\n', '\r\n', '\t ', '  \n      ', ' // beside\n', '\n// above\n'),
  fc.constantFrom(
    '\n\n  // apart\n\n',
    ' // one // two  \n// "three\n',
    ' //\n\n\n//{\n',
    '\n\n//)\n',
  ),
);
/** Where no white space is necessary. */
const beside = fc.oneof({ weight: 12, arbitrary: fc.constant('') }, between);
const loose = /^[{}()[\],]$/;

export function mangleText(text: string): fc.Arbitrary<string> {
  const { tokens } = tokenize(text);
  return fc
    .tuple(...listGaps(text))
    .map((gaps) => gaps.map((gap, at) => gap + (tokens[at]?.image ?? '')).join(''));
}

function listGaps(text: string): fc.Arbitrary<string>[] {
  const { tokens } = tokenize(text);
  const inner = tokens.slice(1).map(({ image, startOffset }, at) => {
    const before = tokens[at];
    if (before === undefined || (before.endOffset ?? 0) + 1 < startOffset) return between;
    return loose.test(image) || loose.test(before.image) ? beside : fc.constant('');
  });
  return [beside, ...inner, beside];
}
