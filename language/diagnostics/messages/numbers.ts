// Diagnostics of numbers and their ranges.

import type { Entry } from './entry.ts';

export const numberMessages = {
  'bad-range': {
    severity: 'error',
    message: (p: { why: string }) => `this is ${p.why}`,
    help: 'write the least and the greatest value: `Int(0..100)`, `Decimal(0.0..1.0)`, `Int(1..)`',
    why: 'A range says which values a request may bring; all others are unknown. A range that holds no value would make the member unknown for ever, and each rule on it would restrict or never grant.',
    avoid: 'policy p\ncontext { score?: Int(100..0) }\nfor any { permit ok otherwise }',
    prefer: 'policy p\ncontext { score?: Int(0..100) }\nfor any { permit ok otherwise }',
  },
  'out-of-range': {
    severity: 'error',
    message: (p: { type: string }) => `this value lies outside of \`${p.type}\``,
    help: 'correct the value, or widen the range where the type is declared',
    why: 'The type promises that values lie within its range, and the compiler relies on it. A constant that breaks the promise is a mistake either in the value or in the range.',
    avoid: 'policy p\ncontext { score: Int(0..100) = 101 }\nfor any { permit ok otherwise }',
    prefer: 'policy p\ncontext { score: Int(0..100) = 100 }\nfor any { permit ok otherwise }',
  },
  'decided-comparison': {
    severity: 'warning',
    message: (p: { worth: boolean; left: string; right: string }) =>
      `this comparison is always ${p.worth} where it is known: ${p.left} against ${p.right}`,
    help: 'correct the bound or the range; to ask whether there is a value, write `known(…)`',
    why: 'Both sides can only lie in the ranges shown, and everywhere in them the result is the same. So the comparison decides nothing: a rule with it always fires, or never does.',
    avoid:
      'policy p\ncontext { score?: Int(0..100) }\nfor any { permit ok when context.score <= 100 }',
    prefer:
      'policy p\ncontext { score?: Int(0..100) }\nfor any { permit ok when context.score <= 10 }',
  },
} satisfies Record<string, Entry>;
