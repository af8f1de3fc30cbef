// Invalid answers of canned modules, and the error that a host reports for each.

import type { CannedAnswer } from './canned-module.ts';

export const wrongAnswers: readonly (readonly [string, CannedAnswer, string])[] = [
  ['an effect', { effect: 5, reasons: [[0]] }, 'an effect that is none'],
  ['a reason', { reasons: [[6]] }, 'a reason that the manifest does not list'],
  ['a number of reasons', { reasons: [[0]], reasonCount: 7 }, 'more reasons than there are'],
  ['a permit without reasons', {}, 'reasons that do not fit the effect'],
  [
    'a default with reasons',
    { effect: 'deny', flags: 1, reasons: [[0]] },
    'reasons that do not fit the effect',
  ],
  ['a permit by default', { flags: 1 }, "a reason that is no rule's and does not fit the effect"],
  [
    'a permit of an invalid request',
    { flags: 2, error: [1, 0, 0, 0], reasons: [[0]] },
    'an invalid request that is not denied',
  ],
  [
    'an error code',
    { effect: 'deny', flags: 2, error: [9, 0, 0, 0] },
    'an error that is not listed',
  ],
  [
    'an error path',
    { effect: 'deny', flags: 2, error: [1, 3, 0, 0] },
    'an error that is not listed',
  ],
  [
    'an error without its flag',
    { error: [1, 0, 0, 0], reasons: [[0]] },
    'an error without its flag',
  ],
  ['a flag without its error', { effect: 'deny', flags: 2 }, 'an error without its flag'],
  ['an instant', { validUntil: Number.NaN, reasons: [[0]] }, 'an instant that is none'],
  ['a fraction of an instant', { validUntil: 0.5, reasons: [[0]] }, 'an instant that is none'],
  [
    'a selector',
    { selectors: [3, 0, 0], reasons: [[0]] },
    'a selector that the manifest does not list',
  ],
  [
    'an unknown path',
    { effect: 'deny', reasons: [[3, 1, 4n]] },
    'an unknown path that the manifest does not list',
  ],
  [
    'an enum',
    { effect: 'narrow', reasons: [[0]], constraints: [undefined, undefined, undefined, 2n] },
    'a member that the enum does not have',
  ],
  [
    'a Bool',
    { effect: 'narrow', reasons: [[0]], constraints: [...new Array(6), 2n] },
    'a Bool that is neither 0 nor 1',
  ],
  [
    'an address',
    { effect: 'narrow', reasons: [[0]], constraints: [...new Array(4), 2n ** 62n] },
    'an address outside memory',
  ],
];
