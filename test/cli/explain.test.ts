// `nhipol eval --explain`: text and JSON, one request or one per line, and usage errors.

import { expect, test } from 'vitest';
import { Folder, type Ran } from '../support/system/run-cli.ts';
import { broken, createRequest, policy, request } from './policies.ts';

async function ask(stdin: string, args: readonly string[], terminal = false): Promise<Ran> {
  using folder = new Folder({ 'p.nhipol': policy, 'request.json': request });
  const all = ['eval', '@p.nhipol', '--request', '-', ...args];
  return await folder.run(all, { stdin: [stdin], terminal });
}

test('prints the rules that decided, with the conditions underlined', async () => {
  const { code, out, err } = await ask(createRequest({ risk: 'HIGH' }), ['--explain']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toBe(`deny because risky
  valid until 2026-01-01T18:00:00.000Z
    when \`context.time >= subject.shift_ends\` becomes true, in shift_over (p.nhipol:10)

deny risky (p.nhipol:11)
  "risk is HIGH"
  fired because its condition is true:
  11│   deny risky when context.risk is HIGH
    │                   ^^^^^^^^^^^^^^^^^^^^ true
    │ context.risk = HIGH

would be permitted by acts (p.nhipol:9)
  but for deny risky (p.nhipol:11)
`);
});

test('--explain all also lists the rules that did not fire', async () => {
  const { out } = await ask(request, ['--explain', 'all']);
  expect(out).toContain('did not fire\n  deny shift_over (p.nhipol:10): false\n');
  expect((await ask(request, ['--explain=text'])).out).not.toContain('did not fire');
});

test('JSON is the response with an explanation', async () => {
  const input = createRequest({ risk: 'HIGH' });
  const [plain, explained] = await Promise.all([
    ask(input, ['--engine', 'evaluator']),
    ask(input, ['--explain', 'json', '--engine', 'evaluator']),
  ]);
  const { explanation, ...response } = JSON.parse(explained.out);
  expect(response).toEqual(JSON.parse(plain.out));
  expect(explanation).toMatchObject({
    now: '2026-01-01T12:00:00.000Z',
    reasons: [{ id: 'risky', condition: { value: 'true', parts: [{ value: 'HIGH' }] } }],
    grant: { fired: [{ id: 'acts' }], against: [{ id: 'risky' }] },
  });
});

test('prints one explanation per request', async () => {
  const lines = [request, 'nonsense', createRequest({ risk: 'HIGH' })].join('\n');
  const text = (await ask(lines, ['--explain', '--jsonl'])).out;
  expect(text.match(/^request \d+$/gm)).toEqual(['request 1', 'request 2', 'request 3']);
  expect(text.match(/^\w+ because .*$/gm)).toEqual([
    'permit because acts',
    'deny because invalid_request',
    'deny because risky',
  ]);
  const json = (await ask(lines, ['--explain', 'json', '--jsonl'])).out.trimEnd().split('\n');
  expect(json.map((line) => JSON.parse(line).context.effect)).toEqual(['permit', 'deny', 'deny']);
});

test('--now and --exit-code apply as for responses', async () => {
  const { code, out } = await ask(request, [
    '--explain',
    '--exit-code',
    '--now',
    '2026-01-01T19:00:00Z',
  ]);
  expect(code).toBe(3);
  expect(out).toContain('context.time = 2026-01-01T19:00:00.000Z');
});

test('uses colors on a terminal unless an option or NO_COLOR disables them', async () => {
  const start = '\u001b[';
  expect((await ask(request, ['--explain'])).out).not.toContain(start);
  expect((await ask(request, ['--explain'], true)).out).toContain(start);
  using folder = new Folder({ 'p.nhipol': policy, 'request.json': request });
  const args = ['--no-color', 'eval', '@p.nhipol', '--request', '@request.json', '--explain'];
  expect((await folder.run(args, { terminal: true })).out).not.toContain(start);
  const env = { NO_COLOR: '1' };
  expect((await folder.run(args.slice(1), { terminal: true, env })).out).not.toContain(start);
});

test('loads external tables for an explanation', async () => {
  using folder = new Folder({
    'p.nhipol': `policy acme.quotas
context { team?: String }
external table quotas: String -> Int
for any { permit within when quotas[context.team] > 0 }
`,
    'r.json': createRequest({ team: 'ops' }),
    'quotas.json': '{"ops": 3}',
  });
  const args = ['eval', '@p.nhipol', '--request', '@r.json', '--explain'];
  expect((await folder.run(args)).out).toContain('`quotas` is not loaded');
  const filled = await folder.run([...args, '--table', 'quotas=@quotas.json']);
  expect(filled.out).toContain('quotas[context.team] = 3');
});

test('rejects modules, other engines, unknown formats and policies with errors', async () => {
  using folder = new Folder({
    'p.nhipol': policy,
    'b.nhipol': broken,
    'request.json': request,
    'p.wasm': new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]),
  });
  const run = (file: string, ...args: string[]) =>
    folder.run(['eval', file, '--request', '@request.json', ...args]);
  expect(await run('@p.wasm', '--explain')).toEqual({
    code: 2,
    out: '',
    err: 'nhipol: p.wasm is a module: --explain needs the source of the policy\n',
  });
  expect(await run('@p.nhipol', '--explain', '--engine', 'wasm')).toMatchObject({
    code: 2,
    out: '',
    err: 'nhipol: --explain uses the evaluator and cannot be combined with --engine wasm\n',
  });
  expect(await run('@p.nhipol', '--explain', 'yaml')).toMatchObject({
    code: 2,
    err: expect.stringContaining('Allowed choices are text, all, json.'),
  });
  expect(await run('@b.nhipol', '--explain')).toMatchObject({ code: 1, out: '' });
});

test('explains why no completion of a request is permitted', async () => {
  const part = {
    subject: { type: 'agent', properties: { active: false } },
    action: { name: 'read' },
    resource: { type: 'file' },
    context: { time: '2026-01-01T12:00:00Z' },
  };
  using folder = new Folder({
    'p.nhipol': policy,
    'request.json': request,
    'inactive.json': JSON.stringify(part),
    'risky.json': JSON.stringify({
      ...part,
      subject: { type: 'agent' },
      context: { risk: 'HIGH' },
    }),
    'open.json': JSON.stringify({ ...part, subject: { type: 'agent' } }),
  });
  const run = async (file: string, ...args: string[]) => {
    const all = ['eval', '@p.nhipol', '--request', file, '--possible', '--explain', ...args];
    return (await folder.run(all)).out;
  };
  const inactive = await run('@inactive.json');
  expect(inactive).toContain('impossible because default_deny\n');
  expect(inactive).toContain('nearest permit acts (p.nhipol:9): 1 of 1 condition cannot be true:');
  expect(inactive).toContain('^^^^^^^^^^^^^^ false');
  const risky = await run('@risky.json');
  expect(risky).toContain('impossible because risky\n');
  expect(risky).toContain(
    'deny risky (p.nhipol:11)\n  "risk is HIGH"\n  fired because its condition is true:',
  );
  expect(risky).not.toContain('nearest permit');
  expect(await run('@open.json')).toBe('possible\n  does not change with time\n');
  expect(JSON.parse(await run('@risky.json', 'json'))).toMatchObject({
    possible: false,
    reasons: ['risky'],
    explanation: { possible: false, reasons: [{ id: 'risky' }] },
  });
});
