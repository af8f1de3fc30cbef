// The examples of syntax errors.

import { Reporter } from '@nhipol/language';
import { parse } from '@nhipol/language/syntax';
import { expect, test } from 'vitest';
import { syntaxMessages } from '../../../language/diagnostics/messages/syntax.ts';

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
