// `nhipol report` and `nhipol doc`: formats, files and exit codes.

import { expect, test } from 'vitest';
import { Folder } from '../support/system/run-cli.ts';
import { broken, policy, request } from './policies.ts';

const covering = policy.replace('because "risk is', 'covers ASI10, ACME-7\n    because "risk is');
const files = {
  'p.nhipol': covering,
  'q.nhipol': covering.replaceAll('acme.files', 'acme.more'),
  'request.json': request,
  'broken.nhipol': broken,
};

test('prints a summary of all frameworks, or the details of one', async () => {
  using folder = new Folder(files);
  const short = await folder.run(['report', '@p.nhipol']);
  expect(short).toMatchObject({ code: 0, err: '' });
  expect(short.out).toContain(
    '  ~ ASI10  Rogue Agents                          1 rule, not tested\n',
  );
  expect(short.out).toContain('NIST SP 800-207');
  expect(short.out).not.toContain('p.nhipol:11');
  const full = await folder.run(['report', '@p.nhipol', '--framework', 'owasp-agentic']);
  expect(full.out).toContain('      deny risky  p.nhipol:11:8  not tested\n');
  expect(full.out).not.toContain('NIST');
  expect(full.out).toContain('  ACME-7  risky\n');
});

test.for([
  ['text', []],
  ['text', ['--framework', 'owasp-agentic']],
  ['markdown', []],
  ['html', []],
] as const)('says in a sentence that no rule names a control: %s %s', async ([format, more]) => {
  using folder = new Folder({ ...files, 'p.nhipol': policy });
  const { code, out } = await folder.run(['report', '@p.nhipol', '--format', format, ...more]);
  expect(code).toBe(0);
  expect(out).toContain('No rule names a control, so there is nothing to report.');
  expect(out).not.toContain('ASI10');
});

test('prints one framework as JSON', async () => {
  using folder = new Folder(files);
  const { code, out } = await folder.run([
    'report',
    '@p.nhipol',
    '@q.nhipol',
    '--format',
    'json',
    '--framework',
    'owasp-agentic',
  ]);
  expect(code).toBe(0);
  const report = JSON.parse(out);
  expect(report).toMatchObject({
    format: 'nhipol-coverage/1',
    policies: [
      { name: 'acme.files', tests: { passed: 1, failed: 0 } },
      { name: 'acme.more', tests: { passed: 1, failed: 0 } },
    ],
    frameworks: [{ id: 'owasp-agentic', tested: 0, covered: 1, none: 9 }],
    other: [{ id: 'ACME-7' }],
  });
  const [rule] = report.frameworks[0].controls[9].rules;
  expect(rule).toMatchObject({ id: 'risky', effect: 'deny', message: 'risk is {context.risk}' });
});

test.for([
  ['report', 'html', '<!doctype html>'],
  ['report', 'markdown', '# Controls covered by acme.files'],
  ['doc', 'html', '<!doctype html>'],
  ['doc', 'markdown', '# Policy acme.files, version 1.0.0'],
] as const)('%s prints or writes %s', async ([command, format, start]) => {
  using folder = new Folder(files);
  const args = [command, '@p.nhipol', '--format', format];
  const printed = await folder.run(args);
  expect(printed).toMatchObject({ code: 0, err: '' });
  expect(printed.out.startsWith(start)).toBe(true);
  const written = await folder.run([...args, '-o', '@page']);
  expect(written).toEqual({ code: 0, out: '', err: '' });
  const text = new TextDecoder().decode(folder.read('page'));
  expect(text.replaceAll(`${folder.path}/`, '')).toBe(printed.out);
});

test('writes a file without colors', async () => {
  using folder = new Folder(files);
  const printed = await folder.run(['--color', 'report', '@p.nhipol']);
  expect(printed.out).toContain('\u001b[');
  await folder.run(['--color', 'report', '@p.nhipol', '-o', '@page']);
  expect(new TextDecoder().decode(folder.read('page'))).not.toContain('\u001b[');
});

test('reports nothing if a policy has errors', async () => {
  using folder = new Folder(files);
  const reported = await folder.run(['report', '@p.nhipol', '@broken.nhipol']);
  expect(reported).toMatchObject({ code: 1, out: '' });
  expect(reported.err).toContain('error[unknown-member]');
  expect(await folder.run(['doc', '@broken.nhipol'])).toMatchObject({ code: 1, out: '' });
});

test('reports usage errors', async () => {
  using folder = new Folder(files);
  const unknown = await folder.run(['report', '@p.nhipol', '--framework', 'iso']);
  expect(unknown.code).toBe(2);
  expect(unknown.err).toContain('owasp-nhi, owasp-agentic, nist-csf, nist-800-207');
  expect((await folder.run(['report', '@none.nhipol'])).code).toBe(2);
  const nowhere = await folder.run(['doc', '@p.nhipol', '-o', '@none/page']);
  expect(nowhere).toMatchObject({ code: 2, out: '' });
  expect(nowhere.err).toContain('cannot write');
});
