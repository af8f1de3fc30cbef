// `nhipol guard learn` on logs that a relay wrote: the written policy, its replay, the comparison with the current one, and
// the calls that are not learned.

import { join } from 'node:path';
import { openLogFile } from '@nhipol/service';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { formatToolsFile } from '../../../cli/commands/guard/servers/tools-file.ts';
import { writePolicy } from '../../../cli/scan/write-policy.ts';
import { Folder } from '../../support/system/run-cli.ts';
import { files, Harness, type HarnessOptions } from '../relay/relay-harness.ts';
import { compileForGuard } from './guard-policy.ts';

const tools = files.map(({ name, inputSchema }) => ({ name: String(name), inputSchema }));
const annotated = tools.map(({ name, inputSchema }) => ({
  name,
  inputSchema,
  annotations: { readOnlyHint: name !== 'write', openWorldHint: false },
  marks: [],
}));
const scanned = writePolicy({
  name: 'fs',
  tools: annotated,
  capabilities: new Set(),
  choices: { reads: [], writes: [] },
})
  .source // Failures are recorded only if a rule uses them.
  .replace('signals Events', 'signals Events\n\noutcomes { "failed": {} }')
  .replace(
    '// --- tests ---',
    'for ai_agent doing "fs:slow" {\n  deny fails when once(outcome "failed" doing "fs:slow")\n}\n\n// --- tests ---',
  );

let module: Uint8Array;
let toolsFile: string;
beforeAll(async () => {
  module = await compileForGuard(scanned);
  toolsFile = await formatToolsFile('fs', tools);
});

const folders: Folder[] = [];
afterEach(() => {
  for (const each of folders.splice(0)) each[Symbol.dispose]();
});

async function writeLog(
  act: (harness: Harness) => void,
  options: Partial<HarnessOptions> = {},
): Promise<Folder> {
  const folder = new Folder({ 'guard.nhipol': scanned, 'guard.tools.json': toolsFile });
  folders.push(folder);
  const log = await openLogFile(join(folder.path, 'log.jsonl'));
  const harness = new Harness({ module, ...options, log });
  harness.connect();
  act(harness);
  harness.close();
  await log.close();
  return folder;
}

const learn = ['guard', 'learn', '@log.jsonl', '--tools', '@guard.tools.json', '-o', '@l.nhipol'];
const readText = (folder: Folder) => Buffer.from(folder.read('l.nhipol')).toString();

test('learns what was observed, and shows how it differs from the current policy', async () => {
  const folder = await writeLog(
    (harness) => {
      for (const [id, name] of ['a', 'b', 'c'].entries()) {
        harness.call(id, 'read', { path: `/work/src/${name}.ts` });
        harness.complete(id);
      }
      harness.call(10, 'find', { path: '/work', depth: 3 });
      harness.call(11, 'write', { path: '/work/out/a', content: 'text' });
      harness.call(12, 'unlisted', {});
      harness.call(13, 'find', { path: 1 });
    },
    { mode: 'observe' },
  );
  const { code, out, err } = await folder.run([...learn, '--current', '@guard.nhipol']);
  expect([code, err]).toEqual([
    0,
    'not learned: 1 call with arguments that the schema of the tool refuses, 1 call of tools that guard.tools.json does not list\n',
  ]);
  const [summary, ...difference] = out.split('\n');
  expect(summary).toBe('wrote l.nhipol: 3 of 6 tools permitted, from 5 calls, 8 tests pass');
  // The write that was observed needed an approval before.
  expect(difference.filter((line) => / → /.test(line) && !line.startsWith(' '))).toEqual([
    expect.stringMatching(/^challenge → permit .* looser$/),
    expect.stringMatching(/^permit → deny .* stricter$/),
    expect.stringMatching(/^challenge → deny .* stricter$/),
  ]);
  expect(await folder.run(['check', '--deny-warnings', '@l.nhipol'])).toMatchObject({ code: 0 });
  expect(await folder.run(['fmt', '--check', '@l.nhipol'])).toMatchObject({ code: 0 });
  expect(readText(folder)).toContain('// 3 calls on 1 day\n');
  const simulate = ['simulate', '@l.nhipol', '--events', '@log.jsonl', '--format', 'json'];
  const { happenings } = JSON.parse((await folder.run(simulate)).out);
  const effects = (happenings as readonly Happening[])
    .filter(({ cause }) => cause.kind === 'decide')
    .map(({ cause, response }) => `${cause.action} ${response.context.effect}`);
  expect(effects).toEqual([
    'fs:read permit',
    'fs:read permit',
    'fs:read permit',
    'fs:find permit',
    'fs:write permit',
    'fs:unlisted deny',
    'fs:find deny',
  ]);
  // Nothing is overwritten.
  expect(await folder.run(learn)).toMatchObject({
    code: 2,
    err: 'nhipol: l.nhipol exists: nothing was written\n',
  });
});

interface Happening {
  readonly cause: { readonly kind: string; readonly action: string };
  readonly response: { readonly context: { readonly effect: string } };
}

test('does not learn what was refused or failed, unless it is included', async () => {
  const folder = await writeLog((harness) => {
    harness.call(1, 'read', { path: '/work/a' });
    harness.complete(1);
    harness.call(2, 'slow', { path: '/work/b' });
    harness.complete(2, 'no', true);
    const { client } = harness.call(3, 'write', { path: '/work/c', content: 'x' });
    const { id } = JSON.parse(client[0] ?? '{}');
    harness.client({ jsonrpc: '2.0', id, result: { action: 'decline' } });
  });
  const { code, out, err } = await folder.run(learn);
  expect([code, out, err]).toEqual([
    0,
    'wrote l.nhipol: 1 of 6 tools permitted, from 1 call, 8 tests pass\n',
    'not learned: 1 call refused, 1 call failed or stopped\nnext: nhipol diff guard.nhipol l.nhipol\n',
  ]);
  folder.remove('l.nhipol');
  const all = await folder.run([...learn, '--include-refused']);
  expect([all.code, all.out]).toEqual([
    0,
    'wrote l.nhipol: 3 of 6 tools permitted, from 3 calls, 8 tests pass\n',
  ]);
});

test('reports logs that it cannot learn from', async () => {
  const folder = await writeLog((harness) => {
    harness.call(1, 'unlisted', {});
    harness.call(2, 'read', { path: 'a' });
    harness.call(3, 'read', { path: 'b' });
  });
  const log = Buffer.from(folder.read('log.jsonl')).toString();
  folder.write('log.jsonl', log.replace('"path":"a"', '"path":"c"'));
  expect(await folder.run(learn)).toMatchObject({
    code: 2,
    err: expect.stringContaining('log.jsonl:4: $: this line, or one before it, was changed'),
  });
  folder.write('log.jsonl', '{}\n');
  expect((await folder.run(learn)).err).toBe('nhipol: log.jsonl is not a decision log\n');
  folder.write('log.jsonl', log.split('\n').slice(0, 1).join('\n'));
  expect((await folder.run(learn)).err).toBe(
    'nhipol: no calls of tools of fs to learn from: nothing was written\n',
  );
  expect(folder.names).not.toContain('l.nhipol');
});
