// Invalid answers of canned modules, and the error that a host reports for each.

import type { CannedAnswer } from './canned-module.ts';

export const wrongAnswers: readonly (readonly [string, CannedAnswer, string])[] = [
  ['an effect', { effect: 5, reasons: [[0]] }, 'an unknown effect'],
  ['a reason', { reasons: [[6]] }, 'a reason that is not in the manifest'],
  ['a number of reasons', { reasons: [[0]], reasonCount: 7 }, 'more reasons than the manifest has'],
  ['a permit without reasons', {}, 'reasons that contradict the effect'],
  [
    'a default with reasons',
    { effect: 'deny', flags: 1, reasons: [[0]] },
    'reasons that contradict the effect',
  ],
  ['a permit by default', { flags: 1 }, 'flags that contradict the effect'],
  [
    'a permit of an invalid request',
    { flags: 2, error: [1, 0, 0, 0], reasons: [[0]] },
    'an invalid request that is not denied',
  ],
  ['an error code', { effect: 'deny', flags: 2, error: [9, 0, 0, 0] }, 'an unknown error'],
  ['an error path', { effect: 'deny', flags: 2, error: [1, 3, 0, 0] }, 'an unknown error'],
  [
    'an error that contradicts its flag',
    { error: [1, 0, 0, 0], reasons: [[0]] },
    'an error that contradicts its flag',
  ],
  ['a flag without its error', { effect: 'deny', flags: 2 }, 'an error that contradicts its flag'],
  ['an instant', { validUntil: Number.NaN, reasons: [[0]] }, 'an invalid instant'],
  ['a fraction of an instant', { validUntil: 0.5, reasons: [[0]] }, 'an invalid instant'],
  [
    'a selector',
    { selectors: [3, 0, 0], reasons: [[0]] },
    'a selector that is not in the manifest',
  ],
  [
    'an unknown path',
    { effect: 'deny', reasons: [[3, 1, 4n]] },
    'an unknown path that is not in the manifest',
  ],
  [
    'an enum',
    { effect: 'narrow', reasons: [[0]], constraints: [undefined, undefined, undefined, 2n] },
    'an unknown enum member',
  ],
  [
    'a Bool',
    { effect: 'narrow', reasons: [[0]], constraints: [...new Array(6), 2n] },
    'a Bool that is neither 0 nor 1',
  ],
  [
    'an address',
    { effect: 'narrow', reasons: [[0]], constraints: [...new Array(4), 2n ** 62n] },
    'an address outside of memory',
  ],
];
