// The golden cases of test/cases as steps: handwritten requests, each with the contents of tables, and
// generated requests. Evaluator and module must agree on the results.

import type { PolicyModel } from '@nhipol/language/model';
import { createRandomNumbers, noTables, type TableTexts } from '@nhipol/testing';
import {
  collectMapNames,
  removeSomeMembers,
} from '../../../assurance/testing/generate/incomplete.ts';
import { Dice } from '../../../assurance/testing/generate/random.ts';
import {
  createWildRequests,
  generateTableContents,
} from '../../../assurance/testing/generate/requests.ts';
import type { GoldenRequest } from '../golden-cases.ts';
import type { Doing } from './steps.ts';

export function goldenSteps(requests: readonly GoldenRequest[]): readonly Doing[] {
  const tables = new Tables();
  return requests.flatMap(({ name, text, now, tables: held }) => [
    ...tables.steps(held),
    decideStep(text, now, name),
  ]);
}

/** Requests that the same seed generates identically. */
export function generateSteps(policy: PolicyModel, count: number): readonly Doing[] {
  const make = createWildRequests(policy);
  const contents = generateTableContents(policy);
  const tables = new Tables();
  return Array.from({ length: count }, (_, seed) => {
    const { text, now } = make(seed);
    const held = contents[Math.floor((seed * contents.length) / count)] ?? noTables;
    const step = decideStep(text, now === undefined ? undefined : Number(now));
    return [...tables.steps(held), step];
  }).flat();
}

/** Incomplete requests, made of the requests of other steps by removing members. */
export function couldSteps(steps: readonly Doing[], policy: PolicyModel): readonly Doing[] {
  const dice = new Dice(createRandomNumbers(1));
  const maps = collectMapNames(policy);
  return steps.flatMap((step): readonly Doing[] => {
    if (step.do !== 'decide') return [step];
    const part =
      step.request && removeSomeMembers(step.request, dice, dice.pick([1000, 900, 700, 400]), maps);
    const { request: _, request_base64: __, ...rest } = step;
    return [
      { ...step, do: 'could' },
      ...(part ? [{ ...rest, do: 'could', request: part } as const] : []),
    ];
  });
}

/** The step that decides a request; default of `now`: the time of the request. */
export function decideStep(text: string, now?: number, name?: string): Doing {
  return {
    do: 'decide',
    ...(name === undefined ? {} : { name }),
    ...encodeText(text),
    ...(now === undefined ? { clock: 'request' } : { clock: 'host', now }),
  };
}

/** As a string if JSON can represent it; the host always gets UTF-8. */
function encodeText(text: string) {
  return text.isWellFormed()
    ? { request: text }
    : { request_base64: Buffer.from(text).toString('base64') };
}

/** Finds the steps that change the current tables to the required ones. */
class Tables {
  readonly #held = new Map<string, string>();

  steps(wanted: TableTexts): readonly Doing[] {
    const dropped = [...this.#held.keys()].filter((table) => !wanted.has(table));
    for (const table of dropped) this.#held.delete(table);
    const filled = [...wanted].filter(([table, contents]) => this.#held.get(table) !== contents);
    for (const [table, contents] of filled) this.#held.set(table, contents);
    return [
      ...dropped.map((table): Doing => ({ do: 'drop_table', table })),
      ...filled.map(([table, contents]): Doing => ({ do: 'load_table', table, contents })),
    ];
  }
}
