// The examples of syntax errors.

import { expect, test } from 'vitest';
import { Reporter } from '../../language/diagnostics/diagnostics.ts';
import { syntaxMessages } from '../../language/diagnostics/messages/syntax.ts';
import { parse } from '../../language/syntax/parse.ts';

function codes(text: string): string[] {
  const reporter = new Reporter();
  parse('p.nhipol', text, reporter);
  return [...new Set(reporter.diagnostics.map(({ code }) => code))];
}

test.each(Object.entries(syntaxMessages))(
  '%s is the only diagnostic of its `avoid` example, and its `prefer` example has none',
  (code, row) => {
    expect(codes(row.avoid)).toEqual([code]);
    expect(codes(row.prefer)).toEqual([]);
  },
);
