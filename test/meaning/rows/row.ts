// A row of the table: an expression, the members of `context` except `time` as JSON, and the expected value, which is
// derived from the description of the language, not from a run.

export type Worth = true | false | 'unknown';

export type Row = readonly [expression: string, context: string, expected: Worth];
