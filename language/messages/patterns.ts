// Diagnostics of patterns: globs, regular expressions and patterns of SPIFFE IDs.

import type { Entry } from './entry.ts';

function policy(condition: string): string {
  return `policy p\ncontext { a?: String, id?: SpiffeId }\nfor any { permit ok when ${condition} }`;
}

export const patternMessages = {
  'bad-pattern': {
    severity: 'error',
    message: (p: { why: string }) => p.why,
    help: 'a backslash makes the next character itself',
    avoid: policy('context.a matches regex"[a-z"'),
    prefer: policy('context.a matches regex"[a-z]"'),
  },
  'unsupported-pattern': {
    severity: 'error',
    message: (p: { why: string }) => p.why,
    help: 'regular expressions are those of RE2, which are matched in one pass whatever the text',
    avoid: policy('context.a matches regex"(?!root).*"'),
    prefer: policy('context.a not matches regex"root.*"'),
  },
  'pattern-too-large': {
    severity: 'error',
    message: (p: { why: string }) => p.why,
    help: 'match in several conditions, or bound the length with `length(x) <= 64`',
    avoid: policy('context.a matches regex"(a|b)*a(a|b){20}"'),
    prefer: policy('context.a matches regex"(a|b)*" and length(context.a) > 20'),
  },
  'pattern-operand': {
    severity: 'error',
    message: (p: { language: string; takes: string; found: string }) =>
      `a ${p.language} pattern is about a ${p.takes}, and this is a ${p.found}`,
    help: 'only texts and SPIFFE IDs are matched',
    avoid: policy('context.a matches spiffe"spiffe://prod.example/*"'),
    prefer: policy('spiffe(context.a) matches spiffe"spiffe://prod.example/*"'),
  },
  'bad-glob-option': {
    severity: 'error',
    message: (p: { why: string }) => p.why,
    help: 'segments are separated by one character, such as `/`, `.` or `:`, that has no other meaning',
    avoid: policy('context.a matches glob"*.example" separated by ".."'),
    prefer: policy('context.a matches glob"*.example" separated by "."'),
  },
} satisfies Record<string, Entry>;
