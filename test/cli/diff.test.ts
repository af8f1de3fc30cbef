// `nhipol diff`: the differences of two versions in each format, on generated requests and on those of a log, and the
// exit codes.

import { expect, test } from 'vitest';
import { Folder } from '../support/system/run-cli.ts';

const policy = (age: number, more = '') => `policy acme.work version "${age}"
subject agent { age: Int(0..99) }
context { time: Timestamp }
external table limits: String -> Int
for agent {
  permit ok otherwise
  deny old when subject.age > ${age}
  deny over when limits[subject.id] < subject.age, if unknown skip${more}
}
`;
const request = (age: number | string, id = 'a') =>
  JSON.stringify({
    subject: { type: 'agent', id, properties: { age } },
    action: { name: 'x' },
    resource: { type: 'r', id: 'i' },
    context: { time: '2026-03-03T10:00:00Z' },
  });
const files = {
  'old.nhipol': policy(40),
  'new.nhipol': policy(41),
  'log.jsonl': [40, 41, 'x', 42, 41].map((age) => request(age)).join('\n'),
  'limits.json': '{ "a": 1 }',
};
const versions = ['diff', '@old.nhipol', '@new.nhipol'];
const quick = [...versions, '--samples', '300'];

test('prints the kinds of change, each with an example and both answers', async () => {
  using folder = new Folder(files);
  const { code, out, err } = await folder.run(quick);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatchInlineSnapshot(`
    "13 of 300 requests have a different answer
    changed: \`old\`

    deny → permit  13  looser
      because \`old\` no longer denies (new.nhipol:7, changed)
        {
          "subject": { "type": "agent", "id": "x", "properties": { "age": 41 } },
          "action": { "name": "other" },
          "resource": { "type": "other", "id": "x" },
          "context": { "time": "2026-03-03T00:00:00Z" }
        }
        old: deny because old
        new: permit because ok
    "
  `);
});

test('compares the requests of a log, and prints their lines', async () => {
  using folder = new Folder(files);
  const { code, out } = await folder.run([...versions, '--requests', '@log.jsonl']);
  expect(code).toBe(0);
  expect(out).toMatchInlineSnapshot(`
    "2 of 5 requests of log.jsonl have a different answer
    changed: \`old\`

    deny → permit  2  looser
      lines 2, 5
      because \`old\` no longer denies (new.nhipol:7, changed)
        line 2
        old: deny because old
        new: permit because ok
    "
  `);
});

test('writes a Markdown page for a pull request', async () => {
  using folder = new Folder(files);
  const { out } = await folder.run([...quick, '--format', 'markdown', '-o', '@page.md']);
  expect(out).toBe('');
  const page = folder.read('page.md').toString();
  expect(page.replaceAll(folder.path, '')).toMatchInlineSnapshot(`
    "# Changes in acme.work

    **Looser**: **deny → permit**.<br>From \`/old.nhipol\` (40) to \`/new.nhipol\` (41): **13 of 300 requests have a different answer**.

    - Changed: \`old\`

    **Kinds of change**

    | Change | Requests | Direction |
    | --- | --- | --- |
    | deny → permit | 13 | looser |

    <details open><summary>deny → permit</summary>

    Because \`old\` no longer denies (/new.nhipol:7, changed):

    \`\`\`json
    {
      "subject": { "type": "agent", "id": "x", "properties": { "age": 41 } },
      "action": { "name": "other" },
      "resource": { "type": "other", "id": "x" },
      "context": { "time": "2026-03-03T00:00:00Z" }
    }
    \`\`\`

    - old: deny because old
    - new: permit because ok

    </details>
    "
  `);
});

test.each([
  ['old.nhipol', 'new.nhipol', '<details open><summary>deny → permit</summary>'],
  ['new.nhipol', 'old.nhipol', '<details><summary>permit → deny</summary>'],
])('expands the examples of looser changes in HTML: from %s to %s', async (from, to, block) => {
  using folder = new Folder(files);
  const versions = ['diff', `@${from}`, `@${to}`];
  const { out } = await folder.run([...versions, '--samples', '300', '--format', 'html']);
  expect(out).toContain(block);
  expect(out.includes('<strong>Looser</strong>')).toBe(block.includes('open'));
});

test('prints JSON', async () => {
  using folder = new Folder(files);
  const { out } = await folder.run([...quick, '--format', 'json']);
  const report = JSON.parse(out);
  expect(report).toMatchObject({
    format: 'nhipol-diff/1',
    policy: 'acme.work',
    old: { version: '40' },
    new: { version: '41' },
    same: false,
    requests: 300,
    of_tests: 0,
    edits: [{ how: 'changed', kind: 'rule', id: 'old', line: 7 }],
    history_unknown: [],
    sessions: null,
  });
  expect(report.changes[0]).toMatchObject({
    old: 'deny',
    new: 'permit',
    aspect: null,
    direction: 'looser',
    examples: [
      {
        now: null,
        tables: {},
        old: { decision: false, context: { effect: 'deny', reasons: ['old'] } },
        new: { decision: true },
        causes: [{ kind: 'rule', id: 'old', effect: 'deny', now: 'silent', edit: 'changed' }],
      },
    ],
  });
  expect(JSON.parse(report.changes[0].examples[0].request).subject.properties).toEqual({ age: 41 });
});

test('--no-loosening fails only if the new version permits more', async () => {
  using folder = new Folder({ ...files, 'wordy.nhipol': policy(40, ' because "too much"') });
  expect((await folder.run([...quick, '--no-loosening'])).code).toBe(1);
  const back = ['diff', '@new.nhipol', '@old.nhipol', '--samples', '300', '--no-loosening'];
  expect((await folder.run(back)).code).toBe(0);
  const wordy = ['diff', '@old.nhipol', '@wordy.nhipol', '--samples', '300', '--no-loosening'];
  const { code, out } = await folder.run(wordy);
  expect(code).toBe(0);
  expect(out).toContain('deny, other messages');
});

test('reports equal policies, and no difference in the requests', async () => {
  using folder = new Folder({
    ...files,
    'same.nhipol': `// said otherwise\n${policy(40)}`,
    'alike.nhipol': policy(
      40,
      '\n  deny never when subject.age > 5 and subject.age < 5, if unknown skip',
    ),
  });
  const same = await folder.run(['diff', '@old.nhipol', '@same.nhipol', '--no-loosening']);
  expect(same).toMatchObject({
    code: 0,
    out: 'the same policy: nothing that affects an answer differs\n',
  });
  const alike = await folder.run(['diff', '@old.nhipol', '@alike.nhipol', '--samples', '200']);
  expect(alike.out).toBe('no difference in 200 requests (0 of them from tests)\nadded: `never`\n');
});

test('loads tables for both versions', async () => {
  using folder = new Folder(files);
  const log = [...versions, '--requests', '@log.jsonl', '--table', 'limits=@limits.json'];
  expect((await folder.run(log)).out).toContain('deny, other reasons');
  folder.write('limits.json', '{ "a": "x" }');
  expect(await folder.run(log)).toMatchObject({
    code: 2,
    err: expect.stringContaining('cannot fill `limits`'),
  });
  const unknown = [...versions, '--table', 'quotas=@limits.json'];
  expect(await folder.run(unknown)).toMatchObject({
    code: 2,
    err: expect.stringContaining("the policy's external tables are `limits`"),
  });
});

test('--now sets the instant of the requests of a log', async () => {
  const until = (hour: number) => `policy p
context { time: Timestamp }
for any { permit ok when context.time < 2026-03-03T${hour}:00:00Z }
`;
  using folder = new Folder({
    'a.nhipol': until(10),
    'b.nhipol': until(11),
    'r.jsonl': request(1),
  });
  const args = ['diff', '@a.nhipol', '@b.nhipol', '--requests', '@r.jsonl'];
  expect((await folder.run(args)).out).toContain('deny → permit');
  const later = await folder.run([...args, '--now', '2026-03-03T12:00:00Z']);
  expect(later.out).toContain('no difference in 1 request of');
});

test('rejects invalid policies, modules, empty logs and --now without a log', async () => {
  using folder = new Folder({
    ...files,
    'bad.nhipol': 'policy p\npermit',
    'p.wasm': new Uint8Array([0, 0x61, 0x73, 0x6d]),
    'empty.jsonl': '',
  });
  const bad = await folder.run(['diff', '@bad.nhipol', '@new.nhipol']);
  expect(bad).toMatchObject({ code: 1, out: '', err: expect.stringContaining('error[') });
  expect(await folder.run(['diff', '@old.nhipol', '@p.wasm'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('is a module: a comparison needs the sources of both policies'),
  });
  expect(await folder.run([...versions, '--requests', '@empty.jsonl'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('contains no requests'),
  });
  expect(await folder.run([...versions, '--now', '2026-03-03T12:00:00Z'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('--now needs --requests'),
  });
});

const counting = (count: number) => `policy acme.work version "${count}"
subject agent {}
context { time: Timestamp }
for agent {
  permit ok otherwise
  deny busy when count(allowed, within 1m) >= ${count}, if unknown skip
}
`;

test('shows a difference in sessions as a log, in each format, with its direction', async () => {
  using folder = new Folder({ 'old.nhipol': counting(2), 'new.nhipol': counting(3) });
  const args = ['diff', '@old.nhipol', '@new.nhipol', '--samples', '300'];
  const { code, out } = await folder.run([...args, '--no-loosening']);
  expect(code).toBe(1);
  expect(out).toContain('no difference in 300 requests (0 of them from tests)\n');
  expect(out).toMatch(
    /\n\n\d+ of 60 sessions have a different answer\n\ndeny → permit +\d+ {2}looser\n/,
  );
  expect(out).toMatch(
    / {4}\{"at":"[^"]+","session":"example","decide":\{\}\} \(3 times\)\n {4}old: deny because busy\n {4}new: permit because ok\n$/,
  );
  const page = await folder.run([...args, '--format', 'markdown']);
  expect(page.out).toMatch(/<summary>deny → permit, \d+ sessions, looser<\/summary>/);
  expect(page.out).toMatch(/\| deny → permit \| \d+ sessions \| looser \|/);
  const report = JSON.parse((await folder.run([...args, '--format', 'json'])).out);
  expect(report.sessions.changes[0]).toMatchObject({
    old: 'deny',
    new: 'permit',
    direction: 'looser',
    example: { events: [{ session: 'example' }, { decide: {} }, { decide: {} }, { decide: {} }] },
  });
});

test('a page lists looser changes first, even if only sessions show them', async () => {
  const age = (count: number, until: string) =>
    counting(count).replace(
      'deny busy',
      `deny closed when context.time < ${until} and subject.id is "late"\n  deny busy`,
    );
  using folder = new Folder({
    'old.nhipol': age(2, '2026-03-06T12:00:00Z'),
    'new.nhipol': age(3, '2026-03-09T12:00:00Z'),
  });
  const args = ['diff', '@old.nhipol', '@new.nhipol', '--samples', '600', '--format'];
  for (const format of ['markdown', 'html']) {
    const { out } = await folder.run([...args, format]);
    const table = out.indexOf('Kinds of change');
    const [looser, longer] = ['deny → permit', 'deny, holds longer'].map((kind) =>
      out.indexOf(kind, table),
    );
    expect(looser).toBeGreaterThan(table);
    expect(longer).toBeGreaterThan(looser as number);
    expect(out).toMatch(/sessions<\/td>\s*<td[^>]*>looser|sessions \| looser/);
  }
});
