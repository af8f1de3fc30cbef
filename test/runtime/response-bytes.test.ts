// The response that the module writes, as bytes: what the answer of the same request is in JSON, with any request of
// the conformance cases; and that of a failure, which the host writes.

import { readFileSync } from 'node:fs';
import { load, stringify, toAuthZen } from '@nhipol/runtime';
import { expect, test } from 'vitest';
import { parseExact } from '../../runtime/json/parse-exact.ts';
import { fromUtf8 } from '../../runtime/json/utf8.ts';

const folder = new URL('../conformance/', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, folder));
const { cases } = JSON.parse(read('index.json').toString()) as {
  readonly cases: readonly string[];
};

interface Step {
  readonly do: string;
  readonly request?: string;
  readonly request_base64?: string;
  readonly table?: string;
  readonly contents?: string;
  readonly clock?: 'host' | 'request';
  readonly now?: number;
  readonly answer?: { readonly context: { readonly effect: string } };
  readonly error?: unknown;
}

/** The canned module writes responses that contradict their headers, which only a host that parses them notices. */
const written = cases.filter((path) => !path.includes('canned'));

test.each(written)('the bytes of a response are its answer: %s', (path) => {
  const { module, steps } = JSON.parse(read(path).toString()) as { module: string; steps: Step[] };
  const policy = load(read(module));
  for (const step of steps) {
    const { table = '', contents = '', clock, now } = step;
    if (step.do === 'load_table' && step.error === undefined) policy.loadTable(table, contents);
    if (step.do === 'drop_table' && step.error === undefined) policy.dropTable(table);
    if (step.do !== 'decide') continue;
    const request = step.request ?? Buffer.from(step.request_base64 ?? '', 'base64');
    const response = parseExact(fromUtf8(policy.decideResponse(request, { clock, now })));
    const answer = policy.decideJson(request, { clock, now });
    expect(response).toEqual(parseExact(stringify(toAuthZen(answer))));
    expect(answer.effect).toBe(step.answer?.context.effect);
  }
});

test('without bytes or text, the response is a deny with the error', () => {
  const policy = load(read('modules/answers-canned.wasm'));
  const response = JSON.parse(fromUtf8(policy.decideResponse(17 as unknown as string)));
  expect(response).toMatchObject({ decision: false, context: { error: { code: 'engine_error' } } });
});
