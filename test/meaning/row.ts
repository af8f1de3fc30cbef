// What a row of the table is: an expression, the members of `context` beside its time as JSON, and
// what the expression is worth then, written from the language's description and not from a run.

export type Worth = true | false | 'unknown';

export type Row = readonly [expression: string, context: string, expected: Worth];
