// The numbers of requests in the log of a service: the digits that were decided, so that each replay decides the same.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLogFile } from '@nhipol/service';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createPayload } from '../../../service/log/shipping/format.ts';
import { attack } from '../../attacks/attack.ts';
import { Folder } from '../../support/system/run-cli.ts';
import { openHarness } from '../decisions/service-harness.ts';
import { compileForGuard } from '../guard/guard-policy.ts';

const policy = `policy test.amounts version "1.0.0"
subject ai_agent { limit?: Int }
action pay { amount?: Int, share?: Decimal, note?: secret Int }
resource account {}
context { time: Timestamp }
signals { paid: { amount?: Int, share?: Decimal } }

for ai_agent doing pay {
  permit pays otherwise
  deny large when action.amount >= 9007199254740993, if unknown skip // allow fails-open: a test
  deny big when action.share >= 90071992547.409922, if unknown skip // allow fails-open: a test
  deny limited when subject.limit >= 9007199254740993, if unknown skip // allow fails-open: a test
}
`;

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(policy);
});
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nhipol-numbers-'));
  path = join(folder, 'd.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Given {
  readonly amount: string;
  readonly share: string;
  readonly limit: string;
}

const writeRequest = ({ amount, share, limit }: Given) =>
  `{"subject":{"type":"ai_agent","id":"a","properties":{"limit":${limit}}},"action":{"name":"pay","properties":{"amount":${amount},"share":${share}}},"resource":{"type":"account","id":"r"}}`;

/** Sends each request alone, in a batch and in a session, and returns the effects. */
async function evaluate(given: readonly Given[]): Promise<readonly string[]> {
  const log = await openLogFile(path);
  const { post, close } = await openHarness({ policy: module, point: { log } });
  const effects: string[] = [];
  for (const [index, each] of given.entries()) {
    const { body } = await post('/access/v1/evaluation', writeRequest(each));
    const batch = `{"evaluations":[${writeRequest(each)}]}`;
    const { body: items } = await post('/access/v1/evaluations', batch);
    const id = `s${index}`;
    await post('/sessions', `{"id":"${id}",${writeRequest(each).slice(1)}`);
    const query = `{${writeRequest(each).slice(writeRequest(each).indexOf('"action"'))}`;
    const { body: decided } = await post(`/sessions/${id}/decide`, query);
    const payload = `{"amount":${each.amount},"share":${each.share}}`;
    await post(`/sessions/${id}/signals`, `{"signal":"paid","payload":${payload}}`);
    for (const { context } of [body, items.evaluations[0], decided]) effects.push(context.effect);
  }
  await close();
  await log.close();
  return effects;
}

const readLines = () => readFileSync(path, 'utf8').trimEnd().split('\n');

const findDigits = (line: string, name: string) =>
  new RegExp(`"${name}":(-?[\\d.eE+-]+|null)`).exec(line)?.[1];

attack('log-rounded-numbers', async () => {
  const given = [
    { amount: '9007199254740992', share: '90071992547.409921', limit: '9007199254740992' },
    { amount: '9007199254740993', share: '1', limit: '1' },
    { amount: '1', share: '90071992547.409922', limit: '1' },
    { amount: '1', share: '1', limit: '9007199254740993' },
    { amount: '-1e400', share: '1e-400', limit: '9007199254740991' },
    { amount: '1e3', share: '0.1000000000000000055511151231257827', limit: '1' },
  ];
  const effects = await evaluate(given);
  expect(effects.slice(0, 12)).toEqual([
    'permit',
    'permit',
    'permit',
    'deny',
    'deny',
    'deny',
    'deny',
    'deny',
    'deny',
    'deny',
    'deny',
    'deny',
  ]);
  const lines = readLines();
  for (const [index, { amount, share, limit }] of given.entries()) {
    const of = lines.slice(index * 5, index * 5 + 5);
    expect(of.map((line) => JSON.parse(line).kind)).toEqual([
      'decision',
      'decision',
      'opened',
      'decision',
      'event',
    ]);
    for (const line of of.slice(0, 4)) {
      expect(findDigits(line, 'amount')).toBe(amount === '1e3' ? '1000' : amount);
      expect(findDigits(line, 'share')).toBe(share);
      expect(findDigits(line, 'limit')).toBe(limit);
    }
  }
  // The events that a collector of OPA gets.
  const { body = '' } = createPayload(lines, 'opa') ?? {};
  for (const digits of ['9007199254740993', '90071992547.409922', '-1e400', '1e-400'])
    expect(body).toContain(`:${digits}`);
  await expectReplayed(effects);
});

/** Whether a policy that is the other way around differs in exactly the logged decisions, and sessions are as they were. */
async function expectReplayed(effects: readonly string[]): Promise<void> {
  using cli = new Folder({
    'p.nhipol': policy,
    'all.nhipol': policy.replaceAll(/ {2}deny .*\n/g, ''),
  });
  const diff = await cli.run([
    'diff',
    '@p.nhipol',
    '@all.nhipol',
    '--requests',
    path,
    '--format',
    'json',
  ]);
  expect([diff.code, diff.err]).toEqual([0, '']);
  const { changes } = JSON.parse(diff.out);
  const changed = changes.reduce(
    (sum: number, each: { requests: number }) => sum + each.requests,
    0,
  );
  expect(changed).toBe(effects.filter((effect) => effect === 'deny').length);
  const simulated = await cli.run([
    'simulate',
    '@p.nhipol',
    '--events',
    path,
    '--engine',
    'evaluator',
    '--format',
    'json',
  ]);
  expect(simulated.code).toBe(0);
  const replayed = JSON.parse(simulated.out)
    .happenings.filter((each: { cause: { kind: string } }) => each.cause.kind === 'decide')
    .map((each: { response: { context: { effect: string } } }) => each.response.context.effect);
  expect(replayed).toEqual(effects.filter((_, index) => index % 3 === 2));
  const tail = await cli.run(['log', 'tail', path]);
  expect(tail.code).toBe(0);
}

test('replays decide as the service did, for numbers near a limit in any spelling', async () => {
  const near = (limit: string) => {
    const zeros = fc.constantFrom('', '0', '00');
    const places = limit.includes('.') ? limit : `${limit}.0`;
    return fc.oneof(
      fc.integer({ min: -3, max: 3 }).map((step) => {
        const [whole = '', fraction = ''] = limit.split('.');
        const digits = String(BigInt(whole + fraction) + BigInt(step));
        const at = digits.length - fraction.length;
        return fraction === '' ? digits : `${digits.slice(0, at)}.${digits.slice(at)}`;
      }),
      zeros.map((end) => `${places}${end}`),
      fc.constantFrom('1e15', '9007199254740993e0', '9.007199254740993e15', '1e400', '0', '-0'),
    );
  };
  const some = fc.record({
    amount: near('9007199254740993'),
    share: near('90071992547.409922'),
    limit: near('9007199254740993'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(some, { minLength: 1, maxLength: 6 }), async (given) => {
      rmSync(path, { force: true });
      await expectReplayed(await evaluate(given));
    }),
    { numRuns: 10 },
  );
}, 120_000);

test('the line of a decision in a session has the whole context', async () => {
  const log = await openLogFile(path);
  const more = policy.replace('context { time', 'context { risk?: Int, left?: Int, time');
  const { post, close } = await openHarness({ policy: more, point: { log } });
  const [head = ''] = writeRequest({ amount: '1', share: '1', limit: '1' }).split(/}$/);
  await post('/sessions', `{"id":"s",${head.slice(1)},"context":{"risk":1}}`);
  const query = `{${head.slice(head.indexOf('"action"'))}`;
  await post('/sessions/s/decide', `${query},"context":{"left":2}}`);
  await close();
  await log.close();
  expect(JSON.parse(readLines().at(-1) ?? '').request.context).toMatchObject({ risk: 1, left: 2 });
});
