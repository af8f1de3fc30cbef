// Diagnostics of tokens and grammar.

import type { Entry } from './entry.ts';
import { windowSyntaxMessages } from './windows.ts';

export const syntaxMessages = {
  'syntax-error': {
    severity: 'error',
    message: (p: { found: string; expected: string }) => `expected ${p.expected}, found ${p.found}`,
    avoid: 'policy p\nfor any { permit ok when }',
    prefer: 'policy p\nfor any { permit ok otherwise }',
  },
  'source-too-large': {
    severity: 'error',
    message: (p: { length: number; limit: number }) =>
      `the file has ${p.length} characters, and ${p.limit} are allowed`,
    help: 'split it into several files',
    avoid: `policy p // ${'.'.repeat(1024 * 1024)}`,
    prefer: 'policy p // one file of several',
  },
  'nesting-too-deep': {
    severity: 'error',
    message: (p: { limit: number }) => `nested more than ${p.limit} levels deep`,
    help: 'name the inner parts with `let`',
    avoid: `const deep = ${'('.repeat(101)}1${')'.repeat(101)}`,
    prefer: 'const flat = (1)',
  },
  'expression-too-long': {
    severity: 'error',
    message: (p: { limit: number }) => `an expression of more than ${p.limit} operators`,
    help: 'use a set (`x in { … }`), or name the parts with `let`',
    avoid: `const long = 0${' + 1'.repeat(501)}`,
    prefer: 'const short = 501',
  },
  'unexpected-character': {
    severity: 'error',
    message: (p: { character: string }) => `${p.character} has no meaning here`,
    help: 'names are of letters A to Z, digits and `_`; any other name is put in quotes',
    avoid: 'enum Mood { heiß }',
    prefer: 'enum Mood { hot }',
  },
  'hidden-character': {
    severity: 'error',
    message: (p: { character: string }) =>
      `${p.character} is invisible or changes how the text is displayed`,
    help: 'remove it, or write it as an escape (`\\u….`) in a string',
    avoid: 'const name = "ad\u200bmin"',
    prefer: 'const name = "ad\\u200bmin"',
  },
  'unterminated-string': {
    severity: 'error',
    message: (_: Record<never, never>) => 'this string has no closing quote on its line',
    help: 'a line break within a string is written `\\n`',
    avoid: 'policy p version "1.0',
    prefer: 'policy p version "1.0"',
  },
  'bad-escape': {
    severity: 'error',
    message: (p: { escape: string }) => `\`${p.escape}\` is no escape`,
    help: 'escapes are `\\"`, `\\\\`, `\\/`, `\\b`, `\\f`, `\\n`, `\\r`, `\\t` and `\\u` with four digits',
    avoid: 'const path = "C:\\Users"',
    prefer: 'const path = "C:\\\\Users"',
  },
  'control-character': {
    severity: 'error',
    message: (p: { character: string }) => `a string holds the control character ${p.character}`,
    help: 'write it as an escape, such as `\\t`',
    avoid: 'const columns = "a\tb"',
    prefer: 'const columns = "a\\tb"',
  },
  'lone-surrogate': {
    severity: 'error',
    message: (_: Record<never, never>) => 'half a surrogate pair is no character',
    help: 'write both halves, or the character itself',
    avoid: 'const half = "\\ud83d"',
    prefer: 'const whole = "\\ud83d\\ude00"',
  },
  'not-normalized': {
    severity: 'error',
    message: (_: Record<never, never>) => 'a string is not in Unicode normalisation form NFC',
    help: 'two texts that look the same would differ: write the composed characters',
    avoid: 'const city = "Zu\u0308rich"',
    prefer: 'const city = "Zürich"',
  },
  'bad-number': {
    severity: 'error',
    message: (p: { text: string }) => `\`${p.text}\` is no number here`,
    help: 'numbers are written `1_000` and `12.50`, durations `250ms`, `90s`, `5m`, `24h` and `7d`',
    avoid: 'const limit = 5min',
    prefer: 'const limit = 5m',
  },
  'too-precise': {
    severity: 'error',
    message: (p: { text: string; digits: number }) =>
      `\`${p.text}\` has more than ${p.digits} digits behind the point`,
    help: 'a Decimal is a count of millionths: round it here, where a reader can see it',
    avoid: 'const share = 0.333_333_3',
    prefer: 'const share = 0.333_333',
  },
  'number-too-large': {
    severity: 'error',
    message: (p: { text: string }) => `\`${p.text}\` does not fit 64 bits`,
    avoid: 'const most = 9_223_372_036_854_775_808',
    prefer: 'const most = 9_223_372_036_854_775_807',
  },
  'bad-timestamp': {
    severity: 'error',
    message: (p: { text: string; reason: string }) => `\`${p.text}\` is no instant: ${p.reason}`,
    help: 'an instant is written `2026-12-25T00:00:00Z` or with an offset, `2026-12-25T01:00:00+01:00`',
    avoid: 'const start = 2026-02-30T00:00:00Z',
    prefer: 'const start = 2026-02-28T00:00:00Z',
  },
  'bad-address': {
    severity: 'error',
    message: (p: { text: string; reason: string }) => `\`${p.text}\` is no address: ${p.reason}`,
    help: 'an address is written `10.0.0.1` or `2001:db8::1`, a network by its first address and its length, `10.0.0.0/8`',
    avoid: 'const office = 10.1.2.3/8',
    prefer: 'const office = 10.0.0.0/8',
  },
  ...windowSyntaxMessages,
  'chained-comparison': {
    severity: 'error',
    message: (p: { operator: string }) =>
      `\`${p.operator}\` follows another comparison, and comparisons can't be chained`,
    help: 'join two comparisons with `and`, or use parentheses',
    avoid: 'const between = 1 < 2 < 3',
    prefer: 'const between = 1 < 2 and 2 < 3',
  },
  'is-not-present': {
    severity: 'error',
    message: (p: { word: string; instead: string }) =>
      `\`is not ${p.word}\` is written \`is ${p.instead}\``,
    avoid: 'context { a?: Int }\nfor any { deny no when context.a is not present }',
    prefer: 'context { a?: Int }\nfor any { deny no when context.a is missing }',
  },
  'mixed-enum': {
    severity: 'error',
    message: (p: { name: string }) => `\`${p.name}\` mixes \`<\` and \`,\` between its members`,
    help: 'an ordered enum has `<` between all members, an unordered one commas',
    avoid: 'enum Level { LOW < MEDIUM, HIGH }',
    prefer: 'enum Level { LOW < MEDIUM < HIGH }',
  },
  'duplicate-clause': {
    severity: 'error',
    message: (p: { clause: string }) => `a second \`${p.clause}\``,
    help: 'write one, or split the rule',
    avoid: 'for any { deny no otherwise because "one" because "two" }',
    prefer: 'for any { deny no otherwise because "one and two" }',
  },
  'misplaced-any': {
    severity: 'error',
    message: (_: Record<never, never>) => '`any` is not a name: it stands alone and means all',
    help: 'leave out the others, or leave out `any`',
    avoid: 'for any, agent { permit ok otherwise }',
    prefer: 'for any { permit ok otherwise }',
  },
  'misplaced-pair': {
    severity: 'error',
    message: (_: Record<never, never>) => 'a list in parentheses is no value',
    help: 'pairs are the keys of a table (`("a", "b"): …`); a set is written `{ a, b }`',
    avoid: 'const both = (1, 2)',
    prefer: 'const both = { 1, 2 }',
  },
  'misplaced-pattern': {
    severity: 'error',
    message: (_: Record<never, never>) => 'a pattern is no value: it stands behind `matches`',
    help: 'write `x matches glob"…"`; a `let` or a constant can hold whether it matches',
    avoid: 'for any { permit ok when action.name is glob"file.*" }',
    prefer: 'for any { permit ok when action.name matches glob"file.*" }',
  },
  'unknown-collection': {
    severity: 'error',
    message: (p: { name: string }) => `\`${p.name}\` takes no type in \`<…>\``,
    help: 'the collections are `Set<…>` and `List<…>`',
    avoid: 'record R { tags: Array<String> }',
    prefer: 'record R { tags: List<String> }',
  },
  'lookup-needs-table': {
    severity: 'error',
    message: (_: Record<never, never>) => 'only a table is looked up with `[…]`, by its name',
    help: 'a member is reached with `.name` or `."quoted name"`',
    avoid: 'const first = context.names[1]',
    prefer: 'table names: Int -> String { 1: "one" }\nconst first = names[1]',
  },
  'call-needs-name': {
    severity: 'error',
    message: (_: Record<never, never>) => 'only a function is called, by its name',
    help: 'write `size(x)` for `x.size()`',
    avoid: 'const count = { 1, 2 }.size()',
    prefer: 'const count = size({ 1, 2 })',
  },
  'bad-placeholder': {
    severity: 'error',
    message: (p: { problem: string }) => p.problem,
    help: 'a brace itself is written `{{` or `}}`',
    avoid: 'for any { deny no otherwise because "set {a" }',
    prefer: 'for any { deny no otherwise because "set {{a" }',
  },
} satisfies Record<string, Entry>;
