// Diagnostics about numbers and their ranges.

import type { Entry } from './entry.ts';

export const numberMessages = {
  'bad-range': {
    severity: 'error',
    message: (p: { why: string }) => `this is ${p.why}`,
    help: 'write the minimum and the maximum: `Int(0..100)`, `Decimal(0.0..1.0)`, `Int(1..)`',
    why: 'A range defines which values a request may contain; all others are unknown. With an empty range the member would always be unknown, and each rule that reads it would restrict or never grant.',
    avoid: 'policy p\ncontext { score?: Int(100..0) }\nfor any { permit ok otherwise }',
    prefer: 'policy p\ncontext { score?: Int(0..100) }\nfor any { permit ok otherwise }',
  },
  'out-of-range': {
    severity: 'error',
    message: (p: { type: string }) => `this value is outside the range of \`${p.type}\``,
    help: 'correct the value, or widen the range in the declaration of the type',
    why: 'The type guarantees that values are within its range, and the compiler relies on this. If a constant violates it, either the value or the range is wrong.',
    avoid: 'policy p\ncontext { score: Int(0..100) = 101 }\nfor any { permit ok otherwise }',
    prefer: 'policy p\ncontext { score: Int(0..100) = 100 }\nfor any { permit ok otherwise }',
  },
  'decided-comparison': {
    severity: 'warning',
    message: (p: { worth: boolean; left: string; right: string }) =>
      `the comparison is always ${p.worth} if its operands are known: ${p.left} and ${p.right}`,
    help: 'correct the bound or the range; to test whether there is a value, write `known(…)`',
    why: 'Both operands are within the ranges shown, and the result is the same for all their values. The comparison decides nothing: it is always true or always false.',
    avoid:
      'policy p\ncontext { score?: Int(0..100) }\nfor any { permit ok when context.score <= 100 }',
    prefer:
      'policy p\ncontext { score?: Int(0..100) }\nfor any { permit ok when context.score <= 10 }',
  },
} satisfies Record<string, Entry>;
