// The language server, as an editor uses it: a table of requests, diagnostics while typing, several files, and texts with
// errors. Needs `dist/bin/`.

import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type {
  CallHierarchyIncomingCall,
  CallHierarchyItem,
  CallHierarchyOutgoingCall,
  CodeAction,
  CompletionItem,
  DocumentSymbol,
  FoldingRange,
  Hover,
  InlayHint,
  Location,
  SemanticTokens,
  SignatureHelp,
  SymbolInformation,
  TextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver';
import { Folder } from '../support/system/run-cli.ts';
import { Editor } from './editor.ts';

const policy = `policy acme.editor version "1.0.0"

use { Level } from "levels.nhipol"

// An agent of a person.
subject ai_agent { owner?: String, level: Level }
record Read { path: String, lines?: Int(1..) }
action "file.read" { arguments: Read }
action "file.write" { arguments: Read }
actions files = { "file.read", "file.write" }
resource folder {}
context { time: Timestamp, risk?: Level }

constraint lines: Int limits action.arguments.lines
obligation ask: custom { to: String }

const roots = { "/work", "/tmp" }

// Whether it is below a folder.
predicate is_below(path: String, folder: String) = path under folder

for ai_agent doing files on folder {
  let path = action.arguments.path
  permit in_work when is_below(path, "/work")
  narrow few_lines when context.risk is HIGH to { lines: 50 }
  challenge asks when subject.owner is missing with ask { to: "ann" }
  deny secret when any root in roots satisfies path under root and path ends_with ".env"
    because "{path} is secret"
}

test "reads" {
  request {
    subject: { type: "ai_agent", id: "a", properties: { owner: "ann", level: "LOW" } },
    action: { name: "file.read", properties: { arguments: { path: "/work/a" } } },
    resource: { type: "folder", id: "f" },
    context: { time: 2026-01-01T00:00:00Z, risk: "LOW" }
  }
  expect permit because in_work
}
`;
const levels = 'enum Level { LOW < MEDIUM < HIGH }\n';

const folder = new Folder({ 'levels.nhipol': levels, 'policy.nhipol': policy });
const uri = pathToFileURL(`${folder.path}/policy.nhipol`).href;
const levelsUri = pathToFileURL(`${folder.path}/levels.nhipol`).href;

const editor = new Editor();
beforeAll(async () => {
  await editor.start();
  await editor.open(uri, policy);
}, 60_000);
afterAll(async () => {
  expect(await editor.stop()).toBe(0);
  folder[Symbol.dispose]();
});

const hoverText = async (mark: string) => {
  const hover = await editor.at<Hover | null>('hover', uri, mark);
  return hover === null ? null : (hover.contents as { readonly value: string }).value;
};
const labels = async (mark: string, of = uri) =>
  (await editor.at<CompletionItem[]>('completion', of, mark)).map(({ label }) => label);
const getLine = ({ range }: { readonly range: Location['range'] }) => range.start.line;
const findLine = (text: string, part: string) =>
  text.slice(0, text.indexOf(part)).split('\n').length - 1;

test('a policy without errors has no diagnostics', async () => {
  expect(await editor.diagnostics(uri)).toEqual([]);
});

describe('hover', () => {
  test.each([
    ['context.ri|sk is', ['context.risk: Level', 'may be missing', '`few_lines` denies']],
    ['subject.ow|ner is', ['subject.owner: String', 'It may be missing', '`asks` denies']],
    ['when is_be|low', ['predicate is_below', 'Whether it is below a folder.']],
    ['for ai_a|gent doing', ['subject ai_agent', 'An agent of a person.']],
    [
      'path en|ds_with',
      [
        'ends_with',
        'Whether the first string ends with the second; unknown if the second is computed and empty.',
      ],
    ],
    ['to { li|nes: 50', ['constraint lines: Int limits']],
  ])('%s', async (mark, parts) => {
    const text = await hoverText(mark);
    for (const part of parts) expect(text).toContain(part);
  });

  test('there is nothing to say about a keyword', async () => {
    expect(await hoverText('for ai_agent do|ing')).toBeNull();
  });
});

describe('definition', () => {
  test.each([
    ['level: Le|vel }', levelsUri, levels, 'Level'],
    ['use { Le|vel', levelsUri, levels, 'Level'],
    ['risk is HI|GH', levelsUri, levels, 'HIGH'],
    ['is_below(pa|th, "/work")', uri, policy, 'let path'],
    ['action.arguments.pa|th\n', uri, policy, 'record Read'],
    ['in ro|ots satisfies', uri, policy, 'const roots'],
    ['under ro|ot and', uri, policy, 'deny secret'],
    ['arguments: Re|ad }', uri, policy, 'record Read'],
    ['doing fi|les on', uri, policy, 'actions files'],
    ['on fol|der {', uri, policy, 'resource folder'],
    ['{ "file.re|ad", "file', uri, policy, 'action "file.read"'],
    ['to { li|nes: 50', uri, policy, 'constraint lines'],
    ['with as|k {', uri, policy, 'obligation ask'],
    ['because in_wo|rk', uri, policy, 'permit in_work'],
    ['= path un|der folder', null, policy, ''],
  ])('%s', async (mark, target, text, declaration) => {
    const found = await editor.at<Location | null>('definition', uri, mark);
    if (target === null) {
      expect(found).toBeNull();
      return;
    }
    expect([found?.uri, found && getLine(found)]).toEqual([target, findLine(text, declaration)]);
  });
});

describe('references and renaming', () => {
  test('all uses of a predicate', async () => {
    const context = { includeDeclaration: true };
    const found = await editor.at<Location[]>('references', uri, 'is_be|low(path', { context });
    expect(found.map(getLine)).toEqual([
      findLine(policy, 'predicate is_below'),
      findLine(policy, 'permit in_work'),
    ]);
  });

  test('a local with the name of a member is another name', async () => {
    const changed = await editor.at<WorkspaceEdit>('rename', uri, 'let pa|th =', {
      newName: 'file',
    });
    const lines = changed.changes?.[uri]?.map(getLine) ?? [];
    expect(new Set(lines)).toEqual(
      new Set(
        ['let path', 'permit in_work', 'deny secret', 'because "{path}'].map((part) =>
          findLine(policy, part),
        ),
      ),
    );
  });

  test('an action is renamed between its quotes', async () => {
    const changed = await editor.at<WorkspaceEdit>('rename', uri, 'action "file.wr|ite"', {
      newName: 'file.save',
    });
    expect(changed.changes?.[uri]?.map(({ newText }) => newText)).toEqual([
      'file.save',
      'file.save',
    ]);
  });

  test('names across files', async () => {
    const changed = await editor.at<WorkspaceEdit>('rename', uri, 'level: Le|vel }', {
      newName: 'Risk',
    });
    expect(Object.keys(changed.changes ?? {}).sort()).toEqual([levelsUri, uri].sort());
  });

  test.each(['2nd', 'for', 'a b', ''])('%j is refused', async (newName) => {
    await expect(editor.at('rename', uri, 'const ro|ots', { newName })).rejects.toThrow();
  });
});

describe('completion', () => {
  test('members of the request', async () => {
    expect(await labels('action.arguments.|path\n')).toEqual(['path', 'lines']);
    expect(await labels('subject.|owner')).toEqual(['owner', 'level', 'type', 'id']);
  });
  test('members of an enum come first', async () => {
    const [first] = await editor.at<CompletionItem[]>('completion', uri, 'risk is |HIGH');
    expect(first).toMatchObject({ label: 'LOW', detail: 'Level' });
  });
  test('names that are valid in an expression', async () => {
    const found = await labels('root in ro|ots satisfies');
    for (const name of ['path', 'roots', 'is_below', 'context', 'size', 'once']) {
      expect(found).toContain(name);
    }
    expect(await labels('when is_be|low(path')).toContain('is_below');
  });
  test('types', async () => {
    expect(await labels('lines?: I|nt(1..) }')).toEqual(
      expect.arrayContaining(['Read', 'Level', 'Int', 'Set']),
    );
  });
  test('names of a scope', async () => {
    expect(await labels('doing fi|les')).toEqual(['"file.read"', '"file.write"', 'files']);
    expect(await labels('on fo|lder')).toEqual(['folder']);
  });
  test('constraints, obligations and rules', async () => {
    expect(await labels('to { li|nes')).toEqual(['lines']);
    expect(await labels('with a|sk')).toEqual(['ask']);
    expect(await labels('because in|_work')).toEqual(['in_work', 'few_lines', 'asks', 'secret']);
  });
});

describe('signature help', () => {
  test.each([
    ['is_below(|path', 'is_below(path: String, folder: String)', 'path: String'],
    ['is_below(path, |"/work', 'is_below(path: String, folder: String)', 'folder: String'],
    ['with ask { to: |"ann"', 'ask { to: String }', 'to: String'],
    ['to { lines: |50', 'to { lines: Int }', 'lines: Int'],
  ])('%s', async (mark, label, parameter) => {
    const found = await editor.at<SignatureHelp>('signatureHelp', uri, mark);
    const [signature] = found.signatures;
    expect(signature?.label).toBe(label);
    const [start, end] = signature?.parameters?.[found.activeParameter ?? 0]?.label ?? [];
    expect(label.slice(Number(start), Number(end))).toBe(parameter);
  });

  test('documentation of a predicate and of a builtin, in an incomplete text', async () => {
    const own = uri.replace('policy', 'signature');
    await editor.open(own, policy.replace('permit in_work when', 'permit a when size('));
    const builtin = await editor.at<SignatureHelp>('signatureHelp', own, 'when size(| is_below');
    expect(builtin.signatures[0]).toMatchObject({ label: 'size(value)' });
    expect(JSON.stringify(builtin)).toContain('It takes a set, a list or a map.');
    const predicate = await editor.at<SignatureHelp>('signatureHelp', own, 'is_below(path, |"/w');
    expect(predicate.signatures[0]?.documentation).toBe('Whether it is below a folder.');
    await editor.close(own);
  });

  test.each(['policy ac|me', '"{pa|th} is', 'roots = { "/wo|rk"'])('none at %s', async (mark) => {
    expect(await editor.at('signatureHelp', uri, mark)).toBeNull();
  });
});

describe('call hierarchy', () => {
  const prepareItem = async (mark: string) => {
    const [item] = await editor.at<CallHierarchyItem[]>('prepareCallHierarchy', uri, mark);
    return item;
  };
  const incoming = async (mark: string) => {
    const item = await prepareItem(mark);
    const found = await editor.send<CallHierarchyIncomingCall[]>('callHierarchy/incomingCalls', {
      item,
    });
    return found.map(({ from, fromRanges }) => [from.name, fromRanges.length]);
  };

  test('a predicate is called by rules, and a rule is expected by tests', async () => {
    expect(await prepareItem('is_be|low(path, "')).toMatchObject({ name: 'is_below', uri });
    expect(await incoming('is_be|low(path, "')).toEqual([['in_work', 1]]);
    expect(await incoming('permit in_wo|rk')).toEqual([['reads', 1]]);
  });

  test('the predicates that a rule calls', async () => {
    const item = await prepareItem('permit in_wo|rk');
    const found = await editor.send<CallHierarchyOutgoingCall[]>('callHierarchy/outgoingCalls', {
      item,
    });
    expect(found.map(({ to, fromRanges }) => [to.name, fromRanges.length])).toEqual([
      ['is_below', 1],
    ]);
  });

  test('other names have no calls', async () => {
    expect(await editor.at('prepareCallHierarchy', uri, 'const ro|ots')).toBeNull();
  });
});

describe('structure', () => {
  test.each([
    ['in_w', [['in_work', 'for ai_agent doing files on folder']]],
    ['LEVEL', [['Level', 'levels.nhipol']]],
    ['fllns', []],
    ['fwln', [['few_lines', 'for ai_agent doing files on folder']]],
  ])('symbols of all files for %j', async (query, expected) => {
    const found = await editor.send<SymbolInformation[]>('workspace/symbol', { query });
    expect(found.map(({ name, containerName }) => [name, containerName])).toEqual(expected);
  });

  test('symbols of a file', async () => {
    const found = await editor.request<DocumentSymbol[]>('documentSymbol', uri);
    const group = found.find(({ name }) => name === 'for ai_agent doing files on folder');
    expect(group?.children?.map(({ name, detail }) => [name, detail])).toEqual([
      ['path', undefined],
      ['in_work', 'permit'],
      ['few_lines', 'narrow'],
      ['asks', 'challenge'],
      ['secret', 'deny'],
    ]);
  });
  test('folding', async () => {
    const found = await editor.request<FoldingRange[]>('foldingRange', uri);
    expect(found).toContainEqual({
      startLine: findLine(policy, 'for ai_agent doing'),
      endLine: findLine(policy, 'test "reads"') - 2,
    });
  });
  test('types of `let`s and constants', async () => {
    const range = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
    const found = await editor.request<InlayHint[]>('inlayHint', uri, { range });
    expect(found.map(({ label }) => label)).toEqual([': Set<String>', ': String']);
  });
  test('semantic tokens are in order and do not overlap', async () => {
    const { data } = await editor.request<SemanticTokens>('semanticTokens/full', uri);
    expect(data.length).toBeGreaterThan(100);
    let end = 0;
    for (let index = 0; index < data.length; index += 5) {
      const [line = 0, start = 0, length = 0] = data.slice(index, index + 3);
      expect(length).toBeGreaterThan(0);
      if (line > 0) end = 0;
      else expect(start).toBeGreaterThanOrEqual(end);
      end = length;
    }
  });
});

describe('while typing', () => {
  test('an error appears with its fix, and goes away', async () => {
    const own = uri.replace('policy', 'typing');
    await editor.open(own, policy);
    await editor.edit(own, 'context.risk is HIGH', 'context.rsk is HIGH');
    const [found] = await editor.diagnostics(own, (all) => all.length > 0);
    expect(found).toMatchObject({ code: 'unknown-member', severity: 1, source: 'nhipol' });
    const range = found?.range;
    const [action] = await editor.request<CodeAction[]>('codeAction', own, {
      range,
      context: { diagnostics: [] },
    });
    expect(action?.edit?.changes?.[own]?.[0]?.newText).toBe('risk');
    await editor.edit(own, 'context.rsk', 'context.risk');
    expect(await editor.diagnostics(own, (all) => all.length === 0)).toEqual([]);
    await editor.close(own);
  });

  test('completion and hover work in a file with errors', async () => {
    const own = uri.replace('policy', 'broken');
    await editor.open(
      own,
      policy.replace('permit in_work when', 'permit broken when subject.\n  permit in_work when'),
    );
    const found = await editor.diagnostics(own, (all) => all.length > 0);
    expect(found[0]?.severity).toBe(1);
    expect(await labels('broken when subject.|', own)).toContain('owner');
    const hover = await editor.at<Hover>('hover', own, 'context.ri|sk is');
    expect(JSON.stringify(hover)).toContain('context.risk: Level');
    await editor.close(own);
  });

  test('a change of another open file is checked', async () => {
    await editor.open(levelsUri, levels);
    await editor.edit(levelsUri, 'HIGH', 'TOP');
    const found = await editor.diagnostics(uri, (all) => all.length > 0);
    expect(found[0]?.message).toContain('HIGH');
    await editor.edit(levelsUri, 'TOP', 'HIGH');
    expect(await editor.diagnostics(uri, (all) => all.length === 0)).toEqual([]);
    expect(await editor.diagnostics(levelsUri)).toEqual([]);
    await editor.close(levelsUri);
  });

  test('a file is formatted as by `nhipol fmt`, and one with syntax errors stays', async () => {
    const own = uri.replace('policy', 'format');
    await editor.open(own, 'policy   a\nsubject   x {}\n');
    const edits = await editor.request<TextEdit[]>('formatting', own, { options: {} });
    expect(edits.map(({ newText }) => newText)).toEqual(['policy a\nsubject x {}\n']);
    await editor.edit(own, 'subject', 'sub ject');
    expect(await editor.request('formatting', own, { options: {} })).toEqual([]);
    await editor.close(own);
  });
});
