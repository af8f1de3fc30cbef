// Conformance steps with a module that answers with the bytes of the request, so that a host receives
// answers that no policy produces: extreme values, and answers that the ABI does not allow, after each of
// which the host must continue with a new instance.

import { wrongAnswers } from '../canned-answers.ts';
import { type CannedAnswer, type CannedValue, canned } from '../canned-module.ts';
import type { Doing } from './steps.ts';

const narrow = { effect: 'narrow', reasons: [[3]] } as const;
const nothing = new Array<CannedValue>(8);

const right: readonly (readonly [string, CannedAnswer])[] = [
  ['a permit', { reasons: [[0]] }],
  ['until an instant', { reasons: [[0]], validUntil: 1_767_225_600_001 }],
  [
    'valid until an instant before all calendars',
    { reasons: [[0]], validUntil: -62_167_219_200_001 },
  ],
  [
    'valid until an instant after all calendars',
    { reasons: [[0]], validUntil: 253_402_300_800_000 },
  ],
  ['denied by default', { effect: 'deny', flags: 1, selectors: [1, 1, 1] }],
  ['reasons in the order of IDs and indexes', { reasons: [[0], [1], [4], [2], [5]] }],
  ['an error of the document', { effect: 'deny', flags: 2, error: [1, 0, 0, 3] }],
  ['an error of a member', { effect: 'deny', flags: 2, validUntil: 5, error: [16, 1, 3, 77] }],
  [
    'a path with array indexes, except for brackets within a name',
    { effect: 'deny', flags: 2, error: [16, 2, 0, 0], indexes: [4, 255] },
  ],
  [
    'an invalid request that is revoked',
    { effect: 'revoke', flags: 2, error: [16, 1, 3, 7], reasons: [[2]] },
  ],
  [
    'a message and unknown paths',
    {
      effect: 'deny',
      reasons: [[3, 3, 3n], [4]],
      placeholders: [1n, 5_400_000n, 1_767_225_600_000n],
    },
  ],
  ['a message without values', { effect: 'deny', reasons: [[3, 2, 1n]] }],
  [
    'a duration and an instant without a literal form',
    { effect: 'deny', reasons: [[3]], placeholders: [0n, -1_500n, -(2n ** 60n)] },
  ],
  ['no duration', { effect: 'deny', reasons: [[3]], placeholders: [0n, 0n, 0n] }],
  [
    'constraints',
    {
      ...narrow,
      constraints: [
        ...[90_500n, 2n ** 53n, 1_767_225_600_001n, 1n],
        ...[
          ['\u{1f600}', '\uff5e', 'b', 'a', '\ufeff'],
          [10n, 9n, -(2n ** 60n)],
          0n,
          'spiffe://a/b',
        ],
      ],
    },
  ],
  ['a long integer', { ...narrow, constraints: nothing.with(1, -(2n ** 63n)) }],
  [
    'a string that JSON must escape',
    {
      ...narrow,
      constraints: nothing.with(7, '"\\\n\u0001\u2028/'),
    },
  ],
  ['no constraints', narrow],
  [
    'constraints without a narrow',
    { effect: 'challenge', reasons: [[0]], constraints: [undefined, 7n] },
  ],
  ...(
    [
      [1, 1, 1],
      [1, 0, 0],
      [2, 1, 0],
      [2, 1, 1],
    ] as const
  ).flatMap((selectors) =>
    (['permit', 'narrow', 'challenge', 'deny', 'revoke'] as const).map(
      (effect) =>
        [
          `the data read by a ${effect} of ${selectors.join()}`,
          { effect, selectors, reasons: [[0]] },
        ] as const,
    ),
  ),
];

const plain = canned({ reasons: [[0]] });

export function cannedSteps(): readonly Doing[] {
  const valid = right.map(([name, answer]) => decideStep(name, canned(answer)));
  const failed = [
    ...wrongAnswers.map(([name, answer]) => decideStep(`invalid answer: ${name}`, canned(answer))),
    decideStep('a trap', new TextEncoder().encode('trap')),
  ];
  // Returns the instant that it was given, with the clock as its reason.
  const which = { do: 'decide', request_base64: base64(new TextEncoder().encode('then')) } as const;
  const clocks: readonly Doing[] = [
    { ...which, clock: 'host', now: 1_767_225_600_000 },
    { ...which, clock: 'request', now: -1 },
    { ...which, clock: 'request' },
  ];
  return [
    ...valid,
    ...clocks,
    ...failed.flatMap((step) => [step, decideStep('a permit after it', plain)]),
  ];
}

function decideStep(name: string, request: Uint8Array): Doing {
  return { do: 'decide', name, request_base64: base64(request), clock: 'host', now: 0 };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
