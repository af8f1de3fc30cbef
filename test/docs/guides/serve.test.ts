// The page of the service: its policy and files are valid, and its requests, in order, get its responses.

import { readFileSync } from 'node:fs';
import { createVouchedFacts, readAccess, readEntities } from '@nhipol/service';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Harness, openHarness } from '../../service/decisions/service-harness.ts';

const page = readFileSync(new URL('../../../docs/serve.md', import.meta.url), 'utf8');
const fences = [...page.matchAll(/^```(\S+)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map(
  ([, language = '', name = '', text = '']) => ({ language, name, text }),
);
const readFence = (language: string, name = '') =>
  fences.find((each) => each.language === language && each.name === name)?.text ?? '';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness({
    policy: readFence('nhipol'),
    entities: readEntities('entities.json', readFence('json', 'entities')),
  });
});
afterAll(() => harness.close());

interface Example {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

function parseExample(text: string): Example {
  const [head = '', ...rest] = text.replaceAll('{now}', new Date().toISOString()).split('\n\n');
  const [first = '', ...headers] = head.trim().split('\n');
  const [method = '', path = ''] = first.split(' ');
  const body = rest.join('\n\n').trim();
  return {
    method,
    path,
    body: body === '' ? undefined : body,
    headers: Object.fromEntries(
      headers.map((line) => {
        const [name = '', value = ''] = line.split(': ');
        return [name.toLowerCase(), value];
      }),
    ),
  };
}

test('each request gets the response after it', async () => {
  let compared = 0;
  for (const [at, { language, text }] of fences.entries()) {
    if (language !== 'http') continue;
    const { method, path, body, headers } = parseExample(text);
    const reply = await harness.call(method, path, body, headers);
    const next = fences[at + 1];
    if (next?.language !== 'json') {
      expect([path, reply.status]).toEqual([path, 201]);
      continue;
    }
    expect([path, reply.status]).toEqual([path, next.name === '' ? 200 : Number(next.name)]);
    expect(reply.body).toMatchObject(JSON.parse(next.text));
    compared += 1;
  }
  expect(compared).toBeGreaterThan(5);
});

test('each route of the page exists', () => {
  const { paths } = harness.service.openApi() as { readonly paths: object };
  const named = [...page.matchAll(/`(?:GET|POST|PATCH|DELETE) (\/[^`]*)`/g)].map(
    ([, path]) => path,
  );
  const known = [...Object.keys(paths), '/openapi.json'];
  expect(named.filter((path) => !known.includes(path ?? ''))).toEqual([]);
});

test('the files of the page are valid', () => {
  expect(readAccess(readFence('json', 'access')).keys).toHaveLength(1);
  expect(createVouchedFacts(JSON.parse(readFence('json', 'facts'))).isMapped).toBe(true);
});
