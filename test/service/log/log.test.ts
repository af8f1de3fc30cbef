// The decision log: the chain of its lines, what a verification finds, and files that end within a line.

import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createVerifier,
  type LogEntry,
  type LogProblem,
  logPaths,
  openLogFile,
} from '@nhipol/service';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chainStart, digestOfLine } from '../../../service/log/chain.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nhipol-log-'));
  path = join(folder, 'guard.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const policy = { name: 'p', version: '1', digest: 'sha-256:0' };
const entry = (reason: string): LogEntry => ({
  kind: 'refusal',
  entry_point: 'guard',
  session: 's',
  policy,
  reason,
});
const lines = () => logPaths(path).flatMap((each) => readFileSync(each, 'utf8').split('\n'));

function verifyLog(given: readonly string[], head?: string) {
  const verifier = createVerifier({ marks: head === undefined ? [] : [{ last: head }] });
  const problems: { line: number; kind: LogProblem }[] = [];
  given.forEach((line, index) => {
    const kind = verifier.add(line);
    if (kind !== undefined) problems.push({ line: index + 1, kind });
  });
  const { missing, ...verified } = verifier.end();
  return { ...verified, isHeadFound: missing.length === 0, problems };
}

async function write(reasons: readonly string[], maxBytes?: number): Promise<void> {
  const log = await openLogFile(path, maxBytes === undefined ? {} : { maxBytes });
  for (const reason of reasons) log.append(entry(reason), 0);
  await log.close();
}

describe('a log', () => {
  test('links each line to the one before, also after it was closed', async () => {
    await write(['a', 'b']);
    await write(['c']);
    const written = lines().filter((line) => line !== '');
    const links = written.map((line) => JSON.parse(line).prev);
    expect(links).toEqual([chainStart, ...written.slice(0, -1).map(digestOfLine)]);
    expect(verifyLog(lines())).toMatchObject({
      entries: 3,
      last: digestOfLine(written[2] ?? ''),
      isHeadFound: true,
      problems: [],
    });
    expect(JSON.parse(written[0] ?? '')).toMatchObject({
      format: 'nhipol-log/1',
      time: '1970-01-01T00:00:00.000Z',
      reason: 'a',
    });
  });

  test('is readable by its owner only', async () => {
    await write(['a']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test.each([
    ['changes a line', (text: string) => text.replace('"b"', '"x"'), [3, 'broken_link']],
    ['removes a line', (text: string) => text.replace(/.*"b".*\n/, ''), [2, 'broken_link']],
    [
      'swaps two lines',
      (text: string) => text.replace(/(.*"a".*\n)(.*"b".*\n)/, '$2$1'),
      [2, 'broken_link'],
    ],
    ['inserts a line', (text: string) => text.replace('\n', '\n{}\n'), [2, 'not_an_entry']],
  ])('shows who %s', async (_, change, [line, kind]) => {
    await write(['a', 'b', 'c']);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, change(text));
    expect(verifyLog(lines()).problems).toContainEqual({ line, kind });
  });

  test('shows who removes lines at the end, if the last digest is known', async () => {
    await write(['a', 'b']);
    const { last } = verifyLog(lines());
    expect(verifyLog(lines(), last).isHeadFound).toBe(true);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.slice(0, text.indexOf('\n') + 1));
    expect(verifyLog(lines(), last)).toMatchObject({ problems: [], isHeadFound: false });
  });

  test('continues after a line that a crash left incomplete', async () => {
    await write(['a']);
    appendFileSync(path, '{"format":"nhipol-log/1","id":');
    await write(['b']);
    expect(verifyLog(lines())).toMatchObject({
      entries: 2,
      problems: [{ line: 2, kind: 'incomplete' }],
    });
  });

  test('continues in a new file when it is long, with the same chain', async () => {
    await write(['a', 'b', 'c', 'd'], 700);
    await write(['e'], 700);
    expect(logPaths(path).length).toBeGreaterThan(2);
    expect(logPaths(path).at(-1)).toBe(path);
    expect(verifyLog(lines())).toMatchObject({ entries: 5, problems: [] });
  });

  test('does not continue a file of another kind', async () => {
    writeFileSync(path, '{"level":"info"}\n');
    await expect(openLogFile(path)).rejects.toThrow('is not a decision log');
  });

  test('belongs to one process', async () => {
    const owner = { pid: process.ppid, host: hostname(), thread: 0, started: '' };
    writeFileSync(`${path}.lock`, JSON.stringify(owner));
    await expect(openLogFile(path)).rejects.toMatchObject({ code: 'ELOCKED' });
  });

  test('reports a full disk', async () => {
    const log = await openLogFile('/dev/full');
    expect(() => log.append(entry('a'), 0)).toThrow('no space left');
    await log.close();
  });
});
