// Any number of requests with few different values: each member is that of one of some requests that explore a policy, and
// have the same subject, action and resource by their names, and the same tables.

import type { PolicyModel } from '@nhipol/language/model';
import { createRandomNumbers, type TableTexts } from '@nhipol/testing';
import { explore } from '../../../assurance/testing/explore/explore.ts';
import { Dice } from '../../../assurance/testing/generate/random.ts';

interface Request {
  readonly text: string;
  readonly tables: TableTexts;
}

/** The number of requests that explore: each adds values, for which the formula needs constants. */
const explored = 80;

export function* mixRequests(policy: PolicyModel, count: number, seed: number): Iterable<Request> {
  const dice = new Dice(createRandomNumbers(seed));
  const groups = new Map<string, { readonly tables: TableTexts; readonly all: unknown[] }>();
  for (const { sample } of explore([policy], { samples: Math.min(explored, count), seed })) {
    const { text, tables } = sample;
    yield sample;
    const json = tryParse(text);
    if (json === undefined) continue;
    const key = JSON.stringify([...readNames(json), ...tables]);
    const own = groups.get(key) ?? { tables, all: [] };
    groups.set(key, own);
    own.all.push(json);
  }
  const all = [...groups.values()].flatMap((group) => group.all.map(() => group));
  for (let left = count - explored; left > 0 && all.length > 0; left -= 1) {
    const { tables, all: requests } = dice.pick(all);
    yield { text: JSON.stringify(mix(requests, dice)), tables };
  }
}

function tryParse(
  text: string,
): Record<string, { readonly type?: unknown } | undefined> | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return isRecord(json) ? (json as ReturnType<typeof tryParse>) : undefined;
  } catch {
    return undefined;
  }
}

function readNames({ subject, action, resource }: NonNullable<ReturnType<typeof tryParse>>) {
  return [subject?.type, (action as { readonly name?: unknown } | undefined)?.name, resource?.type];
}

/** One of the values, or a record with members of several of them. */
function mix(values: readonly unknown[], dice: Dice): unknown {
  const one = dice.pick(values);
  if (!isRecord(one)) return one;
  const records = values.filter(isRecord);
  const names = new Set(records.flatMap((record) => Object.keys(record)));
  const members = [...names].flatMap((name): [string, unknown][] => {
    const from = dice.pick(records);
    if (!Object.hasOwn(from, name)) return [];
    if (dice.chance(600)) return [[name, from[name]]];
    const all = records.flatMap((each) => (Object.hasOwn(each, name) ? [each[name]] : []));
    return [[name, mix(all, dice)]];
  });
  return Object.fromEntries(members);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
