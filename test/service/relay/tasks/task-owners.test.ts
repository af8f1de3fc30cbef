// The tasks of a server that several subjects use: each belongs to the subject whose call it goes on with.

import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { attack } from '../../../attacks/attack.ts';
import { runs } from '../../../support/budget.ts';
import { compileForTasks, TaskClient, withGuard } from './task-client.ts';

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForTasks();
});

const about = ['tasks/get', 'tasks/result', 'tasks/update', 'tasks/cancel'] as const;

attack('guard-task-of-another', async () => {
  await withGuard(module, (guard) => {
    const [ann, bob] = [new TaskClient(guard, 'ann', true), new TaskClient(guard, 'bob', true)];
    ann.begin('t1');
    bob.begin('t2');
    for (const method of about) {
      expect([method, bob.reaches(method, 't1')]).toEqual([method, false]);
      // A task that nobody is known to have begun looks the same.
      expect([method, bob.reaches(method, 't9')]).toEqual([method, false]);
    }
    expect(bob.list(['t1', 't2', 't9'])).toEqual(['t2']);
    expect([bob.hears('t1'), bob.hears('t2'), ann.hears('t1')]).toEqual([false, true, true]);
    for (const method of about) expect([method, ann.reaches(method, 't1')]).toEqual([method, true]);
    // The same subject uses its task by another connection.
    expect(new TaskClient(guard, 'ann', true).reaches('tasks/cancel', 't1')).toBe(true);
  });
});

test('clients that are not identified use tasks that the guard has not seen begin', async () => {
  await withGuard(module, (guard) => {
    for (const isNamed of [false, 'stated'] as const) {
      const only = new TaskClient(guard, 'only', isNamed);
      for (const method of about) expect(only.reaches(method, 't')).toBe(true);
      expect(only.list(['t'])).toEqual(['t']);
    }
  });
});

test('a task is used only by the subject whose call began it, in any order', async () => {
  const names = ['ann', 'bob', 'carol'] as const;
  const ids = fc.constantFrom('1', '2', '3');
  const step = fc.record({
    who: fc.constantFrom(...names),
    task: ids,
    what: fc.constantFrom('begin', 'list', 'hear', ...about),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
      await withGuard(module, (guard) => {
        const clients = new Map(names.map((name) => [name, new TaskClient(guard, name, true)]));
        const owned = new Set<string>();
        for (const { who, task, what } of steps) {
          const client = clients.get(who);
          if (client === undefined) continue;
          const isOwn = owned.has(`${who} ${task}`);
          if (what === 'begin') {
            client.begin(task);
            owned.add(`${who} ${task}`);
          } else if (what === 'list') {
            const own = ['1', '2', '3'].filter((each) => owned.has(`${who} ${each}`));
            expect(client.list(['1', '2', '3'])).toEqual(own);
          } else if (what === 'hear') {
            expect(client.hears(task)).toBe(isOwn);
          } else {
            expect(client.reaches(what, task)).toBe(isOwn);
          }
        }
      });
    }),
    { numRuns: runs(180, 20) },
  );
});
