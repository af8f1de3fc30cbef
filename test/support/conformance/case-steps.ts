// The golden cases of test/cases as steps: the requests that a person wrote, with what tables hold for each, and requests
// made for the policy. Evaluator and module must agree on what comes of them.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Policy } from '../../../language/index.ts';
import { Dice, random } from '../../../testing/random.ts';
import { contentsFor, RequestMaker } from '../../../testing/requests.ts';
import { stepsOf } from '../../../testing/run-tests.ts';
import type { Doing } from './steps.ts';

interface GoldenRequest {
  readonly name: string;
  readonly request?: unknown;
  readonly text?: string;
  readonly now?: string;
  readonly tables?: Readonly<Record<string, unknown>>;
}

/** Those of a folder's requests.json. */
export function goldenSteps(folder: string): readonly Doing[] {
  const requests: readonly GoldenRequest[] = JSON.parse(
    readFileSync(join(folder, 'requests.json'), 'utf8'),
  );
  const tables = new Tables();
  return requests.flatMap(({ name, request, text, now, tables: held = {} }) => [
    ...tables.steps(
      new Map(Object.entries(held).map(([table, json]) => [table, JSON.stringify(json)])),
    ),
    decideStep(
      text ?? JSON.stringify(request),
      now === undefined ? undefined : Date.parse(now),
      name,
    ),
  ]);
}

/** The same seed makes the same ones. */
export function madeSteps(policy: Policy, count: number): readonly Doing[] {
  const known = policy.tests.flatMap(stepsOf).map((step) => step.request);
  const contents = contentsFor(policy);
  const tables = new Tables();
  return Array.from({ length: count }, (_, seed) => {
    const maker = new RequestMaker(policy, new Dice(random(seed)), { untidy: true });
    const { text, now } = maker.wild(known);
    const held =
      contents[Math.floor((seed * contents.length) / count)] ?? new Map<string, string>();
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

  steps(wanted: ReadonlyMap<string, string>): readonly Doing[] {
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
