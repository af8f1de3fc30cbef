// The golden cases of test/cases as steps: the requests that a person wrote, with what tables hold for each, and requests
// made for the policy. Evaluator and module must agree on what comes of them.

import type { Policy } from '../../../language/index.ts';
import { contentsFor, wildRequests } from '../../../testing/generate/requests.ts';
import { noTables, type TableTexts } from '../../../testing/generate/tables.ts';
import type { GoldenRequest } from '../golden-cases.ts';
import type { Doing } from './steps.ts';

export function goldenSteps(requests: readonly GoldenRequest[]): readonly Doing[] {
  const tables = new Tables();
  return requests.flatMap(({ name, text, now, tables: held }) => [
    ...tables.steps(held),
    decideStep(text, now, name),
  ]);
}

/** The same seed makes the same ones. */
export function madeSteps(policy: Policy, count: number): readonly Doing[] {
  const make = wildRequests(policy);
  const contents = contentsFor(policy);
  const tables = new Tables();
  return Array.from({ length: count }, (_, seed) => {
    const { text, now } = make(seed);
    const held = contents[Math.floor((seed * contents.length) / count)] ?? noTables;
    const step = decideStep(text, now === undefined ? undefined : Number(now));
    return [...tables.steps(held), step];
  }).flat();
}

/** Of a request as text; one that has no instant brings its own. */
export function decideStep(text: string, now?: number, name?: string): Doing {
  return {
    do: 'decide',
    ...(name === undefined ? {} : { name }),
    ...written(text),
    ...(now === undefined ? { clock: 'request' } : { clock: 'host', now }),
  };
}

/** As text, if JSON can carry that; the host gets UTF-8 in any case. */
function written(text: string) {
  return text.isWellFormed()
    ? { request: text }
    : { request_base64: Buffer.from(text).toString('base64') };
}

/** What turns tables as they are into what they are to be. */
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
