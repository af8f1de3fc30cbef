// Attacks on a decision log: while it is written, while nothing writes it, and on what a verification shows.

import {
  chmodSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createVerifier,
  type DecisionLog,
  type LogEntry,
  type LogMark,
  type LogProblem,
  openLogFile,
  sqliteStore,
} from '@nhipol/service';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chainStart, digestOfLine } from '../../../service/log/chain.ts';
import { attack } from '../../attacks/attack.ts';
import { Folder } from '../../support/system/run-cli.ts';
import { openHarness } from '../decisions/service-harness.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nhipol-log-'));
  path = join(folder, 'logs', 'guard.jsonl');
  mkdirSync(join(folder, 'logs'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entry = (reason: string): LogEntry => ({
  kind: 'refusal',
  entry_point: 'guard',
  session: 's',
  reason,
  policy: { name: 'p', version: '1', digest: `sha-256:${'0'.repeat(64)}` },
});
const toMovedPath = () => join(folder, 'moved');

/** The changes of another program to the file of a log, and how it can be undone. */
const changes: Readonly<Record<string, () => (() => void) | undefined>> = {
  removed: () => {
    rmSync(path);
    return undefined;
  },
  'moved away': () => {
    renameSync(path, toMovedPath());
    return () => renameSync(toMovedPath(), path);
  },
  replaced: () => {
    renameSync(path, toMovedPath());
    copyFileSync(toMovedPath(), path);
    return () => renameSync(toMovedPath(), path);
  },
  'made a symbolic link': () => {
    renameSync(path, toMovedPath());
    symlinkSync(toMovedPath(), path);
    return () => renameSync(toMovedPath(), path);
  },
  'linked away': () => {
    linkSync(path, toMovedPath());
    rmSync(path);
    return () => renameSync(toMovedPath(), path);
  },
  truncated: () => {
    truncateSync(path, 10);
    return undefined;
  },
  extended: () => {
    const { size } = statSync(path);
    writeFileSync(path, 'x', { flag: 'a' });
    return () => truncateSync(path, size);
  },
};

async function write(reasons: readonly string[], options = {}): Promise<void> {
  const log = await openLogFile(path, options);
  for (const reason of reasons) log.append(entry(reason), 0);
  await log.close();
}

const readLines = (file = path) => readFileSync(file, 'utf8').split('\n').slice(0, -1);

attack('log-file-gone', async () => {
  for (const change of Object.values(changes)) {
    const log = await openLogFile(path);
    log.append(entry('a'), 0);
    const undo = change();
    expect(() => log.append(entry('b'), 0)).toThrow(`${path} was`);
    expect(log.expectWritable).toThrow(`${path} was`);
    if (undo !== undefined) {
      undo();
      log.append(entry('c'), 0);
      expect(readLines().map((line) => JSON.parse(line).reason)).toEqual(['a', 'c']);
    }
    await log.close();
    for (const each of [path, toMovedPath()]) rmSync(each, { force: true });
  }
});

test('a line is acknowledged only if it is in the file of that name', async () => {
  const operations = ['append', 'append', 'undo', 'again', ...Object.keys(changes)];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...operations), { maxLength: 20 }), async (steps) => {
      for (const each of [path, toMovedPath()]) rmSync(each, { force: true });
      let log: DecisionLog | undefined = await openLogFile(path, { maxBytes: 2_000 });
      let undo: (() => void) | undefined;
      for (const [index, step] of steps.entries()) {
        try {
          if (step === 'append') {
            const id = log?.append(entry(`${index}`), 0);
            if (id !== undefined) expect(readFileSync(path, 'utf8')).toContain(id);
          } else if (step === 'undo') undo?.();
          else if (step === 'again') {
            await log?.close();
            log = undefined;
            log = await openLogFile(path, { maxBytes: 2_000 });
          } else undo = changes[step]?.();
        } catch (error) {
          if ((error as Error).name === 'AssertionError') throw error;
        }
      }
      await log?.close();
    }),
    { numRuns: 200 },
  );
}, 60_000);

attack('log-folder-gone', async () => {
  const before = process.cwd();
  process.chdir(join(folder, 'logs'));
  try {
    const log = await openLogFile('guard.jsonl');
    log.append(entry('a'), 0);
    renameSync(join(folder, 'logs'), join(folder, 'away'));
    mkdirSync(join(folder, 'logs'));
    expect(() => log.append(entry('b'), 0)).toThrow('was removed');
    rmSync(join(folder, 'logs'), { recursive: true });
    renameSync(join(folder, 'away'), join(folder, 'logs'));
    log.append(entry('b'), 0);
    await log.close();
  } finally {
    process.chdir(before);
  }
  expect(readLines()).toHaveLength(2);
});

attack('log-symlink', async () => {
  symlinkSync('/dev/null', path);
  await expect(openLogFile(path)).rejects.toThrow('is a symbolic link: name the file itself');
});

attack('log-second-writer', async () => {
  const log = await openLogFile(path);
  const used = expect.objectContaining({ code: 'ELOCKED' });
  await expect(openLogFile(path)).rejects.toEqual(used);
  linkSync(path, join(folder, 'other.jsonl'));
  await expect(openLogFile(join(folder, 'other.jsonl'))).rejects.toEqual(used);
  await log.close();
  await (await openLogFile(join(folder, 'other.jsonl'))).close();
});

attack('log-service-unready', async () => {
  const log = await openLogFile(path);
  const { post, call, close } = await openHarness({ policy, point: { log } });
  const evaluate = () =>
    post('/access/v1/evaluation', {
      subject: { type: 'ai_agent', id: 'a' },
      action: { name: 'read' },
      resource: { type: 'file', id: 'f' },
    });
  expect((await call('GET', '/readyz')).status).toBe(200);
  expect((await evaluate()).body.decision).toBe(true);
  rmSync(path);
  expect((await call('GET', '/readyz')).status).toBe(503);
  const { body } = await evaluate();
  expect([body.decision, body.context.reasons]).toEqual([false, ['log_unavailable']]);
  await close();
  await log.close();
});

/** Runs `nhipol log` with the arguments. */
async function run(...args: readonly string[]) {
  using cli = new Folder();
  return cli.run(['log', ...args], { env: { XDG_STATE_HOME: folder } });
}

attack('log-beginning', async () => {
  await write(['a', 'b', 'c']);
  const [first = '', ...rest] = readLines();
  writeFileSync(path, rest.map((line) => `${line}\n`).join(''));
  const cut = await run('verify', path);
  expect(cut).toMatchObject({
    code: 1,
    out: expect.stringContaining('lines before this one are missing'),
  });
  expect(cut.out).not.toMatch(/consistent|intact/);
  const anchored = await run('verify', path, '--anchor', digestOfLine(first));
  expect(anchored).toMatchObject({
    code: 0,
    out: expect.stringContaining('after the anchor with line 2'),
  });
  expect((await run('verify', path, '--anchor', digestOfLine('x'))).code).toBe(1);
  expect((await run('verify', path, '--anchor', 'x')).code).toBe(2);
  using cli = new Folder({ 'p.nhipol': policy });
  const policyPath = join(cli.path, 'p.nhipol');
  for (const command of [
    ['simulate', policyPath, '--events', path],
    ['diff', policyPath, policyPath, '--requests', path],
  ]) {
    const { code, err } = await cli.run(command);
    expect([code, err]).toEqual([2, expect.stringContaining('lines before this one are missing')]);
    const { err: after } = await cli.run([...command, '--anchor', digestOfLine(first)]);
    expect(after).not.toContain('missing');
  }
});

const policy = `policy p
  subject ai_agent {}
  action read {}
  resource file {}
  for ai_agent { permit reads otherwise }
`;

attack('log-emptied', async () => {
  const state = join(folder, 'state.db');
  const store = sqliteStore(state);
  const warnings: string[] = [];
  const options = { positions: store, onWarning: (text: string) => warnings.push(text) };
  const verifyLog = () => run('verify', path, '--state', state);
  await write(['a', 'b', 'c'], options);
  const whole = readFileSync(path);
  store.close();
  expect((await verifyLog()).out).toContain('lines up to 3 are those that the state knows');
  for (const change of [
    () => writeFileSync(path, ''),
    () => rmSync(path),
    () => writeFileSync(path, `${readLines()[0]}\n`),
    () => rewrite(path),
  ]) {
    writeFileSync(path, whole);
    change();
    const found = await verifyLog();
    expect([found.code, found.out]).toEqual([1, expect.stringContaining('the state knows')]);
    expect(found.out).not.toContain('consistent');
  }
  // The next writer continues after what is known, so that the gap stays visible.
  for (const change of [() => rmSync(path), () => writeFileSync(path, `${readLines()[0]}\n`)]) {
    writeFileSync(path, whole);
    change();
    const again = sqliteStore(state);
    await write(['d'], { ...options, positions: again });
    again.close();
    expect(warnings.pop()).toContain('lines of the decision log');
    expect(JSON.parse(readLines().at(-1) ?? '')).toMatchObject({ number: 4 });
    expect((await run('verify', path)).code).toBe(1);
    const reset = sqliteStore(state);
    const last = whole.toString().trimEnd().split('\n').at(-1) ?? '';
    const known = { log: JSON.parse(last).log, number: 3, last: digestOfLine(last) };
    reset.setPosition(`end of log ${path}`, JSON.stringify(known));
    reset.close();
  }
  expect((await run('verify', join(folder, 'none.jsonl'))).code).toBe(2);
});

/** Changes a line, and computes all digests again. */
function rewrite(file: string): void {
  let prev = chainStart;
  const lines = readLines(file).map((line) => {
    const next = JSON.stringify({ ...JSON.parse(line), session: 'other', prev });
    prev = digestOfLine(next);
    return `${next}\n`;
  });
  writeFileSync(file, lines.join(''));
}

attack('log-computed-again', async () => {
  const [key, pub, checkpoints] = ['key.pem', 'key.pub', 'checkpoints.jsonl'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  writeFileSync(pub, (await run('key', key)).out);
  const sign = () => run('checkpoint', path, '--key', key, '--checkpoints', checkpoints);
  const verify = () => run('verify', path, '--checkpoints', checkpoints, '--key', pub);
  await write(['a', 'b']);
  expect(await sign()).toMatchObject({ code: 0, out: expect.stringContaining('lines up to 2') });
  await write(['c']);
  expect((await sign()).code).toBe(0);
  await write(['d']);
  expect(await verify()).toMatchObject({
    code: 0,
    out: expect.stringContaining('lines up to 3 are as they were signed at'),
  });
  const whole = readFileSync(path);
  for (const change of [
    () => rewrite(path),
    () => writeFileSync(path, readLines().slice(0, 2).join('\n').concat('\n')),
    () => writeFileSync(path, ''),
    () => rmSync(path),
  ]) {
    writeFileSync(path, whole);
    change();
    const found = await verify();
    expect([found.code, found.out]).toEqual([
      1,
      expect.stringContaining('a signed checkpoint has line'),
    ]);
    expect(await sign()).toMatchObject({ code: 1, out: expect.stringContaining('not signed') });
  }
  writeFileSync(path, whole);
  rewrite(path);
  const alone = await run('verify', path);
  expect([alone.code, alone.out]).toEqual([
    0,
    expect.stringContaining('a log that was computed again, or lost its end, would look the same'),
  ]);
  // Numbers alone do not move a checkpoint before an anchor.
  const [first = ''] = whole.toString().split('\n');
  writeFileSync(
    path,
    readLines()
      .slice(1)
      .map((line) => `${line}\n`)
      .join(''),
  );
  const after = ['--anchor', digestOfLine(first), '--checkpoints', checkpoints, '--key', pub];
  expect((await run('verify', path, ...after)).code).toBe(1);
  writeFileSync(path, whole.subarray(first.length + 1));
  expect((await run('verify', path, ...after)).code).toBe(0);
});

attack('log-checkpoint-key', async () => {
  const [key, other, pub, checkpoints] = ['a.pem', 'b.pem', 'a.pub', 'c.jsonl'].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  writeFileSync(pub, (await run('key', key)).out);
  await run('key', other);
  await write(['a']);
  const sign = (by: string) => run('checkpoint', path, '--key', by, '--checkpoints', checkpoints);
  expect((await sign(other)).code).toBe(0);
  expect(await sign(key)).toMatchObject({
    code: 1,
    out: expect.stringContaining('this checkpoint is not signed with the key'),
  });
  expect((await run('verify', path, '--checkpoints', checkpoints, '--key', pub)).code).toBe(1);
  const readable = join(folder, 'readable.pem');
  writeFileSync(readable, readFileSync(key), { mode: 0o644 });
  for (const mode of [0o644, 0o640, 0o604]) {
    writeFileSync(readable, readFileSync(key));
    chmodSync(readable, mode);
    expect(await sign(readable)).toMatchObject({
      code: 2,
      err: expect.stringContaining('chmod 600'),
    });
  }
  expect((await run('verify', path, '--checkpoints', checkpoints)).code).toBe(2);
  expect((await run('key', key)).code).toBe(2);
});

test('a file that rotated continues, and its oldest file may be moved elsewhere with an anchor', async () => {
  await write(['a', 'b', 'c', 'd', 'e'], { maxBytes: 700 });
  expect((await run('verify', path)).out).toContain('5 entries, 1 to 5');
  const last = readLines(`${path}.1`).at(-1) ?? '';
  rmSync(`${path}.1`);
  expect((await run('verify', path)).code).toBe(1);
  expect((await run('verify', path, '--anchor', digestOfLine(last))).code).toBe(0);
});

/** Verifies the lines of all files of the log, and returns the kinds of problems. */
function listProblems(bytes: Uint8Array): readonly (LogProblem | undefined)[] {
  const verifier = createVerifier();
  const kinds: (LogProblem | undefined)[] = [];
  for (let start = 0; start < bytes.length; ) {
    const next = bytes.indexOf(0x0a, start);
    const end = next < 0 ? bytes.length : next;
    kinds.push(verifier.add(bytes.subarray(start, end)));
    start = end + 1;
  }
  return kinds.filter((kind) => kind !== undefined);
}

attack('log-line-separators', async () => {
  const separators = '\u2028 \u2029 \u0085';
  await write(['a', `b${separators}c`, 'd']);
  const text = readFileSync(path, 'utf8');
  expect(text).not.toMatch(/[\u2028\u2029\u0085]/);
  expect(JSON.parse(readLines()[1] ?? '').reason).toBe(`b${separators}c`);
  expect((await run('verify', path)).out).toContain('consistent: 3 entries');
  // As earlier versions wrote it.
  let prev = chainStart;
  const raw = readLines().map((line) => {
    const next = JSON.stringify({ ...JSON.parse(line), prev });
    prev = digestOfLine(next);
    return `${next}\n`;
  });
  writeFileSync(path, raw.join(''));
  expect(readFileSync(path, 'utf8')).toContain(separators);
  expect((await run('verify', path)).out).toContain('consistent: 3 entries');
  // In some versions of Node, `node:readline` ends lines at them.
  for (const source of ['read-log.ts', 'tail.ts']) {
    const code = readFileSync(
      new URL(`../../../cli/commands/log/${source}`, import.meta.url),
      'utf8',
    );
    expect(code).not.toContain('readline');
  }
});

attack('log-torn-line', async () => {
  await write(['a', 'b { } [ ] " }']);
  const whole = readFileSync(path);
  const start = whole.indexOf(0x0a) + 1;
  for (let end = start; end <= whole.length; end++) {
    writeFileSync(path, whole.subarray(0, end));
    await write(['c']);
    const found = listProblems(readFileSync(path));
    expect([end, found]).toEqual([
      end,
      end > start && end < whole.length - 1 ? ['incomplete'] : [],
    ]);
  }
  // The next line is in another file.
  writeFileSync(path, whole.subarray(0, -1));
  await write(['c'], { maxBytes: 100 });
  expect(readFileSync(`${path}.1`)).toEqual(whole);
  expect((await run('verify', path)).out).toContain('consistent: 3 entries');
  rmSync(`${path}.1`);
  // A power failure can leave zeros.
  writeFileSync(path, Buffer.concat([whole.subarray(0, start + 20), Buffer.alloc(100)]));
  await write(['c']);
  expect(listProblems(readFileSync(path))).toEqual(['incomplete']);
  const key = join(folder, 'key.pem');
  await run('key', key);
  const checkpoints = join(folder, 'checkpoints.jsonl');
  for (const end of [whole.lastIndexOf('}', whole.length - 3) + 1, whole.length - 1]) {
    writeFileSync(path, whole.subarray(0, end));
    rmSync(checkpoints, { force: true });
    await write(['c']);
    const signed = await run('checkpoint', path, '--key', key, '--checkpoints', checkpoints);
    expect([signed.code, signed.out]).toEqual([0, expect.stringContaining('signed: lines up to')]);
    expect(statSync(checkpoints).mode & 0o777).toBe(0o600);
  }
});

test('a text that does not begin an entry is not reported as incomplete', () => {
  for (const line of ['x', '{}', '{"format":"other', '[', '{"format":"nhipol-log/1","prev":1}'])
    expect(createVerifier().add(line)).toBe('not_an_entry');
});

attack('log-state-elsewhere', async () => {
  const [state, other] = ['state.db', 'other.db'].map((name) => join(folder, name)) as [
    string,
    string,
  ];
  const store = sqliteStore(state);
  await write(['a', 'b', 'c', 'd'], { positions: store, maxBytes: 700 });
  store.close();
  sqliteStore(other).close();
  const away = join(folder, 'away');
  renameSync(join(folder, 'logs'), away);
  const log = join(away, 'guard.jsonl');
  expect(await run('verify', log, '--state', state)).toMatchObject({
    code: 0,
    out: expect.stringContaining('lines up to 4 are those that the state knows'),
  });
  expect(await run('verify', log, '--state', other)).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining(`${other} knows nothing of the log ${log}`),
  });
  rmSync(log);
  const cut = await run('verify', log, '--state', state);
  expect([cut.code, cut.out]).toEqual([1, expect.stringContaining('the state knows line 4')]);
  // The next writer notices it, too.
  const warnings: string[] = [];
  const again = sqliteStore(state);
  const options = { positions: again, onWarning: (text: string) => warnings.push(text) };
  await (await openLogFile(log, options)).close();
  again.close();
  expect(warnings.join()).toContain('lines were removed at its end');
});

attack('log-marks-of-another', async () => {
  await write(['a', 'b', 'c', 'd', 'e', 'f']);
  const lines = readLines();
  const { log } = JSON.parse(lines[0] ?? '');
  const createMark = (number: number, more = {}) => ({
    log,
    number,
    last: digestOfLine(lines[number - 1] ?? ''),
    ...more,
  });
  const anchor = digestOfLine(lines[2] ?? '');
  const verify = (marks: readonly LogMark[]) => {
    const verifier = createVerifier({ anchor, marks });
    for (const line of lines.slice(3)) verifier.add(line);
    return verifier.end();
  };
  const [before, atAnchor, latest] = [createMark(2), createMark(3), createMark(6)];
  expect(verify([before, atAnchor, latest])).toMatchObject({
    found: expect.arrayContaining([atAnchor, latest]),
    missing: [],
    uncompared: [before],
  });
  for (const wrong of [
    createMark(2, { log: 'another' }),
    createMark(3, { log: 'another' }),
    createMark(3, { last: chainStart }),
    createMark(2, { last: anchor, log: 'another' }),
    createMark(1, { last: anchor }),
    createMark(5, { last: chainStart }),
    createMark(6, { log: 'another' }),
  ])
    expect(verify([wrong, latest])).toMatchObject({ missing: [wrong], uncompared: [] });
  // Without a later mark, numbers alone prove nothing.
  expect(verify([before]).missing).toEqual([before]);
  // The command says what it did not compare.
  const [state, key, pub, checkpoints] = ['s.db', 'k.pem', 'k.pub', 'c.jsonl'].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  writeFileSync(pub, (await run('key', key)).out);
  await run('checkpoint', path, '--key', key, '--checkpoints', checkpoints);
  writeFileSync(
    path,
    lines
      .slice(3)
      .map((line) => `${line}\n`)
      .join(''),
  );
  const storeMark = async (mark: object) => {
    const store = sqliteStore(state);
    store.setPosition(`end of log ${path}`, JSON.stringify(mark));
    store.close();
    return run(
      'verify',
      path,
      '--anchor',
      anchor,
      '--state',
      state,
      '--checkpoints',
      checkpoints,
      '--key',
      pub,
    );
  };
  const honest = await storeMark(before);
  expect([honest.code, honest.out]).toEqual([
    0,
    expect.stringContaining('not compared: line 2 that the state knows, before the anchor'),
  ]);
  expect(honest.out).not.toContain('are those that the state knows');
  const replaced = await storeMark({ ...before, log: 'another', last: chainStart });
  expect([replaced.code, replaced.out]).toEqual([
    1,
    expect.stringContaining('the state knows line 2'),
  ]);
});

attack('log-other-bytes', async () => {
  const [key, pub, checkpoints] = ['k.pem', 'k.pub', 'c.jsonl'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  writeFileSync(pub, (await run('key', key)).out);
  await write(['a', 'b\ufffdc']);
  await run('checkpoint', path, '--key', key, '--checkpoints', checkpoints);
  const whole = readFileSync(path);
  const verify = () => run('verify', path, '--checkpoints', checkpoints, '--key', pub);
  expect((await verify()).code).toBe(0);
  const at = whole.indexOf('\ufffd');
  const replaced = [whole.subarray(0, at), Buffer.from([0xff]), whole.subarray(at + 3)];
  writeFileSync(path, Buffer.concat(replaced));
  expect(await verify()).toMatchObject({
    code: 1,
    out: expect.stringContaining('a signed checkpoint has line 2'),
  });
  writeFileSync(path, whole.toString().replaceAll('\n', '\r\n'));
  expect(await verify()).toMatchObject({
    code: 1,
    out: expect.stringContaining('this is not an entry of a decision log'),
  });
});

attack('log-empty-lines', async () => {
  await write(['a', 'b']);
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  for (const at of lines.keys()) {
    for (const inserted of ['', ' ', '\r']) {
      const changed = [...lines.slice(0, at), inserted, ...lines.slice(at)];
      writeFileSync(path, `${changed.join('\n')}\n`);
      expect(await run('verify', path)).toMatchObject({
        code: 1,
        out: expect.stringContaining(`${path}:${at + 1}: this is not an entry`),
      });
    }
  }
});

attack('log-endless', async () => {
  symlinkSync('/dev/zero', path);
  expect(await run('verify', path)).toMatchObject({
    code: 2,
    err: expect.stringContaining(`cannot read ${path}: it is a device`),
  });
});

attack('log-rotated-name', async () => {
  writeFileSync(`${path}.999999999999999999999999`, 'x');
  const reasons = Array.from({ length: 20 }, (_, index) => `${index}`);
  await write(reasons, { maxBytes: 700 });
  expect((await run('verify', path)).out).toContain('consistent: 20 entries');
  // There is no number after the last one.
  writeFileSync(`${path}.999999999999999`, '');
  const log = await openLogFile(path, { maxBytes: 700 });
  const more = () => {
    for (let index = 0; index < 5; index++) log.append(entry('more'), 0);
  };
  expect(more).toThrow(`${path} has no free number`);
  await log.close();
  rmSync(`${path}.999999999999999`);
  expect((await run('verify', path)).out).toContain('consistent');
});

test('a long line is read as a whole', async () => {
  await write(['a', 'x'.repeat(2_000_000), 'b']);
  expect((await run('verify', path)).out).toContain('consistent: 3 entries');
  using cli = new Folder({ 'p.nhipol': policy });
  const { err } = await cli.run([
    'simulate',
    '@p.nhipol',
    '--events',
    path,
    '--engine',
    'evaluator',
  ]);
  expect(err).toMatch(/^not used: 3 messages that were refused unread\n/);
});
