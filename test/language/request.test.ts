// Requests as the evaluator reads them, at their limits.

import { expect, test } from 'vitest';
import { limits } from '../../language/index.ts';
import { policyOf } from '../support/checking.ts';
import { evaluator } from '../support/engines.ts';

const policy = policyOf(`policy p
context { text: String }
for any { permit ok when context.text is present }`);

function answerTo(text: string) {
  return evaluator(policy)(
    JSON.stringify({
      subject: { type: 'agent', id: 'a' },
      action: { name: 'read' },
      resource: { type: 'file', id: 'f' },
      context: { text },
    }),
  );
}

test.for(['a', 'é', '😀'])('a text is as long as it has bytes: of %s', (character) => {
  const most = limits.stringBytes / new TextEncoder().encode(character).length;
  expect(answerTo(character.repeat(most)).effect).toBe('permit');
  expect(answerTo(`${character.repeat(most)}a`).error).toMatchObject({
    code: 'too_long',
    path: '$.context.text',
  });
});
