// JSON files with requests: completion, hover and diagnostics from the policy that they are for. Needs `dist/bin/`.

import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CompletionItem, Hover } from 'vscode-languageserver';
import { Folder } from '../support/system/run-cli.ts';
import { Editor } from './editor.ts';

const policy = `policy acme.door version "1.0.0"
enum Level { LOW < HIGH }
subject ai_agent { badge: String, level?: Level, groups: List<{ name: String, hidden?: Bool }> }
subject user { phone?: String }
action open {}
resource door { limits?: Map<String, Int>, "own-zone"?: String }
context { risk: Int(0..100) }
for ai_agent { permit badge when subject.badge is "blue" and context.risk < 50 }
fixture named from "requests.json"
`;
const request = `{
  "subject": {
    "type": "ai_agent",
    "id": "ä",
    "properties": {
      "badge": "blue",
      "level": "LOW",
      "groups": [{ "name": "a", "hidden": true }]
    }
  },
  "action": { "name": "open" },
  "resource": { "type": "door", "id": "d" },
  "context": { "risk": 1 }
}
`;

const folder = new Folder({ 'policy.nhipol': policy, 'requests.json': request });
const toUri = (path: string) => pathToFileURL(`${folder.path}/${path}`).href;
const uri = toUri('fixtures/request.json');
const editor = new Editor();
beforeAll(async () => {
  await editor.start();
  await editor.open(uri, request);
}, 60_000);
afterAll(async () => {
  expect(await editor.stop()).toBe(0);
  folder[Symbol.dispose]();
});

describe('completion', () => {
  const labels = async (mark: string, of = uri) =>
    (await editor.at<CompletionItem[]>('completion', of, mark)).map(({ label }) => label);

  test.each([
    ['"|badge": "blue', ['badge']],
    ['"risk|": 1', ['risk']],
    ['"level": "|LOW"', ['"LOW"', '"HIGH"']],
    ['"hidden": |true', ['true', 'false']],
    ['"type": "|ai_agent"', ['"ai_agent"', '"user"']],
    ['"name": "|open"', ['"open"']],
    ['"na|me": "a"', ['name']],
    ['"badge": "|blue"', []],
  ])('%s', async (mark, expected) => {
    expect(await labels(mark)).toEqual(expected);
  });

  test('members that are missing, the required ones first, with quotes and a colon', async () => {
    const own = toUri('fixtures/incomplete.json');
    const text = '{ "subject": { "type": "ai_agent", "properties": { "level": "LOW",  ';
    await editor.open(own, text);
    const found = await editor.at<CompletionItem[]>('completion', own, `${text}|`);
    expect(found.map(({ label, detail, textEdit }) => [label, detail, textEdit?.newText])).toEqual([
      ['badge', 'a string, required', '"badge": '],
      ['groups', 'an array, required', '"groups": '],
    ]);
    expect(await labels('{ |"subject"', own)).toEqual(['subject', 'action', 'resource', 'context']);
    await editor.close(own);
  });
});

test.each([
  ['"ri|sk": 1', ['`context.risk`: an integer in 0..100 (Int)', 'Every valid request has it.']],
  ['"le|vel": "LOW"', ['(Level)', 'It may be missing.', 'One of "LOW", "HIGH".']],
])('hover at %s', async (mark, parts) => {
  const hover = await editor.at<Hover>('hover', uri, mark);
  for (const part of parts)
    expect(JSON.stringify(hover)).toContain(JSON.stringify(part).slice(1, -1));
});

describe('diagnostics', () => {
  const door = '"id": "d"';
  test.each([
    ['"badge": "blue"', '"badge": 1', 'subject.properties.badge: expected a string', '1'],
    ['"risk": 1', '"risks": 1', 'context.risk: expected', '{'],
    ['"id": "ä"', '"id": 7', 'subject.id', '7'],
    [door, `${door}, "properties": { "own-zone": 1 }`, 'resource.properties["own-zone"]', '1'],
    [door, `${door}, "properties": { "limits": { "a": 2, "b": "c" } }`, 'limits[*]', '"c"'],
    [door, '"id": "d", "id": "e"', 'expected unique names', '"id"'],
  ])('%s becomes %s', async (from, to, message, marked) => {
    expect(await editor.diagnostics(uri, (all) => all.length === 0)).toEqual([]);
    await editor.edit(uri, from, to);
    const [found] = await editor.diagnostics(uri, (all) => all.length > 0);
    expect(found).toMatchObject({ source: 'nhipol', severity: 2 });
    expect(found?.message).toContain(message);
    const changed = request.replace(from, to).split('\n')[found?.range.start.line ?? 0] ?? '';
    const { start, end } = found?.range ?? { start: { character: 0 }, end: { character: 0 } };
    expect(changed.slice(start.character, end.character)).toBe(marked);
    await editor.edit(uri, to, from);
    await editor.diagnostics(uri, (all) => all.length === 0);
  });

  test('all errors, in the order of the file', async () => {
    await editor.edit(uri, '"id": "ä"', '"id": 7');
    await editor.edit(uri, '"hidden": true', '"hidden": "no"');
    await editor.edit(uri, '"risk": 1', '"risk": "low"');
    const found = await editor.diagnostics(uri, (all) => all.length > 2);
    expect(found.map(({ message }) => message)).toEqual([
      '$.subject.id: expected a string, found a number',
      '$.subject.properties.groups[0].hidden: expected a boolean, found a string',
      '$.context.risk: expected an integer in 0..100 (Int), found a string',
    ]);
    await editor.edit(uri, '"id": 7', '"id": "ä"');
    await editor.edit(uri, '"hidden": "no"', '"hidden": true');
    await editor.edit(uri, '"risk": "low"', '"risk": 1');
    await editor.diagnostics(uri, (all) => all.length === 0);
  });

  test('invalid JSON', async () => {
    await editor.edit(uri, '"risk": 1', '"risk": ');
    const [found] = await editor.diagnostics(uri, (all) => all.length > 0);
    expect(found?.message).toContain('expected valid JSON');
    expect(found?.range.start).toEqual({ line: 12, character: 24 });
    await editor.edit(uri, '"risk": ', '"risk": 1');
    await editor.diagnostics(uri, (all) => all.length === 0);
  });
});

test('a file belongs to the open policy that names it', async () => {
  const [other, named] = [toUri('other/main.nhipol'), toUri('other/requests.json')];
  await editor.open(other, policy.replace('0..100) }', '0..100), zone: String }'));
  await editor.open(named, request);
  const [found] = await editor.diagnostics(named, (all) => all.length > 0);
  expect(found?.message).toContain('context.zone: expected a string');
  await editor.close(other);
  await editor.close(named);
});

test('other JSON is left alone', async () => {
  const own = toUri('package.json');
  await editor.open(own, '{ "name": "x" }');
  await editor.edit(own, '"x"', '"y"');
  expect(await editor.at('hover', own, '"na|me"')).toBeNull();
  expect(await editor.at('completion', own, '"na|me"')).toBeNull();
  await editor.close(own);
});
