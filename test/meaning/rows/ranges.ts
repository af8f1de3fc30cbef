// Ranged numbers: a value out of range is unknown, and a value within is like any other.

import type { Row } from './row.ts';

export const ranges: readonly Row[] = [
  ['score is 0', '"score": 0', true],
  ['score is 100', '"score": 100', true],
  ['score > 50', '"score": 50', false],
  ['score > 50', '"score": 101', 'unknown'],
  ['score > 50', '"score": -1', 'unknown'],
  ['score > 50', '', 'unknown'],
  ['score is present', '"score": 101', true],
  ['score is missing', '"score": 101', false],
  ['known(score)', '"score": 101', false],
  ['(score else 7) is 7', '"score": 101', true],
  ['score is 100', '"score": 1.00e2', true],
  // Ranged and unranged Ints can be combined.
  ['score < n', '"score": 5, "n": 1000', true],
  ['score + n is 105', '"score": 5, "n": 100', true],
  ['score + 1 is 101', '"score": 100', true],
  ['score in numbers', '"score": 5, "numbers": [5]', true],
  ['score * 1_000_000_000_000 > n', '"score": 100, "n": 1', true],
  ['n + score > n', '"n": 9223372036854775807, "score": 1', 'unknown'],
  ['100 / (score + 1) is 50', '"score": 1', true],
  ['100 / score is 50', '"score": 0', 'unknown'],
  ['(if p then score else 200) is 200', '"p": false', true],
  ['(if p then score else 200) is 200', '"p": false, "score": 101', true],

  ['step is 0', '', true],
  ['step is 0', '"step": -6', 'unknown'],
  ['step is -5', '"step": -5', true],
  ['above is 1', '"above": 1', true],
  ['above < 1_000', '"above": 0', 'unknown'],
  ['above > 1_000', '"above": 9223372036854775807', true],

  // An Int range and a Decimal range with equal bounds in millionths.
  ['parts is 5', '"parts": 5, "share": 1', true],
  ['share is 1', '"parts": 5, "share": 1', true],

  ['share is 0.5', '', true],
  ['share > 0.5', '"share": 1', true],
  ['share > 0.5', '"share": 1.0000005', true],
  ['share > 0.5', '"share": 1.000001', 'unknown'],
  ['share > 0.5', '"share": -0.000001', 'unknown'],
  ['share < 0.5', '"share": -0.0000005', true],

  ['5 in scores', '"scores": [5, 7]', true],
  ['5 in scores', '"scores": [5, 101]', 'unknown'],
  ['any x in scores satisfies x is 5', '"scores": [5, 101]', true],
  ['all x in scores satisfies x > 1', '"scores": [5, 101]', 'unknown'],
  ['all x in scores satisfies x > 1', '"scores": [1, 101]', false],
  ['quotas[s] is 100', '"s": "tea"', true],
  ['quotas[s] * 90_000_000_000_000_000 > 1', '"s": "tea"', true],
  ['quotas[s] is 100', '"s": "ice"', 'unknown'],
];
