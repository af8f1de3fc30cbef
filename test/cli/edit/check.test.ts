// `nhipol check`: the streams and formats of diagnostics, and the exit codes.

import { expect, test } from 'vitest';
import { Folder } from '../../support/system/run-cli.ts';
import { broken, policy, request } from '../policies.ts';

test('accepts a policy without errors, and the files that it names', async () => {
  using folder = new Folder({ 'p.nhipol': policy, 'request.json': request });
  expect(await folder.run(['check', '@p.nhipol'])).toEqual({
    code: 0,
    out: '',
    err: '1 policy: no errors\n',
  });
});

test('reports all errors, including a missing file', async () => {
  using folder = new Folder({ 'p.nhipol': broken });
  const { code, out, err } = await folder.run(['check', '@p.nhipol']);
  expect(code).toBe(1);
  expect(err).toBe('1 can be fixed with --fix\n');
  expect(out.match(/^error\[.*\]/gm)).toEqual([
    'error[missing-file]',
    'error[unknown-member]',
    'error[syntax-error]',
  ]);
  expect(out).toContain(
    [
      ' ┌─ p.nhipol:5:28',
      '5│   permit acts when subject.activ',
      ' │                            ^^^^^ did you mean `active`?',
    ].join('\n'),
  );
  expect(out.endsWith('\n3 errors\n')).toBe(true);
});

test('reports a warning, and exits with 0', async () => {
  const doubtful = policy
    .replace('risk?: Risk', 'risk?: Risk, score?: Int(0..9)')
    .replace(
      'deny risky when',
      'deny scored when context.score > 9, if unknown skip\n  deny risky when',
    );
  using folder = new Folder({ 'p.nhipol': doubtful, 'request.json': request });
  const { code, out, err } = await folder.run(['check', '@p.nhipol']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^warning\[decided-comparison\]: /);
  expect(out.endsWith('\n1 warning\n')).toBe(true);
  const asked = await folder.run(['check', '@p.nhipol', '--format', 'json']);
  expect(JSON.parse(asked.out)).toMatchObject({
    diagnostics: [{ severity: 'warning' }],
    errors: 0,
    warnings: 1,
  });
  const tested = await folder.run(['test', '@p.nhipol', '--engine', 'evaluator']);
  expect(tested.code).toBe(0);
  expect(tested.err).toContain('warning[decided-comparison]');
});

const advised = `policy p
subject agent {}
action fetch { host: String }
for agent {
  permit own when action.host ends_with "acme.test"
}
`;

test('reports advice only with --advise, which does not change the exit code', async () => {
  using folder = new Folder({ 'p.nhipol': advised });
  const run = (...more: readonly string[]) => folder.run(['check', '@p.nhipol', ...more]);
  expect(await run()).toEqual({ code: 0, out: '', err: '1 policy: no errors\n' });
  const { code, out } = await run('--advise', '--deny-warnings');
  expect(code).toBe(0);
  expect(out).toMatch(/^advice\[no-separator\]: /);
  expect(out.endsWith('\n1 piece of advice\n')).toBe(true);
  expect((await run('--advise', '--deny-advice')).code).toBe(1);
  expect((await run('--deny-advice')).code).toBe(2);
  const json = JSON.parse((await run('--advise', '--format', 'json')).out);
  expect(json).toMatchObject({ diagnostics: [{ severity: 'advice' }], warnings: 0, advice: 1 });
  const sarif = JSON.parse((await run('--advise', '--format', 'sarif')).out);
  expect(sarif.runs[0].results[0].level).toBe('note');
  expect(sarif.runs[0].tool.driver.rules[0].defaultConfiguration).toEqual({ level: 'note' });
  expect((await run('--advise', '--format', 'github')).out).toMatch(/^::notice /);
});

test('nhipol.toml requests advice', async () => {
  using folder = new Folder({ 'p.nhipol': advised, 'nhipol.toml': '[check]\nadvise = true' });
  const printCheck = async (...more: readonly string[]) =>
    (await folder.run(['check', '@p.nhipol', ...more])).out;
  expect(await printCheck()).toMatch(/^advice\[/);
  expect(await printCheck('--no-advise')).toBe('');
});

test('exits with 1 on a warning with --deny-warnings', async () => {
  const open = policy.replace('deny risky when', 'deny idle when 1 > 2\n  deny risky when');
  const silent = open.replace('when 1 > 2', 'when 1 > 2 // allow never-fires: a switch');
  using folder = new Folder({ 'p.nhipol': open, 's.nhipol': silent, 'request.json': request });
  expect((await folder.run(['check', '@p.nhipol'])).code).toBe(0);
  const { code, out } = await folder.run(['check', '@p.nhipol', '--deny-warnings']);
  expect(code).toBe(1);
  expect(out).toMatch(/^warning\[never-fires\]: this deny never fires\n/);
  expect(await folder.run(['check', '@s.nhipol', '--deny-warnings'])).toEqual({
    code: 0,
    out: '',
    err: '1 policy: no errors\n',
  });
});

test('reports an error in a file that two policies use once', async () => {
  const using = (name: string) =>
    `policy ${name}\nuse "names.nhipol"\nfor any { permit ok otherwise }\n`;
  using folder = new Folder({
    'a.nhipol': using('a'),
    'b.nhipol': using('b'),
    'names.nhipol': 'const limit = nothing\n',
  });
  const { code, out } = await folder.run(['check', '@a.nhipol', '@b.nhipol']);
  expect(code).toBe(1);
  expect(out.endsWith('\n1 error\n')).toBe(true);
});

test('prints JSON with lines and columns', async () => {
  using folder = new Folder({ 'p.nhipol': broken });
  const { code, out } = await folder.run(['check', '@p.nhipol', '--format', 'json']);
  expect(code).toBe(1);
  const report = JSON.parse(out);
  expect(report.errors).toBe(3);
  expect(report.diagnostics[1]).toMatchObject({
    code: 'unknown-member',
    severity: 'error',
    file: 'p.nhipol',
    label: 'did you mean `active`?',
    start: { line: 5, column: 28 },
    end: { line: 5, column: 33 },
  });
});

test('a missing or unreadable entry file is a usage error', async () => {
  using folder = new Folder({ 'latin1.nhipol': new Uint8Array([0xe9, 0x0a]) });
  expect(await folder.run(['check', '@nowhere.nhipol'])).toEqual({
    code: 2,
    out: '',
    err: 'nhipol: cannot read nowhere.nhipol: no such file or folder\n',
  });
  expect((await folder.run(['check', folder.path])).err).toContain('it is a folder');
  const latin = await folder.run(['check', '@latin1.nhipol']);
  expect(latin.err).toBe('nhipol: cannot read latin1.nhipol: it is not UTF-8 text\n');
  expect(latin.code).toBe(2);
});

test('options override NO_COLOR, which overrides the terminal, in the choice of colors', async () => {
  using folder = new Folder({ 'p.nhipol': broken });
  const start = String.fromCharCode(0x1b);
  const checkInTerminal = async (
    args: string[],
    terminal: boolean,
    env: Record<string, string> = {},
  ) => (await folder.run(['check', '@p.nhipol', ...args], { terminal, env })).out.includes(start);
  expect(await checkInTerminal([], false)).toBe(false);
  expect(await checkInTerminal([], true)).toBe(true);
  expect(await checkInTerminal([], true, { NO_COLOR: '1' })).toBe(false);
  expect(await checkInTerminal(['--color'], false, { NO_COLOR: '1' })).toBe(true);
  expect(await checkInTerminal(['--no-color'], true)).toBe(false);
});

test('`-` checks standard input, and resolves the files that it uses in the working directory', async () => {
  using folder = new Folder({ 'request.json': request, 'p.nhipol': policy });
  const [stdin, inside] = [[policy], true];
  const fine = { code: 0, out: '', err: '1 policy: no errors\n' };
  expect(await folder.run(['check', '-'], { stdin, inside })).toEqual(fine);
  const found = await folder.run(['check', '-'], { stdin: [broken], inside });
  expect(found.code).toBe(1);
  expect(found.out).toContain(' ┌─ standard input:5:28');
  const json = await folder.run(['check', 'p.nhipol', '-', '--format', 'json'], {
    stdin: [broken],
    inside,
  });
  const { diagnostics } = JSON.parse(json.out) as { diagnostics: { file?: string }[] };
  expect(JSON.stringify(diagnostics)).toContain('standard input');
  for (const option of ['--fix', '--watch']) {
    const refused = await folder.run(['check', '-', option], { stdin, inside });
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('standard input');
  }
  expect(folder.names).toEqual(['p.nhipol', 'request.json']);
});

test('a term of definitions is stated once, and no name changes the terminal', async () => {
  const name = String.raw`"a\u202e\u001bb"`;
  const definitions = `subject agent { ${name}?: String }
context { time: Timestamp }
signals { paid: {} }
let often = count(signal "paid" across sessions per subject.${name} up to 9, within 1h) > 2
`;
  const rules = 'use "d.nhipol" for agent { permit works otherwise deny spent when often }\n';
  using folder = new Folder({
    'd.nhipol': definitions,
    'p.nhipol': `policy p ${rules}`,
    'q.nhipol': `policy q ${rules}`,
  });
  const { code, err } = await folder.run(['check', '@p.nhipol', '@q.nhipol']);
  expect(code).toBe(0);
  expect(err).toBe(
    'd.nhipol:4:13: `count` is exact for up to 9 values of subject."a\\u{202e}\\u001bb"\n' +
      '2 policies: no errors\n',
  );
});

test('states up to which numbers of keys and events terms across sessions are exact', async () => {
  const paid = 'sum(event.amount of signal "paid" across sessions per subject.id';
  const text = `policy p
subject agent { team?: String }
context { time: Timestamp }
signals { paid: { amount: Int(0..) } }
for agent {
  permit works otherwise
  deny spent
    when ${paid} up to 2_000, within 1h) > 9
  deny paid
    when count(signal "paid" across sessions per (subject.id, subject.team) up to 9, within 1h) > 2
    or ${paid} up to 70_000, within today in "UTC") > 99
    or ${paid} up to 2_000, within 1h) > 9
    or once(signal "paid", within 1h)
}
`;
  using folder = new Folder({ 'p.nhipol': text });
  expect(await folder.run(['check', '@p.nhipol'])).toEqual({
    code: 0,
    out: '',
    err: [
      'p.nhipol:8:10: `sum` is exact for up to 2,000 values of subject.id, each with at most 65 events within 1h',
      'p.nhipol:10:10: `count` is exact for up to 9 values of (subject.id, subject.team)',
      'p.nhipol:11:8: `sum` is exact for up to 70,000 values of subject.id',
      '1 policy: no errors\n',
    ].join('\n'),
  });
  const json = await folder.run(['check', '@p.nhipol', '--format', 'json']);
  expect(json.err).toBe('');
});
