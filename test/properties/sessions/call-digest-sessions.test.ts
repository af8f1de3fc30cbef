// The digest of a session's call after changes of its parts, whole and partial: module and evaluator agree, also after
// the session was restored from its snapshot.

import { compile } from '@nhipol/compiler';
import { createSessions, load } from '@nhipol/runtime';
import { createRandomNumbers } from '@nhipol/testing';
import { createEvaluatorHost } from '@nhipol/testing/replay';
import { expect, test } from 'vitest';
import { Dice } from '../../../assurance/testing/generate/random.ts';
import {
  createReplacement,
  type JsonMembers,
} from '../../../assurance/testing/generate/request-parts.ts';
import { runs } from '../../support/budget.ts';
import { checkPolicy } from '../../support/checking.ts';
import { assemble } from '../../support/modules/assembler.ts';

const policy = checkPolicy(`policy acme.sessions
use nhi.{ Principal }
subject agent { on_behalf_of?: Principal }
subject robot {}
action any { amount?: Int }
resource any {}
context { call_digest?: String, risk: Int = 0 }
for any {
  permit works otherwise
  challenge always when context.call_digest is missing or context.call_digest is present
}`);
const { wasm } = await compile(policy, assemble, { sessions: true });
const module = load(wasm);

const seed = Number(process.env.NHIPOL_SEED ?? 20_261_125);

class Changes {
  readonly #dice: Dice;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  subject(): JsonMembers {
    const { pick } = this.#dice;
    const alice = { id: 'alice', type: 'user' };
    const principal = pick([alice, { ...alice, exp: 5 }, { id: 'bob' }, { type: 'user' }, null]);
    return this.#some([
      ['id', pick(['a', 'a', 'b', 'ü€😀'])],
      ['type', 'agent'],
      ['extra', 1],
      [
        'properties',
        pick([null, {}, { token: 'x' }, ...[1, 2, 3].map(() => ({ on_behalf_of: principal }))]),
      ],
    ]);
  }

  action(): JsonMembers {
    const { pick } = this.#dice;
    return this.#some([
      ['name', pick(['pay', 'read'])],
      [
        'properties',
        pick([{ amount: 5 }, { amount: 'x' }, { amount: 5, note: 0.1 + 0.2 }, { note: 'a"b' }, {}]),
      ],
      ['z', pick([1, 1e-7, 2 ** 53 - 1, [{ b: 1, a: null }]])],
    ]);
  }

  resource(): JsonMembers {
    const { pick } = this.#dice;
    return this.#some([
      ['type', 'account'],
      ['id', pick(['1', '2'])],
      ['properties', pick([{ owner: 'x' }, {}])],
    ]);
  }

  part(): JsonMembers {
    return this.#some([
      ['subject', this.subject()],
      ['action', this.action()],
      ['resource', this.resource()],
      ['context', { risk: this.#dice.int(5) }],
    ]);
  }

  /** Most of the members, in any order. */
  #some(members: readonly (readonly [string, JsonMembers[string]])[]): JsonMembers {
    const some = members.filter(() => this.#dice.chance(700));
    return Object.fromEntries(this.#dice.chance(500) ? some : some.reverse());
  }
}

test('module and evaluator agree on the digest after any changes', () => {
  const dice = new Dice(createRandomNumbers(seed));
  const changes = new Changes(dice);
  const seen = { digest: 0, none: 0, refused: 0 };
  const count = runs(200, 30);
  for (let run = 0; run < count; run += 1) {
    const sessions = createSessions(module, { clock: { now: () => 0, at: () => () => {} } });
    const host = createEvaluatorHost(policy);
    const request = {
      subject: { type: 'agent', id: 'a', ...(dice.chance(500) ? changes.subject() : {}) },
      ...(dice.chance(800) ? { action: { name: 'pay', ...changes.action() } } : {}),
      ...(dice.chance(800) ? { resource: { type: 'account', id: '1' } } : {}),
      context: {},
    };
    if (host.open('s', request, 0n) !== undefined) {
      expect(() => sessions.open('s', request)).toThrow();
      continue;
    }
    sessions.open('s', request);
    for (let step = 0; step < 12; step += 1) {
      const part = changes.part();
      const isWhole = dice.chance(600);
      const refused = host.change(
        's',
        isWhole ? createReplacement(part) : { part, replaced: [] },
        0n,
      );
      const session = sessions.get('s') ?? expect.fail('no session');
      let error: unknown;
      try {
        if (isWhole) session.replace(part);
        else session.patch(part);
      } catch (caught) {
        error = caught;
      }
      expect(error === undefined).toBe(refused === undefined);
      if (error !== undefined) seen.refused += 1;
      if (dice.chance(300)) {
        const text = session.snapshot();
        session.close();
        sessions.restore(text);
      }
      const expected = host.judge('s', 0n).callDigest;
      expect(sessions.get('s')?.reevaluate().callDigest).toBe(expected);
      seen[expected === undefined ? 'none' : 'digest'] += 1;
    }
    sessions.end();
  }
  expect(seen.digest).toBeGreaterThan(count / 2);
  expect(seen.none).toBeGreaterThan(count / 2);
  expect(seen.refused).toBeGreaterThan(count / 20);
}, 120_000);
