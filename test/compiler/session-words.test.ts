// Tests which numbers of a session a host can change without a patch.

import { expect, test } from 'vitest';
import { collectSettableWords } from '../../compiler/emit/sessions/settable-words.ts';
import { lower } from '../../compiler/lower/lower.ts';
import { checkPolicy } from '../support/checking.ts';

const source = `policy test.words
subject agent { level?: Int, on_behalf_of?: { id?: String, rank?: Int } }
action any { amount?: Int }
resource any { size?: Int }
context { risk?: Int, call_digest?: String }
for agent {
  permit works when action.amount < 5 and resource.size < 5 and subject.level < 5
    and subject.on_behalf_of.rank < 5 and context.risk < 5
  deny odd when context.call_digest is "sha-256:"
}`;

function listSettableWords(text: string): readonly string[] {
  return Object.keys(collectSettableWords(lower(checkPolicy(text)))).sort();
}

test('a member that the call digest covers can only be changed by a patch', () => {
  expect(listSettableWords(source)).toEqual(['context.risk', 'subject.level']);
  const without = source.replace(', call_digest?: String', '').replace(/ {2}deny odd .*\n/, '');
  expect(listSettableWords(without)).toEqual([
    'action.amount',
    'context.risk',
    'resource.size',
    'subject.level',
    'subject.on_behalf_of.rank',
  ]);
});
