// A disk that is full after any byte of a line, under a process that goes on: the line is not acknowledged, and the chain of
// those that follow is consistent.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createVerifier, type LogEntry, openLogFile } from '@nhipol/service';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const disk = vi.hoisted(() => ({ free: Number.POSITIVE_INFINITY }));

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  return {
    ...fs,
    writeSync: (file: number, bytes: Uint8Array, offset: number) => {
      const length = Math.min(bytes.length - offset, disk.free);
      if (length === 0) throw new Error('no space left on device');
      disk.free -= length;
      return fs.writeSync(file, bytes, offset, length);
    },
  };
});

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nhipol-full-'));
  path = join(folder, 'guard.jsonl');
});
afterEach(() => {
  disk.free = Number.POSITIVE_INFINITY;
  rmSync(folder, { recursive: true, force: true });
});

const entry = (reason: string): LogEntry => ({
  kind: 'refusal',
  entry_point: 'guard',
  session: 's',
  reason,
  policy: { name: 'p', version: '1', digest: `sha-256:${'0'.repeat(64)}` },
});

test('a line that the disk has only in part is not acknowledged, and breaks no chain', async () => {
  const first = await openLogFile(path);
  first.append(entry('{ } [ ]'), 0);
  await first.close();
  const { length } = readFileSync(path);
  for (let free = 0; free <= length; free += free < length - 5 ? 5 : 1) {
    rmSync(path);
    const log = await openLogFile(path);
    log.append(entry('before'), 0);
    disk.free = free;
    const append = () => log.append(entry('{ } [ ]'), 0);
    if (free < length) expect(append).toThrow('no space left');
    else append();
    // Still full, and then free again.
    if (free < length) expect(append).toThrow('no space left');
    disk.free = Number.POSITIVE_INFINITY;
    log.append(entry('after'), 0);
    await log.close();
    const verifier = createVerifier();
    const lines = readFileSync(path, 'utf8').split('\n');
    const problems = lines.map((line) => verifier.add(line)).filter((kind) => kind !== undefined);
    const isPart = free > 0 && free < length - 1;
    expect([free, problems]).toEqual([free, isPart ? ['incomplete'] : []]);
    expect(verifier.end().entries).toBe(free >= length - 1 ? 3 : 2);
  }
}, 60_000);
