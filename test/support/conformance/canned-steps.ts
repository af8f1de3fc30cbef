// Conformance steps with a module that answers with the bytes of the request, so that a host receives
// answers that no policy produces: extreme values, and answers that the ABI does not allow, after each of
// which the host must continue with a new instance.

import { wrongAnswers } from '../modules/canned-answers.ts';
import { type CannedAnswer, createResponse, encodeCanned } from '../modules/canned-module.ts';
import type { Doing } from './steps.ts';

const createOffer = (lower: object) => ({
  effect: 'deny' as const,
  text: createResponse('deny', 'works', { lower }),
});

const createNarrowing = (constraints: object) => ({
  effect: 'narrow' as const,
  text: createResponse('narrow', 'works', { constraints }),
});
const error = { code: 'wrong_type', path: '$.a', expected: 'b', found: 'c', offset: 77 };

const right: readonly (readonly [string, CannedAnswer])[] = [
  ['a permit', {}],
  ['until an instant', { validUntil: 1_767_225_600_001 }],
  ['valid until an instant before all calendars', { validUntil: -62_167_219_200_001 }],
  ['valid until an instant after all calendars', { validUntil: 253_402_300_800_000 }],
  ['a key', { key: 7n }],
  ['the same key, until an instant', { key: 7n, validUntil: 1_767_225_600_001 }],
  ['a long key', { key: 2n ** 64n - 1n }],
  ['a deny', { effect: 'deny' }],
  ['a challenge', { effect: 'challenge' }],
  ['a revoke', { effect: 'revoke' }],
  [
    'an error',
    { effect: 'deny', flags: 2, text: createResponse('deny', 'invalid_request', { error }) },
  ],
  [
    'an invalid request that is revoked',
    { effect: 'revoke', flags: 2, text: createResponse('revoke', 'works', { error }) },
  ],
  ['no constraints', createNarrowing({})],
  ['constraints', createNarrowing({ hosts: ['a', '\u{1f600}'], masked: false, ttl: 90.5 })],
  ['a counter-offer', createOffer({ 'action.properties."max-rows"': 5, 'context.hosts': ['a'] })],
  ['a string that JSON must escape', createNarrowing({ as: '"\\\n\u0001\u2028/' })],
];

const plain = encodeCanned({});

export function createCannedSteps(): readonly Doing[] {
  const valid = right.map(([name, answer]) => decideStep(name, encodeCanned(answer)));
  const failed = [
    ...wrongAnswers.map(([name, answer]) =>
      decideStep(`invalid answer: ${name}`, encodeCanned(answer)),
    ),
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
