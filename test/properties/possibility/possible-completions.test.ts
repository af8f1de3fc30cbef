// `could` over small policies, whose every completion is decided: it is never impossible if one is permitted, and
// seldom possible if none is. NHIPOL_SEED changes the policies, NHIPOL_TIMES multiplies their number.

import { could, evaluate } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { createRandomNumbers, fillTables, noTables } from '@nhipol/testing';
import { expect, test } from 'vitest';
import { Dice } from '../../../assurance/testing/generate/random.ts';
import { runs } from '../../support/budget.ts';
import { checkWarnings } from '../../support/fails-open/measure.ts';
import {
  requestMembers,
  type SmallMember,
  tableName,
  time,
} from '../../support/fails-open/members.ts';
import { smallPolicy } from '../../support/fails-open/policies.ts';
import { seed } from '../../support/policies/property-policies.ts';

/** JSON of each member, or `undefined` if it is absent. */
type Values = ReadonlyMap<string, string | undefined>;

const clock = { now: undefined, precedence: 'request' } as const;

function encodeRequest(values: Values): Uint8Array {
  const given = [...values].filter(([name, value]) => name !== tableName && value !== undefined);
  const context = [`"time": "${time}"`, ...given.map(([name, value]) => `"${name}": ${value}`)];
  const text = `{ "subject": { "type": "a", "id": "a" }, "action": { "name": "b" }, "resource": { "type": "c", "id": "c" }, "context": { ${context.join(', ')} } }`;
  return new TextEncoder().encode(text);
}

function fillPolicy(policy: PolicyModel, values: Values): PolicyModel {
  const contents = values.get(tableName);
  return fillTables(policy, contents === undefined ? noTables : new Map([[tableName, contents]]));
}

/** All choices of one value for each member. */
function products(
  members: readonly SmallMember[],
  valuesOf: (member: SmallMember) => SmallMember['values'],
) {
  return members.reduce<readonly Values[]>(
    (found, member) =>
      found.flatMap((values) =>
        valuesOf(member).map((value) => new Map([...values, [member.name, value]])),
      ),
    [new Map()],
  );
}

/** A record of which a part is missing is not given completely, and a table is never open. */
function listMemberValues({ name, values }: SmallMember): SmallMember['values'] {
  const isWhole = (value: string | undefined) =>
    name !== 'r' || value === undefined || /level.*observed_at/.test(value);
  return name === tableName
    ? values
    : [undefined, ...values.filter((value) => value !== undefined)].filter(isWhole);
}

function isCompletion(part: Values, whole: Values): boolean {
  return [...part].every(
    ([name, value]) => whole.get(name) === value || (value === undefined && name !== tableName),
  );
}

test('the completions of small requests', () => {
  const seen = { policies: 0, right: 0, impossible: 0, doubtful: 0 };
  const wanted = runs(1500, 150);
  for (let at = seed; seen.policies < wanted; at += 1) {
    const { text, members } = smallPolicy(new Dice(createRandomNumbers(at * 7919)), requestMembers);
    const policy = checkWarnings(text)?.policy;
    if (policy === undefined) continue;
    seen.policies += 1;
    const permitted = products(members, ({ values }) => values).filter(
      (values) => evaluate(fillPolicy(policy, values), encodeRequest(values), clock).decision,
    );
    for (const part of products(members, listMemberValues)) {
      const { possible } = could(fillPolicy(policy, part), encodeRequest(part), clock);
      const isPermitted = permitted.some((whole) => isCompletion(part, whole));
      if (isPermitted && !possible) expect.fail(`${text}\n${JSON.stringify([...part])}`);
      if (!possible) seen.impossible += 1;
      else if (isPermitted) seen.right += 1;
      else seen.doubtful += 1;
    }
  }
  if (process.env.NHIPOL_SHOW !== undefined) console.log(seen);
  expect(seen.impossible).toBeGreaterThan(seen.policies);
  expect(seen.right / (seen.right + seen.doubtful)).toBeGreaterThan(0.93);
}, 600_000);
