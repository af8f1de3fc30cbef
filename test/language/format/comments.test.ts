// Comments stay in place when a policy is formatted: after the same code, above the same code, and within the same
// braces.

import { expect, test } from 'vitest';
import { formatOrFail } from '../../support/pages/formatting.ts';

const pairs: readonly (readonly [string, string, string])[] = [
  ['nothing else in the file', '\n  // a\n\n\n  //b  \n', '// a\n\n//b\n'],
  ['an empty file', ' \n\n', ''],
  [
    'the start and the end of a file',
    '\n\n// head\n\n// about p\npolicy p // beside\n\n// end',
    '// head\n\n// about p\npolicy p // beside\n\n// end\n',
  ],
  [
    'carriage returns',
    'policy p // beside\r\n\r\n\r\n// above\r\nconst a = 1\r\n',
    'policy p // beside\n\n// above\nconst a = 1\n',
  ],
  [
    'within braces',
    `subject a { // open
  // first
  x: Int, // x

  // the end

}
resource any { // nothing
}
action any {

  // nothing
}`,
    `subject a { // open
  // first
  x: Int // x

  // the end
}
resource any { // nothing
}
action any {
  // nothing
}
`,
  ],
  [
    'before and after a comma',
    'enum E { a // a\n, b, // b\n // c\n c }',
    'enum E {\n  a, // a\n  b, // b\n  // c\n  c\n}\n',
  ],
  [
    'in a rule, between its clauses and in its condition',
    `for any {
  // above
  permit p // beside
    // condition
    when a // a
    // b
    and b
    // clause
    because "x" // because
  // end
}`,
    `for any {
  // above
  permit p // beside
    // condition
    when a // a
    // b
    and b
    // clause
    because "x" // because
  // end
}
`,
  ],
  [
    'a comment in the middle of a line breaks it',
    'const x = f(a, // a\n b) + // plus\n c',
    'const x = f(\n  a, // a\n  b\n)\n  + // plus\n    c\n',
  ],
  [
    'comments of omitted words stay',
    'for any { narrow n to { // nothing\n} // behind\n deny d when ( // open\n (a // a\n)) }',
    `for any {
  narrow n // nothing
  // behind
  deny d
    when ( // open
      a // a
    )
}
`,
  ],
  [
    'several comments after one word get a line each',
    'const a = 1 // one\n // two\n // three // four\nconst b = 2',
    'const a = 1 // one\n// two\n// three // four\nconst b = 2\n',
  ],
  [
    'a long comment after a line does not break the line',
    `const a = { 1, 2 } // ${'x'.repeat(100)}`,
    `const a = { 1, 2 } // ${'x'.repeat(100)}\n`,
  ],
  [
    'in a cell of rows, which are then not aligned',
    `test "t" {
  request { a: 1 }
  each context {
    missing expect deny
    { a: 1
      // one
    } expect permit
  }
}`,
    `test "t" {
  request { a: 1 }
  each context {
    missing expect deny
    {
      a: 1
      // one
    } expect permit
  }
}
`,
  ],
  [
    'in tests',
    `test "t" { // t
  request { a: [1, // one
    2] } // request
  // step
  with { context.a = 1 } // with
  expect permit // permit

  // another
  then expect deny
  // end
}`,
    `test "t" { // t
  request {
    a: [
      1, // one
      2
    ]
  } // request
  // step
  with { context.a = 1 } // with
  expect permit // permit

  // another
  then
  expect deny
  // end
}
`,
  ],
  ['a string that looks like a comment', 'const a = "//x"  // y', 'const a = "//x" // y\n'],
];

test.for(pairs)('keeps comments in place: %s', ([, before, after]) => {
  expect(formatOrFail(before)).toBe(after);
  expect(formatOrFail(after)).toBe(after);
});
