// `nhipol eval`: equal responses from both engines, the instant of a request, streams and exit codes.

import { expect, test } from 'vitest';
import { Folder, type Ran } from '../../support/system/run-cli.ts';
import { broken, createRequest, policy, request } from '../policies.ts';

const files = { 'p.nhipol': policy, 'request.json': request };
const engines = ['evaluator', 'wasm'] as const;

async function decide(engine: string, stdin: string, ...args: string[]): Promise<Ran> {
  using folder = new Folder(files);
  const all = ['eval', '@p.nhipol', '--request', '-', '--engine', engine, ...args];
  return await folder.run(all, { stdin: [stdin] });
}

test.for(engines)('%s: prints a permit with its end', async (engine) => {
  const { code, out, err } = await decide(engine, request);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(JSON.parse(out)).toMatchObject({
    decision: true,
    context: { effect: 'permit', reasons: ['acts'], valid_until: '2026-01-01T18:00:00.000Z' },
  });
  expect(out.trimEnd()).not.toContain('\n');
});

test('both engines print the same responses', async () => {
  const requests = [
    request,
    createRequest({ risk: 'HIGH' }),
    createRequest({ risk: 'MEDIUM' }),
    createRequest({ risk: null }),
    createRequest({ time: 'noon' }),
    '',
    '{"subject":',
  ].join('\n');
  const [evaluator, wasm] = await Promise.all(
    engines.map((engine) => decide(engine, requests, '--jsonl')),
  );
  expect(evaluator?.out.split('\n')).toHaveLength(8);
  expect(wasm?.out).toBe(evaluator?.out);
});

test('prints constraints, and the message of a reason', async () => {
  const high = JSON.parse((await decide('evaluator', createRequest({ risk: 'HIGH' }))).out);
  expect(high.context.reason_details[0]).toMatchObject({ id: 'risky', message: 'risk is HIGH' });
  const medium = JSON.parse((await decide('evaluator', createRequest({ risk: 'MEDIUM' }))).out);
  expect(medium).toMatchObject({
    decision: true,
    context: { effect: 'narrow', constraints: { ttl: 60 } },
  });
});

test.for(engines)('%s: --now overrides the time of the request', async (engine) => {
  const { out } = await decide(engine, request, '--now', '2026-01-01T20:00:00+01:00');
  expect(JSON.parse(out).context).toMatchObject({ effect: 'deny', reasons: ['shift_over'] });
});

test.for(engines)(
  '%s: a request without a time is evaluated at the current time',
  async (engine) => {
    const { out } = await decide(engine, createRequest({ time: undefined }));
    expect(JSON.parse(out).context).toMatchObject({ effect: 'deny', reasons: ['shift_over'] });
  },
);

test.for(engines)(
  '%s: prints one response per line, in order, also for invalid lines',
  async (engine) => {
    const lines = [request, '', 'nonsense', '[]', '{}', createRequest({ risk: 'HIGH' })].join('\n');
    const { code, out } = await decide(engine, lines, '--jsonl');
    expect(code).toBe(0);
    const answers = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers.map((answer) => answer.context.reasons[0])).toEqual([
      'acts',
      ...Array.from({ length: 4 }, () => 'invalid_request'),
      'risky',
    ]);
    expect(answers[1].decision).toBe(false);
    expect(answers[3].context.error).toMatchObject({ path: '$', expected: 'an object' });
  },
);

test('--exit-code exits with 3 unless all requests are permitted', async () => {
  expect((await decide('evaluator', request, '--exit-code')).code).toBe(0);
  expect((await decide('evaluator', createRequest({ risk: 'MEDIUM' }), '--exit-code')).code).toBe(
    0,
  );
  expect((await decide('evaluator', createRequest({ risk: 'HIGH' }), '--exit-code')).code).toBe(3);
  const two = `${createRequest({ risk: 'HIGH' })}\n${request}\n`;
  expect((await decide('evaluator', two, '--jsonl', '--exit-code')).code).toBe(3);
});

test('indents for a terminal or with --pretty, except in a stream', async () => {
  using folder = new Folder(files);
  const lines = async (args: string[], terminal: boolean) => {
    const all = [
      'eval',
      '@p.nhipol',
      '--request',
      '@request.json',
      '--engine',
      'evaluator',
      ...args,
    ];
    return (await folder.run(all, { terminal })).out.trimEnd().split('\n').length;
  };
  expect(await lines([], false)).toBe(1);
  expect(await lines(['--pretty'], false)).toBeGreaterThan(5);
  expect(await lines([], true)).toBeGreaterThan(5);
  expect(await lines(['--no-pretty'], true)).toBe(1);
  expect(await lines(['--jsonl', '--pretty'], true)).toBe(1);
});

test('evaluates requests with a compiled module', async () => {
  using folder = new Folder(files);
  expect((await folder.run(['compile', '@p.nhipol', '-o', '@p.wasm', '--no-validate'])).code).toBe(
    0,
  );
  const args = ['eval', '@p.wasm', '--request', '@request.json'];
  const { code, out } = await folder.run(args);
  expect(code).toBe(0);
  expect(JSON.parse(out).context.effect).toBe('permit');
  expect(await folder.run([...args, '--engine', 'evaluator'])).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining('the evaluator needs the source of the policy'),
  });
});

test('rejects a policy with errors, an invalid module and a missing request', async () => {
  using folder = new Folder({
    ...files,
    'b.nhipol': broken,
    'text.wasm': 'no module',
    'torn.wasm': new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 9]),
  });
  const run = (policyFile: string, requestFile: string) =>
    folder.run(['eval', policyFile, '--request', requestFile]);
  expect(await run('@b.nhipol', '@request.json')).toMatchObject({ code: 1, out: '' });
  expect(await run('@text.wasm', '@request.json')).toMatchObject({
    code: 2,
    err: 'nhipol: text.wasm is not a WebAssembly module\n',
  });
  expect(await run('@torn.wasm', '@request.json')).toMatchObject({ code: 2, out: '' });
  expect(await run('@p.nhipol', '@nowhere.json')).toEqual({
    code: 2,
    out: '',
    err: 'nhipol: cannot read nowhere.json: no such file or folder\n',
  });
});

const tablesPolicy = `policy acme.quotas
context { team?: String }
external table quotas: String -> Int(0..9)
for any { permit within when quotas[context.team] > 0 }
`;
const tableRequest = createRequest({ team: 'ops' });

test.for([...engines, 'module'])('%s: loads external tables from files', async (engine) => {
  using folder = new Folder({
    'p.nhipol': tablesPolicy,
    'request.json': tableRequest,
    'good.json': '{"ops": 3}',
    'bad.json': '{"ops": 30}',
  });
  const isModule = engine === 'module';
  if (isModule) await folder.run(['compile', '@p.nhipol', '-o', '@p.wasm', '--no-validate']);
  const of = isModule ? ['@p.wasm'] : ['@p.nhipol', '--engine', engine];
  const ask = (...args: string[]) =>
    folder.run(['eval', ...of, '--request', '@request.json', ...args]);
  expect((await ask()).out).toContain('"effect":"deny"');
  expect((await ask('--table', 'quotas=@good.json')).out).toContain('"within"');
  const bad = await ask('--table', 'quotas=@bad.json');
  expect(bad.code).toBe(2);
  expect(bad.err).toContain(
    'bad.json: $.ops: expected an integer in 0..9 (Int), found an invalid value',
  );
  const unknown = await ask('--table', 'quota=@good.json');
  expect(unknown.code).toBe(2);
  expect(unknown.err).toContain("the policy's external tables are `quotas`");
  expect((await ask('--table', 'quotas=')).err).toContain('Expected a name and a file');
  expect((await ask('--table', 'quotas=none.json')).code).toBe(2);
});

/** Without the ID of the resource, and the time at which the shift ends. */
const part = JSON.stringify({
  subject: { type: 'agent' },
  action: { name: 'read' },
  resource: { type: 'file' },
  context: { time: '2026-01-01T12:00:00Z', risk: 'LOW' },
});

test.for(engines)('%s: --possible prints whether a request could be permitted', async (engine) => {
  const lines = [part, part.replace('LOW', 'HIGH'), '{}', request].join('\n');
  const { code, out } = await decide(engine, lines, '--jsonl', '--possible');
  expect(code).toBe(0);
  expect(
    out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    { possible: true },
    { possible: false, reasons: ['risky'] },
    {
      possible: false,
      reasons: ['invalid_request'],
      error: { code: 'missing', path: '$.subject' },
    },
    { possible: true, valid_until: '2026-01-01T18:00:00.000Z' },
  ]);
  expect(
    (await decide(engine, part.replace('LOW', 'HIGH'), '--possible', '--exit-code')).code,
  ).toBe(3);
});

test('--possible needs a module that was compiled with it', async () => {
  using folder = new Folder({ ...files, 'part.json': part });
  const compile = ['compile', '@p.nhipol', '-o', '@p.wasm', '--no-validate'];
  const args = ['eval', '@p.wasm', '--request', '@part.json', '--possible'];
  await folder.run(compile);
  expect(await folder.run(args)).toEqual({
    code: 2,
    out: '',
    err: 'nhipol: p.wasm was compiled without --possible, which eval --possible needs\n',
  });
  await folder.run([...compile, '--possible']);
  expect(JSON.parse((await folder.run(args)).out)).toEqual({ possible: true });
});
