// Sessions with a few events, at the boundaries of the spans of conditions.

import { noTables, type SessionSample } from '@nhipol/testing';
import type { SampleStep } from '../../../assurance/testing/explore/sessions.ts';
import type { Dice } from '../../../assurance/testing/generate/random.ts';
import { drawRequest, type Material } from './material.ts';

const spans = [0n, 0n, 1n, 1_000n, 300_000n, 599_999n, 600_000n, 600_001n, 3_600_000n, 3_600_001n];

export function drawSession(material: Material, dice: Dice): SessionSample {
  const signal = () => {
    const payload = dice.chance(250)
      ? {}
      : {
          kind: dice.pick(['a', 'b', 'ab', undefined]),
          size: dice.pick([0, 1, 3, 4, 9, 12, undefined]),
        };
    return dice.chance(750)
      ? { name: 'failure', payload: JSON.stringify(payload), time: undefined }
      : { name: 'read', payload: undefined, time: undefined };
  };
  const step = (): SampleStep => ({
    after: dice.pick(spans),
    signals: Array.from({ length: dice.pick([0, 1, 1, 2, 3]) }, signal),
    request: dice.chance(400) ? drawRequest(material, dice) : undefined,
    asks: 1,
  });
  return {
    request: drawRequest(material, dice),
    opens: BigInt(Date.UTC(2026, 2, 3, 10)),
    tables: noTables,
    steps: Array.from({ length: 1 + dice.int(4) }, step),
  };
}
