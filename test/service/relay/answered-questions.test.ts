// The questions that were answered: none counts twice, and those that have expired use no memory.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AnsweredQuestions } from '../../../service/mcp/questions/answered-questions.ts';

test('an answer is remembered until its question has expired', () => {
  const answer = fc.record({ wait: fc.nat(100), lifetime: fc.integer({ min: 1, max: 300 }) });
  fc.assert(
    fc.property(fc.array(answer, { maxLength: 50 }), (answers) => {
      const answered = new AnsweredQuestions();
      const expiries: number[] = [];
      let now = 0;
      for (const [index, { wait, lifetime }] of answers.entries()) {
        now += wait;
        answered.add({ id: String(index), expiresAt: now + lifetime }, now);
        expiries.push(now + lifetime);
        const valid = expiries.map((expiry) => expiry > now);
        expect(expiries.map((_, each) => answered.has(String(each)))).toEqual(valid);
        expect(answered.size).toBe(valid.filter((each) => each).length);
      }
    }),
  );
});
