// How the evaluator reads requests at their limits.

import { requestLimits } from '@nhipol/runtime/abi';
import { expect, test } from 'vitest';
import { checkPolicy } from '../../support/checking.ts';
import { evaluator } from '../../support/modules/engines.ts';

const policy = checkPolicy(`policy p
context { text?: String, price?: Decimal }
for any {
  permit text when context.text is present
  permit least when context.price is 0.000001
  permit nothing when context.price is 0
}`);

function decideContext(context: object) {
  return evaluator(policy)(
    JSON.stringify({
      subject: { type: 'agent', id: 'a' },
      action: { name: 'read' },
      resource: { type: 'file', id: 'f' },
      context,
    }),
  );
}

test.for(['a', 'é', '€', '😀'])('limits the bytes of a string: %s', (character) => {
  const size = new TextEncoder().encode(character).length;
  const repeated = character.repeat(requestLimits.stringBytes / size);
  const longest = `${repeated}${'a'.repeat(requestLimits.stringBytes % size)}`;
  expect(decideContext({ text: longest }).effect).toBe('permit');
  expect(decideContext({ text: `${longest}a` }).error).toMatchObject({
    code: 'too_long',
    path: '$.context.text',
  });
});

test.for([
  [0.000_000_6, 'least'],
  [0.000_000_5, 'nothing'],
  [0.000_000_04, 'nothing'],
  [0.000_001_4, 'least'],
] as const)('reads a Decimal to the nearest millionth: %f', ([price, reason]) => {
  expect(decideContext({ price }).reasons).toEqual([reason]);
});
