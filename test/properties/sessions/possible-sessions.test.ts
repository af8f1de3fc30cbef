// Possibility in sessions: the module agrees with the evaluator, for the policies that use history in every way; if a
// completion of a request is permitted, the request is possible; and the question changes nothing about a session.

import { compile } from '@nhipol/compiler';
import { load } from '@nhipol/runtime';
import type { JsonValue } from '@nhipol/runtime/abi';
import { createRandomNumbers } from '@nhipol/testing';
import { createEvaluatorHost } from '@nhipol/testing/replay';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Dice } from '../../../assurance/testing/generate/random.ts';
import type { JsonMembers } from '../../../assurance/testing/generate/request-parts.ts';
import type { EvaluatorHost } from '../../../assurance/testing/replay/host.ts';
import { createRegistry } from '../../../runtime/sessions/create-sessions.ts';
import { runs } from '../../support/budget.ts';
import { checkPolicy } from '../../support/checking.ts';
import { pickPossibility } from '../../support/conformance/performer.ts';
import { createSubject, historySubject, type Subject } from '../../support/fleets/subjects.ts';
import { assembleQuickly } from '../../support/modules/assembler.ts';
import { seed } from '../../support/policies/property-policies.ts';
import { sharedSubject } from '../../support/sessions/shared-steps.ts';

const ids = ['a', 'b', 'c'];
const day = 86_400_000;

/** Records within each other, in each part that a query replaces or changes. */
const recordsPolicy = checkPolicy(`policy p
subject any {}
action call { options?: { size?: Int(0..3), how?: { mode?: String } } }
resource any {}
context { time: Timestamp, risk?: { score?: Int(0..3), where?: { zone?: String } }, ticket?: String }
signals { failed: { reason?: String } }
for any {
  permit works otherwise
  deny risky when context.risk.score > 1
  deny zone when context.risk.where.zone is "a"
  deny unassessed when context.risk is missing and context.ticket is missing
  deny failing when count(signal "failed", within 10s) > 3
}
for any doing call {
  deny large when action.options.size > 1
  deny forced when action.options.how.mode is "force"
}`);
const recordsSubject: Subject = {
  ...createSubject('records', recordsPolicy),
  signals: [{ name: 'failed', payload: '{}', time: undefined }],
};

function pickQuery({ action = {}, resource = {} }: JsonMembers): JsonMembers {
  return { action, resource };
}

/** Some members of the context of another request; some of them, and members of records, are removed by null. */
function varyContext({ context = {} }: JsonMembers, dice: Dice): JsonMembers {
  const changes = (members: JsonValue): JsonValue => {
    if (dice.chance(150)) return null;
    if (typeof members !== 'object' || members === null || Array.isArray(members)) return members;
    return Object.fromEntries(
      Object.entries(members).flatMap(([name, value]) =>
        name === 'time' || dice.chance(300) ? [] : [[name, changes(value)]],
      ),
    );
  };
  const changed = changes(context);
  return { context: changed ?? {} };
}

/** Leaves out some of the members that may be missing. */
function incomplete(query: JsonMembers, dice: Dice): JsonMembers {
  const without = (part: unknown, required: string): JsonMembers => {
    const { properties, ...own } = part as JsonMembers;
    const pickMembers = (members: JsonMembers) =>
      Object.fromEntries(Object.entries(members).filter(() => dice.chance(500)));
    const { [required]: name = null, ...others } = own;
    const shown = { [required]: name, ...pickMembers(others) };
    return properties === undefined || dice.chance(200)
      ? shown
      : { ...shown, properties: pickMembers(properties as JsonMembers) };
  };
  return { action: without(query.action, 'name'), resource: without(query.resource, 'type') };
}

function expectSound(
  host: EvaluatorHost,
  id: string,
  query: JsonMembers,
  less: JsonMembers,
  now: bigint,
) {
  const possible = host.could(id, less, now);
  const { decision } = host.decide(id, query, now);
  expect(decision && !possible.possible, `${JSON.stringify([query, less, possible])}`).toBe(false);
  return { decision, possible };
}

test.each([historySubject(seed), sharedSubject, recordsSubject])(
  'in sessions of $name, what a completion is permitted is possible',
  async (subject: Subject) => {
    const { policy, start, requests, signals, waits } = subject;
    const { wasm } = await compile(policy, assembleQuickly, { sessions: true, possible: true });
    const module = load(wasm);
    const counts = { permitted: 0, possible: 0, impossible: 0, invalid: 0 };
    const property = fc.property(fc.nat(), (drawn) => {
      const dice = new Dice(createRandomNumbers(drawn));
      let now = start;
      const clock = { now: () => now, at: () => () => {} };
      const sessions = createRegistry(module, { clock, revokedIdLifetime: 0 });
      const host = createEvaluatorHost(policy);
      for (const id of ids) {
        const request = JSON.parse(dice.pick(requests));
        if (host.open(id, request, BigInt(now)) === undefined) sessions.open(id, request);
      }
      for (let step = 0; step < 40; step += 1) {
        const id = dice.pick(sessions.ids());
        now += dice.pick(waits.filter((by) => by < 10_000));
        const request = pickQuery(JSON.parse(dice.pick(requests)));
        const changes = dice.chance(400) ? varyContext(JSON.parse(dice.pick(requests)), dice) : {};
        const query = { ...request, ...changes };
        const less = dice.chance(200) ? query : { ...incomplete(request, dice), ...changes };
        const before = sessions.snapshot(id);
        const present = now;
        // A question about a later instant has no effect on others.
        for (const at of dice.chance(200) ? [present + day, present] : [present]) {
          now = at;
          const expected = pickPossibility(host.could(id, less, BigInt(now)));
          const { error, ...found } = pickPossibility(sessions.could(id, less));
          expect({ ...found, error: error?.code }).toEqual({
            ...expected,
            error: expected.error?.code,
          });
          if (found.possible) counts.possible += 1;
          else if (error === undefined) counts.impossible += 1;
          else counts.invalid += 1;
        }
        expect(sessions.snapshot(id)).toBe(before);
        // A revoked session records nothing.
        const isOver = sessions.reevaluate(id).effect === 'revoke';
        if (!isOver && dice.chance(400)) {
          const { name, payload = '{}' } = dice.pick(signals);
          const signal = { name, payload: JSON.parse(payload), time: undefined };
          const refusal = host.record(id, signal, BigInt(now));
          if (refusal === undefined) sessions.record(id, name, payload);
        } else {
          const sound = expectSound(host, id, query, less, BigInt(now));
          expect(sessions.decide(id, query).decision).toBe(sound.decision);
          if (sound.decision) counts.permitted += 1;
        }
      }
      sessions.end();
    });
    fc.assert(property, { numRuns: runs(120), seed });
    for (const [kind, count] of Object.entries(counts)) {
      if (kind !== 'invalid') expect(count, kind).toBeGreaterThan(0);
    }
  },
);
