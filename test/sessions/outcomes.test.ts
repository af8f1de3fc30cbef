// Patterns of outcomes with names that nothing else in the policy mentions, in both engines.

import { compile } from '@nhipol/compiler';
import { load } from '@nhipol/runtime';
import { createEvaluatorTestEngine, createModuleTestEngine, runTests } from '@nhipol/testing';
import { expect, test } from 'vitest';
import { checkPolicy } from '../support/checking.ts';
import { assemble } from '../support/modules/assembler.ts';

const policy = checkPolicy(`policy p
subject agent {}
context { time: Timestamp }
outcomes { done: {} }
for agent {
  permit ok otherwise
  deny sent when once(outcome "done" doing send)
  deny filed when once(outcome "done" on file)
  deny sent_file when once(outcome "done" doing send on file)
}
test "an outcome of another call" {
  session {
    subject: { type: agent, id: a1 },
    action: { name: read },
    resource: { type: page, id: p1 },
    context: { time: 2026-03-03T10:00:00Z }
  }
  outcome "done" {}
  expect permit
  then outcome "done" { action: { name: write }, resource: { type: disk, id: d1 } }
  expect permit
  then outcome "done" { action: { name: send } }
  expect deny because sent
  then outcome "done" { resource: { type: file, id: f1 } }
  expect deny because sent, filed
  then outcome "done" { action: { name: send }, resource: { type: file, id: f1 } }
  expect deny because sent, filed, sent_file
}
`);
const { wasm } = await compile(policy, assemble, { sessions: true });

test.each([
  ['the evaluator', createEvaluatorTestEngine(policy)],
  ['the module', createModuleTestEngine(load(wasm))],
] as const)('outcomes of other calls do not match in %s', (_, engine) => {
  expect(runTests(policy, engine)).toMatchObject([{ failures: [], passed: true }]);
});
