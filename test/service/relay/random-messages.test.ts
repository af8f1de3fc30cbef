// Random messages of a client and a server, most of them odd: no call reaches the server without a permit. The rules of
// the policy are repeated here, so that the engine does not decide about itself. `NHIPOL_MESSAGES` sets their number.

import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { runs } from '../../support/budget.ts';
import { compileForGuard, guardPolicy } from '../guard/guard-policy.ts';
import { Harness, stateless, temporaryStore } from './relay-harness.ts';

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(guardPolicy);
});

const ids = fc.oneof(
  { arbitrary: fc.integer({ min: 0, max: 300 }), weight: 4 },
  fc.constantFrom('1', 'a'),
);
const paths = fc.oneof(
  { arbitrary: fc.constant('/work/a'), weight: 3 },
  fc.constantFrom('/work/.env', '/etc/passwd', '/work/../etc', '/workx', ''),
);
const given = fc.oneof(
  { arbitrary: fc.record({ path: paths }), weight: 4 },
  fc.record({ path: paths, content: fc.constantFrom('x', 'x'.repeat(5_000)) }),
  fc.constantFrom({}, { path: 1 }, { path: '/work/a', Path: '/etc' }, { PATH: '/work/a' }),
);
const names = fc.constantFrom(
  'read',
  'write',
  'slow',
  'delete',
  'find',
  'Read',
  'read ',
  '',
  'none',
);
const more = fc.constantFrom(
  {},
  {},
  stateless,
  stateless,
  { requestState: 'x' },
  { Name: 'read' },
  { task: {} },
);
const call = fc.record({ id: ids, name: names, given, more }).map((each) => ({
  jsonrpc: '2.0',
  id: each.id,
  method: 'tools/call',
  params: { name: each.name, arguments: each.given, ...each.more },
}));
const other = fc.record({
  jsonrpc: fc.constantFrom('2.0', '1.0'),
  id: fc.oneof(ids, fc.constantFrom(null, 1.5)),
  method: fc.constantFrom('ping', 'tools/call', 'tools/Call', 'resources/read', 'tools/list', 'x'),
  params: fc.constantFrom(
    {},
    { uri: 'file:///etc' },
    { name: 'read', arguments: { path: '/etc' } },
  ),
});

/** The text of a message, sometimes changed so that parsers read it in different ways. */
const text = fc
  .tuple(
    fc.oneof({ arbitrary: call, weight: 4 }, other),
    fc.constantFrom(
      (json: string) => json,
      (json: string) => json,
      (json: string) => json.replace('"method"', '"Method"'),
      (json: string) => json.replace('{', '{"method":"ping",'),
      (json: string) => json.replace('"name"', '"name":"read","name"'),
      (json: string) => json.replace('"path"', '"path":"/work/a","path"'),
      (json: string) => json.replace('"path"', '"pa\\u0074h"'),
      (json: string) => `[${json}]`,
      (json: string) => json.slice(0, -1),
      (json: string) => ` ${json}\r`,
      (json: string) => json.replace('tools/call', 'tools\\u002fcall'),
    ),
  )
  .map(([message, change]) => change(JSON.stringify(message)));

type Step =
  | { readonly kind: 'client' | 'server'; readonly text: string }
  | { readonly kind: 'answer'; readonly approve: boolean }
  | { readonly kind: 'retry' }
  | { readonly kind: 'complete' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: text.map((each): Step => ({ kind: 'client', text: each })), weight: 6 },
  text.map((each): Step => ({ kind: 'server', text: each })),
  fc.boolean().map((approve): Step => ({ kind: 'answer', approve })),
  fc.constant<Step>({ kind: 'retry' }),
  fc.constant<Step>({ kind: 'complete' }),
);

interface Call {
  readonly id: number | string;
  readonly method: string;
  readonly params: { readonly name: string; readonly arguments?: { readonly path?: unknown } };
}

/** Whether the policy permits a call without an approval, or may do with one. */
function isPermitted({ params }: Call, approved: ReadonlySet<string>): boolean {
  const path = params.arguments?.path;
  if (typeof path !== 'string' || !(path === '/work' || path.startsWith('/work/'))) return false;
  if (path.includes('..')) return false;
  if (params.name === 'find') return true;
  if (path.endsWith('.env')) return false;
  if (params.name === 'read') return true;
  return params.name === 'write' && approved.has(JSON.stringify(params.arguments));
}

test('no call reaches the server without a permit', { timeout: 600_000 }, () => {
  const messages = Number(process.env.NHIPOL_MESSAGES ?? runs(20_000, 1_000));
  let [sent, passed, refused, asked] = [0, 0, 0, 0];
  const { store } = temporaryStore();
  fc.assert(
    fc.property(fc.array(step, { minLength: 40, maxLength: 120 }), (steps) => {
      const relay = new Harness({ module, store });
      relay.connect();
      const approved = new Set<string>();
      const questions: { readonly id: string; readonly given: string }[] = [];
      const retries: { readonly message: Call; readonly state: string }[] = [];
      for (const each of steps) {
        sent += 1;
        const before = relay.toServer.length;
        if (each.kind === 'client') {
          const { client } = relay.client(each.text);
          for (const line of client) {
            const { id, method, result } = JSON.parse(line);
            if (method === 'elicitation/create' || result?.resultType === 'input_required')
              asked += 1;
            const message = method || result?.resultType ? JSON.parse(each.text) : undefined;
            const question = JSON.stringify(message?.params?.arguments);
            if (method === 'elicitation/create') questions.push({ id, given: question });
            else if (result?.resultType) retries.push({ message, state: result.requestState });
            else refused += 1;
          }
        } else if (each.kind === 'server') relay.server(each.text);
        else if (each.kind === 'answer') {
          const question = questions.shift();
          if (question === undefined) continue;
          if (each.approve) approved.add(question.given);
          const result = { action: 'accept', content: { approve: each.approve } };
          relay.client({ jsonrpc: '2.0', id: question.id, result });
        } else if (each.kind === 'retry') {
          const retry = retries.shift();
          if (retry === undefined) continue;
          const { message, state } = retry;
          approved.add(JSON.stringify(message.params.arguments));
          const content = { action: 'accept', content: { approve: true } };
          const answers = { requestState: state, inputResponses: { nhipol: content } };
          relay.client({ ...message, params: { ...message.params, ...answers } });
        } else {
          const last = relay.toServer
            .map((line): Call => JSON.parse(line))
            .findLast(({ id }) => id);
          if (last !== undefined) relay.complete(last.id);
        }
        for (const line of relay.toServer.slice(before)) {
          const message = JSON.parse(line) as Call;
          if (message.method !== 'tools/call') continue;
          passed += 1;
          expect([line, isPermitted(message, approved)]).toEqual([line, true]);
        }
      }
      relay.close();
    }),
    { numRuns: Math.ceil(messages / 80) },
  );
  // Otherwise the messages would not show much.
  expect(passed).toBeGreaterThan(sent / 50);
  expect(refused).toBeGreaterThan(sent / 10);
  expect(asked).toBeGreaterThan(sent / 200);
});
