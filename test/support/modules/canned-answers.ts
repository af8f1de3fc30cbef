// Invalid answers of canned modules, and the error that a host reports for each.

import { type CannedAnswer, createResponse } from './canned-module.ts';

const permit = createResponse('permit', 'works');

/** The ones that every host detects, also if it passes on the bytes of the response. */
export const wrongAnswers: readonly (readonly [string, CannedAnswer, string])[] = [
  ['an effect', { effect: 5 }, 'an unknown effect'],
  ['a permit of an invalid request', { flags: 2 }, 'an invalid request that is not denied'],
  ['no response', { text: '' }, 'no response'],
  ['a response beyond the memory', { length: 2 ** 31 }, 'an address outside of memory'],
  [
    'a response of another effect',
    { effect: 'deny', text: permit },
    'a response with another effect',
  ],
  ['another decision', { text: permit.replace('true', 'false') }, 'a response with another effect'],
  [
    'invalid UTF-8',
    { text: new TextEncoder().encode(permit).map((byte) => (byte === 0x77 ? 0xff : byte)) },
    'invalid UTF-8',
  ],
  ['an instant', { validUntil: Number.NaN }, 'an invalid instant'],
  ['a fraction of an instant', { validUntil: 0.5 }, 'an invalid instant'],
];

/** The ones that a host detects when it parses the response. */
export const wrongResponses: readonly (readonly [string, CannedAnswer, string])[] = [
  ['JSON', { text: permit.slice(0, -1) }, 'a response that is not one of the ABI'],
  [
    'a reason',
    { text: permit.replace('["works"]', '[5]') },
    'a response that is not one of the ABI',
  ],
  [
    'a missing member',
    { text: permit.replace(/,"read":.*/, '}}') },
    'a response that is not one of the ABI',
  ],
];
