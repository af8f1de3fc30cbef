// Decision logs that a relay wrote, read by `nhipol simulate` and `nhipol diff`: the replay makes the logged decisions
// again, and what cannot be replayed is reported.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLogFile } from '@nhipol/service';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { digestOfLine } from '../../../service/log/chain.ts';
import { attack } from '../../attacks/attack.ts';
import { Folder } from '../../support/system/run-cli.ts';
import { openHarness } from '../decisions/service-harness.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { Harness, type HarnessOptions } from '../relay/relay-harness.ts';

/** `history`: a rule about earlier calls. */
const writePolicy = (history: string) => `policy test.logged version "1.0.0"

use nhi.{ Approval }
use nhi.{ is_approved }

record Path { path: String }
record Leave { why: String }
record Find { path: String, height?: Int(1..100) }

subject ai_agent { team?: String }
action "fs:read" { arguments: Path }
action "fs:write" { arguments: Path }
action "fs:leave" { arguments: Leave }
action "fs:find" { arguments: Find }
resource mcp_server {}
context { time: Timestamp, call_digest?: String, approvals?: List<Approval> }
outcomes { "failed": {} }

obligation ask: access_request { template: String, expires_in: Duration = 10m }
constraint height: Int limits action.arguments.height or lower

for ai_agent doing "fs:read", "fs:write" {
  permit inside when action.arguments.path under "/work"
  deny secret when action.arguments.path ends_with ".env"
${history}}
for ai_agent doing "fs:write" {
  challenge writes when not is_approved(context.approvals, context.call_digest)
    with ask { template: "write" }
}
for ai_agent doing "fs:find" {
  permit finds when action.arguments.path under "/work" and action.arguments.height is present
  narrow low when not (action.arguments.path under "/work/high") to { height: 5 }
}
for ai_agent doing "fs:leave" {
  revoke leaves when action.arguments.why is "done"
}
for ai_agent {
  deny interns when subject.team is "interns", if unknown skip // allow fails-open: most agents have no team
}
`;
const guardPolicy = writePolicy(
  '  deny failing when count(outcome "failed" doing "fs:read", within 10m) >= 2\n',
);

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(guardPolicy);
});

const folders: Folder[] = [];
afterEach(() => {
  for (const each of folders.splice(0)) each[Symbol.dispose]();
});

/** A folder with a policy and the log of what a client did. */
async function writeLog(
  act: (harness: Harness) => void,
  options: Partial<HarnessOptions> = {},
  files: Readonly<Record<string, string>> = {},
): Promise<Folder> {
  const folder = new Folder({ 'p.nhipol': guardPolicy, ...files });
  folders.push(folder);
  const log = await openLogFile(join(folder.path, 'log.jsonl'));
  const abilities = { obligations: new Set<string>(), constraints: new Set(['height']) };
  const harness = new Harness({ module, abilities, ...options, log });
  harness.connect();
  act(harness);
  harness.close();
  await log.close();
  return folder;
}

const simulate = ['simulate', '@p.nhipol', '--events', '@log.jsonl'];
const quick = [...simulate, '--engine', 'evaluator'];

interface Timeline {
  readonly happenings: readonly {
    readonly cause: { readonly kind: string };
    readonly line: number;
    readonly response: { readonly context: { readonly effect: string } };
  }[];
}

async function replayEffects(folder: Folder, command = quick): Promise<readonly string[]> {
  const { code, out, err } = await folder.run([...command, '--format', 'json']);
  expect([code, err]).toEqual([0, expect.not.stringContaining('skipped')]);
  return (JSON.parse(out) as Timeline).happenings
    .filter(({ cause }) => cause.kind === 'decide')
    .map(({ line, response }) => `${line} ${response.context.effect}`);
}

interface Line {
  readonly kind: string;
  readonly trigger?: string;
  readonly effect?: string;
}

const readLines = (folder: Folder, name = 'log.jsonl') =>
  readFileSync(join(folder.path, name), 'utf8').trimEnd().split('\n');

function readEffects(folder: Folder): readonly string[] {
  return readLines(folder).flatMap((text, index) => {
    const { kind, trigger, effect } = JSON.parse(text) as Line;
    const isRequested = trigger === 'request' || trigger === 'approval';
    return kind === 'decision' && isRequested ? [`${index + 1} ${effect}`] : [];
  });
}

/** The chain of a log whose lines were changed or removed with the knowledge of its format. */
function relinkLines(lines: readonly string[]): string {
  let prev = `sha-256:${'0'.repeat(64)}`;
  return lines
    .map((line) => {
      const text = line.replace(/"prev":"[^"]*"\}$/, `"prev":"${prev}"}`);
      prev = digestOfLine(text);
      return `${text}\n`;
    })
    .join('');
}

function approveNext(harness: Harness, id: number, path: string): void {
  const { client } = harness.call(id, 'write', { path, content: 'x' });
  const asked = JSON.parse(client[0] ?? '{}') as {
    readonly id?: unknown;
    readonly method?: string;
  };
  if (asked.method !== 'elicitation/create') return;
  const result = { action: 'accept', content: { approve: true } };
  harness.client({ jsonrpc: '2.0', id: asked.id, result });
}

describe('nhipol simulate', () => {
  test('makes the logged decisions again, with outcomes and approvals', async () => {
    const folder = await writeLog((harness) => {
      harness.call(1, 'read', { path: '/work/a' });
      harness.complete(1);
      harness.call(2, 'read', { path: '/work/.env' });
      approveNext(harness, 3, '/work/b');
      harness.complete(3);
      for (const id of [4, 5]) {
        harness.call(id, 'read', { path: '/work/c' });
        harness.complete(id, 'no', true);
      }
      harness.call(6, 'read', { path: '/work/a' });
      harness.call(7, 'find', { path: '/work/low', height: 9 });
    });
    const effects = readEffects(folder);
    expect(effects.map((each) => each.split(' ')[1])).toEqual([
      'permit',
      'deny',
      'challenge',
      'permit',
      'permit',
      'permit',
      'deny',
      'deny',
      'narrow',
    ]);
    expect(await replayEffects(folder, simulate)).toEqual(effects);
  });

  const calls = fc.oneof(
    fc.record({
      do: fc.constant('read' as const),
      path: fc.constantFrom('/work/a', '/work/.env', '/etc'),
    }),
    fc.record({
      do: fc.constant('approve' as const),
      path: fc.constantFrom('/work/a', '/work/b', '/etc'),
    }),
    fc.record({
      do: fc.constant('find' as const),
      path: fc.constantFrom('/work/low', '/work/high', '/etc'),
    }),
    fc.record({ do: fc.constant('fail' as const), path: fc.constantFrom('/work/a', '/work/b') }),
    fc.record({ do: fc.constant('leave' as const), path: fc.constantFrom('done', 'not yet') }),
    fc.record({ do: fc.constant('broken' as const), path: fc.constant('') }),
  );

  test('makes the decisions of any session again', { timeout: 120_000 }, async () => {
    const some = fc.array(calls, { minLength: 1, maxLength: 12 });
    const property = fc.asyncProperty(some, async (given) => {
      const folder = await writeLog((harness) => {
        given.forEach(({ do: kind, path }, id) => {
          if (kind === 'broken') harness.client('{');
          else if (kind === 'approve') approveNext(harness, id, path);
          else if (kind === 'leave') harness.call(id, 'leave', { why: path });
          else if (kind === 'find') harness.call(id, 'find', { path, height: id + 3 });
          else harness.call(id, 'read', { path });
          harness.complete(id, 'done', kind === 'fail');
        });
      });
      expect(await replayEffects(folder)).toEqual(readEffects(folder));
      folder[Symbol.dispose]();
      folders.length = 0;
    });
    await fc.assert(property, { numRuns: 30 });
  });

  test('reads rotated files, the oldest first, and reports what it does not use', async () => {
    const folder = await writeLog((harness) => {
      harness.call(1, 'read', { path: '/work/a' });
      harness.call(2, 'nothing', {});
      harness.complete(1);
      harness.call(3, 'leave', { why: 'done' });
    });
    const effects = readEffects(folder);
    const [first = '', ...others] = readLines(folder);
    writeFileSync(join(folder.path, 'log.jsonl.1'), `${first}\n{"format":"nhip`);
    writeFileSync(join(folder.path, 'log.jsonl'), `${others.join('\n')}\n`);
    const { code, out, err } = await folder.run(quick);
    expect({ code, err }).toEqual({
      code: 0,
      err: 'not used: 1 message that was refused unread, 1 revocation, 1 incomplete entry\n',
    });
    expect(out).toContain('permit → revoke');
    // Lines are numbered through all files.
    const shifted = effects.map((each) => each.replace(/^\d+/, (line) => `${Number(line) + 1}`));
    expect(await replayEffects(folder)).toEqual(shifted);
    renameSync(join(folder.path, 'log.jsonl.1'), join(folder.path, 'elsewhere'));
    const partial = await folder.run(quick);
    expect([partial.code, partial.err]).toEqual([
      2,
      expect.stringMatching(/^log\.jsonl:1: .* lines before this one are missing: .* --anchor/s),
    ]);
  });

  test('reports the line of a damaged log, with its file', async () => {
    const folder = await writeLog((harness) => {
      for (const id of [1, 2, 3]) harness.call(id, 'read', { path: `/work/${id}` });
    });
    const lines = readLines(folder);
    const [first = '', ...others] = lines;
    writeFileSync(join(folder.path, 'log.jsonl.1'), `${first}\n`);
    writeFileSync(
      join(folder.path, 'log.jsonl'),
      `${others.join('\n').replace('/work/2', '/work/x')}\n`,
    );
    expect(await folder.run(quick)).toEqual({
      code: 2,
      out: '',
      err: 'log.jsonl:3: $: this line, or one before it, was changed, inserted or removed; see `nhipol log verify`\n',
    });
    folder.remove('log.jsonl.1');
    const wrong = [first, ...others.map((line) => line.replace('"session":"s"', '"session":1'))];
    folder.write('log.jsonl', relinkLines(wrong));
    const { code, err } = await folder.run(quick);
    expect([code, err.split('\n')[0]]).toEqual([
      2,
      'log.jsonl:2: $.session: expected the id of a session, found a number',
    ]);
  });

  test('skips what another policy does not declare or refuses', async () => {
    const other = writePolicy('').replace('outcomes { "failed": {} }\n', '');
    const folder = await writeLog(
      (harness) => {
        harness.call(1, 'read', { path: '/work/a' });
        harness.complete(1, 'no', true);
      },
      {},
      { 'p.nhipol': other, 'q.nhipol': other.replace('team?: String', 'team: String') },
    );
    const { code, err } = await folder.run(quick);
    expect([code, err]).toEqual([0, 'not used: 1 event that the policy does not declare\n']);
    const ran = await folder.run(['simulate', '@q.nhipol', ...quick.slice(2)]);
    expect([ran.code, ran.err]).toEqual([
      0,
      expect.stringContaining(
        'skipped 1 line that the policy refuses: log.jsonl:1: $.open.subject.properties.team: expected a string, found nothing\n',
      ),
    ]);
  });

  test('treats masked members as unknown', async () => {
    const masking = guardPolicy.replace(
      'record Leave { why: String }',
      'record Leave { why?: secret String }',
    );
    const folder = await writeLog(
      (harness) => {
        harness.call(1, 'leave', { why: 'done' });
      },
      { module: await compileForGuard(masking) },
      { 'p.nhipol': masking },
    );
    expect(readEffects(folder)).toEqual(['3 revoke']);
    const { err } = await folder.run(quick);
    expect(err).toBe(
      'not used: 1 revocation\nmasked in the log, so unknown: action.properties.arguments.why\n',
    );
    // A revoke whose condition is unknown denies.
    expect(await replayEffects(folder)).toEqual(['3 deny']);
  });
});

attack('log-compared-nothing', async () => {
  const looser = (text: string) => text.replace(/ {2}deny secret .*\n/, '');
  const plain = writePolicy('').replace('outcomes { "failed": {} }\n', '');
  const policies = { 'p.nhipol': plain, 'looser.nhipol': looser(plain) };
  const folder = new Folder(policies);
  folders.push(folder);
  const path = join(folder.path, 'log.jsonl');
  const log = await openLogFile(path);
  const { post, close } = await openHarness({ policy: plain, point: { log } });
  for (const file of ['/work/a', '/work/.env', '/work/b/.env']) {
    await post('/access/v1/evaluation', {
      subject: { type: 'ai_agent', id: 'a' },
      action: { name: 'fs:read', properties: { arguments: { path: file } } },
      resource: { type: 'mcp_server', id: 'fs' },
    });
  }
  await close();
  await log.close();
  const diff = [
    'diff',
    '@p.nhipol',
    '@looser.nhipol',
    '--requests',
    '@log.jsonl',
    '--no-loosening',
  ];
  const gate = (...more: readonly string[]) => folder.run([...diff, '--format', 'json', ...more]);
  const whole = await gate();
  expect([whole.code, whole.err, JSON.parse(whole.out).requests]).toEqual([1, '', 3]);
  // A replay is of sessions, and says what compares these decisions.
  expect(await folder.run(quick)).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^not used: 3 decisions outside of sessions\n.*diff --requests/s),
  });
  // The beginning was moved away.
  const lines = readLines(folder);
  const rest = lines.slice(-1).map((line) => `${line}\n`);
  writeFileSync(path, rest.join(''));
  const anchored = await gate('--anchor', digestOfLine(lines.at(-2) ?? ''));
  expect([anchored.code, JSON.parse(anchored.out).requests]).toEqual([1, 1]);
  // Nothing that could be compared.
  const refusals = lines.map((line) => line.replace('"kind":"decision"', '"kind":"refusal"'));
  writeFileSync(path, relinkLines(refusals));
  expect(await gate()).toEqual({
    code: 2,
    out: '',
    err: 'not used: 3 messages that were refused unread\nnhipol: log.jsonl contains no requests to compare\n',
  });
  // Sessions of a guard whose `opened` is missing.
  const guarded = await writeLog(
    (harness) => {
      harness.call(1, 'read', { path: '/work/.env' });
      harness.call(2, 'read', { path: '/work/a' });
    },
    {},
    policies,
  );
  const [opened = '', ...decisions] = readLines(guarded);
  guarded.write('log.jsonl', decisions.map((line) => `${line}\n`).join(''));
  const unopened = await guarded.run([
    ...diff,
    '--format',
    'json',
    '--anchor',
    digestOfLine(opened),
  ]);
  expect([unopened.code, JSON.parse(unopened.out).requests]).toEqual([1, 2]);
});

describe('nhipol diff --requests', () => {
  const before = writePolicy('').replace('outcomes { "failed": {} }\n', '');
  const after = before.replace('ends_with ".env"', 'ends_with "a"');

  test('compares the logged requests, at their times and with their facts and approvals', async () => {
    const folder = await writeLog(
      (harness) => {
        harness.call(1, 'read', { path: '/work/a' });
        harness.call(2, 'read', { path: '/work/b' });
        approveNext(harness, 3, '/work/c/a');
        approveNext(harness, 4, '/work/c/b');
        harness.client('{');
      },
      {},
      { 'p.nhipol': before, 'new.nhipol': after },
    );
    const diff = ['diff', '@p.nhipol', '@new.nhipol', '--requests', '@log.jsonl', '--format'];
    const { code, out, err } = await folder.run([...diff, 'json']);
    expect([code, err]).toEqual([0, 'not used: 1 message that was refused unread\n']);
    const { requests, changes } = JSON.parse(out);
    const kinds = changes.map(
      (each: Readonly<Record<string, unknown>>) => `${each.old} → ${each.new} ${each.lines}`,
    );
    expect([requests, kinds]).toEqual([
      6,
      expect.arrayContaining(['challenge → deny 4', 'permit → deny 2,6']),
    ]);
  });

  test('reports the line of a damaged log', async () => {
    const folder = await writeLog((harness) => {
      for (const id of [1, 2]) harness.call(id, 'read', { path: `/work/${id}` });
    });
    folder.write('log.jsonl', readLines(folder).join('\n').replace('/work/1', '/work/2'));
    const diff = ['diff', '@p.nhipol', '@p.nhipol', '--requests', '@log.jsonl'];
    const { code, err } = await folder.run(diff);
    expect([code, err]).toEqual([
      2,
      'nhipol: log.jsonl:3: $: this line, or one before it, was changed, inserted or removed; see `nhipol log verify`\n',
    ]);
  });
});
