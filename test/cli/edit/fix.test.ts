// `nhipol check --fix`: the files that it writes and leaves unchanged, and its output.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '@nhipol/language';
import { expect, test } from 'vitest';
import { fixAll } from '../../../cli/commands/check/fix-all.ts';
import { proposeReplacement } from '../../../language/diagnostics/fix.ts';
import { Folder } from '../../support/system/run-cli.ts';
import { broken, policy, request } from '../policies.ts';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test('applies fixes until none is left, and reports the rest', async () => {
  const faulty = broken
    .replace('use "names.nhipol"\n', '')
    .replace('subject agent', 'context { risk?: RiskLevel }\nsubject agent')
    .replace('permit acts when', 'permt acts when context.risk is LOW &&');
  using folder = new Folder({ 'p.nhipol': faulty });
  const { code, out, err } = await folder.run(['check', '@p.nhipol', '--fix']);
  expect(err).toBe('fixed 4 problems in 1 file\n');
  expect({ code, codes: out.match(/^error\[.*\]/gm) }).toEqual({
    code: 1,
    codes: ['error[syntax-error]'],
  });
  expect(text(folder.read('p.nhipol'))).toBe(`policy acme.files version "1.0.0"
use nhi.{ RiskLevel }
context { risk?: RiskLevel }
subject agent { active: Bool = true }
for agent {
  permit acts when context.risk is LOW and subject.active
  deny when and
}
`);
  expect(folder.names).toEqual(['p.nhipol']);
});

test('fixes a file that two policies use once', async () => {
  const using = (name: string) =>
    `policy ${name}\nuse "names.nhipol"\nfor any { permit ok when most > 1 }\n`;
  using folder = new Folder({
    'a.nhipol': using('a'),
    'b.nhipol': using('b'),
    'names.nhipol': 'const limit = 5\nconst most = limti\n',
  });
  const { code, out, err } = await folder.run(['check', '@a.nhipol', '@b.nhipol', '--fix']);
  expect({ code, out, err }).toEqual({
    code: 0,
    out: '',
    err: 'fixed 1 problem in 1 file\n2 policies: no errors\n',
  });
  expect(text(folder.read('names.nhipol'))).toBe('const limit = 5\nconst most = limit\n');
  expect(text(folder.read('a.nhipol'))).toBe(using('a'));
});

test('does not write a policy without errors', async () => {
  using folder = new Folder({ 'p.nhipol': policy, 'request.json': request });
  const before = statSync(join(folder.path, 'p.nhipol')).ino;
  const { code, err } = await folder.run(['check', '@p.nhipol', '--fix']);
  expect({ code, err }).toEqual({ code: 0, err: 'nothing to fix\n1 policy: no errors\n' });
  expect(statSync(join(folder.path, 'p.nhipol')).ino).toBe(before);
});

test('other formats report what is left, and the number of fixes goes to standard error', async () => {
  using folder = new Folder({ 'p.nhipol': 'policy p\nfor any { permt ok otherwise }\n' });
  const { code, out, err } = await folder.run(['check', '@p.nhipol', '--fix', '--format', 'json']);
  expect({ code, err }).toEqual({ code: 0, err: 'fixed 1 problem in 1 file\n' });
  expect(JSON.parse(out)).toEqual({ diagnostics: [], errors: 0, warnings: 0, advice: 0 });
});

/** A checker that reports the same diagnostic for any source. */
function always(file: string, sources: ReadonlyMap<string, string>) {
  const span = { file, start: 0, end: 1 };
  const found: Diagnostic = {
    code: 'unknown-name',
    severity: 'error',
    message: 'no',
    span,
    related: [],
    fix: proposeReplacement(span, 'x'),
  };
  return async () => ({ diagnostics: [found], sources });
}

test('stops after 100 applications of a fix that does not help', async () => {
  const { applied, changed } = await fixAll(always('a', new Map([['a', 'abc']])));
  expect(applied).toBe(100);
  expect([...changed]).toEqual([['a', 'xbc']]);
});

test.each(['nhi:/risk.nhipol', 'never-read.nhipol'])('%s is not changed', async (file) => {
  const { applied, changed } = await fixAll(always(file, new Map([['a', 'abc']])));
  expect(applied).toBe(0);
  expect(changed.size).toBe(0);
});
