// The claims of `nhipol log verify` about a log that another program changed at random, compared with the log as it was
// written. The oracle shares no code with the verification: it computes digests and reads lines by itself.

import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LogEntry, logPaths, openLogFile, sqliteStore } from '@nhipol/service';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { storeKnownEnd } from '../../../service/log/known-end.ts';
import { Folder, type Ran } from '../../support/system/run-cli.ts';

let folder: string;
let path: string;
const at = (name: string) => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nhipol-claims-'));
  path = join(folder, 'logs', 'guard.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entry = (reason: string): LogEntry => ({
  kind: 'refusal',
  entry_point: 'guard',
  session: 's',
  reason,
  policy: { name: 'p', version: '1', digest: `sha-256:${'0'.repeat(64)}` },
});

const digest = (line: string) => `sha-256:${createHash('sha256').update(line).digest('hex')}`;
const zeros = `sha-256:${'0'.repeat(64)}`;
const readMember = (line: string, name: string) => JSON.parse(line)[name];

/** A change of one line, or of all lines from one on. Places are taken modulo the number of lines. */
type Change =
  | {
      readonly kind: 'remove' | 'edit' | 'renumber' | 'rename' | 'cut' | 'behead';
      readonly at: number;
    }
  | { readonly kind: 'move' | 'repeat'; readonly at: number; readonly to: number }
  /** Computes the digests again from there on, and the numbers if `isNumbered`. */
  | { readonly kind: 'compute'; readonly at: number; readonly isNumbered: boolean };

const place = fc.nat({ max: 11 });
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('remove' as const, 'edit', 'renumber', 'rename', 'cut', 'behead'),
    at: place,
  }),
  fc.record({ kind: fc.constantFrom('move' as const, 'repeat'), at: place, to: place }),
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('compute' as const),
      at: fc.oneof(fc.constant(0), place),
      isNumbered: fc.boolean(),
    }),
  },
);

/** `before`: the digest that an attacker links the first line to. */
function changeLines(lines: readonly string[], given: Change, before: string): readonly string[] {
  const next = [...lines];
  if (next.length === 0) return next;
  const index = given.at % next.length;
  const rewrite = (members: object) => {
    next[index] = JSON.stringify({ ...JSON.parse(next[index] ?? ''), ...members });
  };
  if (given.kind === 'compute') {
    for (let each = index; each < next.length; each += 1) {
      const previous = next[each - 1];
      const { prev: _, ...members } = JSON.parse(next[each] ?? '');
      if (given.isNumbered && previous !== undefined) {
        members.number = readMember(previous, 'number') + 1;
      } else if (given.isNumbered && before === zeros) members.number = 1;
      next[each] = JSON.stringify({
        ...members,
        prev: previous === undefined ? before : digest(previous),
      });
    }
  } else if (given.kind === 'remove') next.splice(index, 1);
  else if (given.kind === 'cut') next.splice(index);
  else if (given.kind === 'behead') next.splice(0, index);
  else if (given.kind === 'edit') rewrite({ session: 'other' });
  else if (given.kind === 'renumber') rewrite({ number: given.at + 1 });
  else if (given.kind === 'rename') rewrite({ log: 'another' });
  else if (given.kind === 'move') next.splice(given.to % next.length, 0, ...next.splice(index, 1));
  else if (given.kind === 'repeat') next.splice(given.to % next.length, 0, next[index] ?? '');
  return next;
}

interface Scenario {
  readonly reasons: readonly string[];
  readonly changes: readonly Change[];
  /** The number of lines before the anchor, or `undefined` if none is stated. */
  readonly anchor: number | undefined;
  /** The lines whose checkpoints were signed. */
  readonly signed: readonly number[];
  readonly known: number | undefined;
  readonly head: number | undefined;
}

const line = fc.nat({ max: 9 });
const signed = fc.uniqueArray(line, { minLength: 1, maxLength: 3 });
/** Mostly one note, since each shows changes that others do not. */
const notes = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  fc.record({ signed }),
  fc.record({ known: line }),
  fc.record({ head: line }),
  fc.record({ signed, known: line }),
  fc.record({ signed, known: line, head: line }),
);
/** An attacker computes the digests of all lines again, so that they are linked, or leaves them as they are. */
const linked = fc.constantFrom<readonly Change[]>(
  [],
  [{ kind: 'compute', at: 0, isNumbered: false }],
  [{ kind: 'compute', at: 0, isNumbered: true }],
);
const changes = fc.oneof(fc.constant([]), {
  weight: 3,
  arbitrary: fc
    .array(change, { maxLength: 2 })
    .chain((some) => linked.map((last) => [...some, ...last])),
});
const scenario: fc.Arbitrary<Scenario> = fc
  .record({
    reasons: fc.array(fc.constantFrom('a', 'b\u2028c', '\r\n', '\u0085', '\ufeff'), {
      minLength: 1,
      maxLength: 10,
      size: 'max',
    }),
    changes,
    anchor: fc.option(line, { nil: undefined, freq: 2 }),
    notes,
  })
  .map(({ notes: given, ...rest }) => ({
    signed: [],
    known: undefined,
    head: undefined,
    ...given,
    ...rest,
  }));

/** The first line is removed, and the links are computed again without their numbers, which random changes seldom do. */
const beheaded: Scenario = {
  reasons: ['a', 'b', 'c'],
  changes: [
    { kind: 'behead', at: 1 },
    { kind: 'compute', at: 0, isNumbered: false },
  ],
  anchor: undefined,
  signed: [],
  known: undefined,
  head: undefined,
};

test('every claim of a verification holds, however the log was changed', async () => {
  using cli = new Folder();
  const run = (...args: readonly string[]) =>
    cli.run(['log', ...args], { env: { XDG_STATE_HOME: folder } });
  writeFileSync(at('key.pub'), (await run('key', at('key.pem'))).out);
  sqliteStore(at('state.db')).close();

  const tally = { clean: 0, consistent: 0, found: 0 };
  await fc.assert(
    fc.asyncProperty(scenario, async ({ reasons, changes, ...noted }) => {
      rmSync(join(folder, 'logs'), { recursive: true, force: true });
      rmSync(at('checkpoints.jsonl'), { force: true });
      mkdirSync(join(folder, 'logs'));
      const log = await openLogFile(path);
      const count = reasons.length;
      const signed = noted.signed.map((each) => (each % count) + 1);
      const ends: { last: string; number: number; log: string }[] = [];
      for (const [index, reason] of reasons.entries()) {
        log.append(entry(reason), 0);
        const last = readFileSync(path, 'utf8').split('\n').at(-2) ?? '';
        ends.push({ last: digest(last), number: index + 1, log: readMember(last, 'log') });
        if (!signed.includes(index + 1)) continue;
        const sign = await run(
          'checkpoint',
          path,
          '--key',
          at('key.pem'),
          '--checkpoints',
          at('checkpoints.jsonl'),
        );
        expect(sign.code).toBe(0);
      }
      await log.close();
      const original = logPaths(path)
        .flatMap((each) => readFileSync(each, 'utf8').split('\n'))
        .filter((each) => each !== '');
      expect(original).toHaveLength(count);

      const kept = noted.anchor === undefined ? 0 : noted.anchor % (count + 1);
      const anchor = noted.anchor === undefined ? undefined : (ends[kept - 1]?.last ?? zeros);
      const lines = changes.reduce<readonly string[]>(
        (before, each) => changeLines(before, each, anchor ?? zeros),
        original.slice(kept),
      );
      writeFileSync(path, lines.map((each) => `${each}\n`).join(''));
      const known = noted.known === undefined ? undefined : ends[noted.known % count];
      const head = noted.head === undefined ? undefined : ends[noted.head % count];
      if (known !== undefined) {
        const store = sqliteStore(at('state.db'));
        storeKnownEnd(store, path, known);
        store.close();
      }
      const verified = await run(
        'verify',
        path,
        ...(anchor === undefined ? [] : ['--anchor', anchor]),
        ...(signed.length === 0
          ? []
          : ['--checkpoints', at('checkpoints.jsonl'), '--key', at('key.pub')]),
        ...(known === undefined ? [] : ['--state', at('state.db')]),
        ...(head === undefined ? [] : ['--head', head.last]),
      );
      // The latest note with a number and the line of --head must be there.
      const numbered = Math.max(...signed, known?.number ?? 0);
      const needed = [...(numbered === 0 ? [] : [numbered]), head?.number ?? []].flat();
      const isClean =
        lines.length > 0 &&
        needed.every((number) => kept <= number && number <= kept + lines.length) &&
        lines.every((each, index) => each === original[kept + index]);
      if (isClean && needed.length > 0) tally.clean += 1;
      tally[verified.code === 0 ? 'consistent' : 'found'] += 1;
      const facts = { lines, original, kept, anchor, signed, known, head };
      expectClaims(verified, facts, !changes.some(({ kind }) => kind === 'compute'));
      if (isClean) expect(verified.code).toBe(0);
    }),
    { numRuns: 300, examples: [[beheaded]] },
  );
  for (const count of Object.values(tally)) expect(count).toBeGreaterThan(10);
}, 120_000);

interface Facts {
  readonly lines: readonly string[];
  readonly original: readonly string[];
  /** The number of original lines before the anchor. */
  readonly kept: number;
  readonly anchor: string | undefined;
  readonly signed: readonly number[];
  readonly known: { readonly number: number } | undefined;
  readonly head: { readonly last: string } | undefined;
}

/** `isPlain`: whether no digest was computed again. */
function expectClaims({ code, out }: Ran, facts: Facts, isPlain: boolean): void {
  const { lines, original, kept, anchor, signed, known, head } = facts;
  expect([0, 1]).toContain(code);
  if (code === 1) {
    expect(out).not.toMatch(/consistent|as they were|the state knows$|is there/m);
    return;
  }
  const numbers = lines.map((each) => readMember(each, 'number'));
  const first = anchor === undefined ? 1 : numbers[0];
  expect(numbers).toEqual(lines.map((_, index) => first + index));
  expect(lines.map((each) => readMember(each, 'prev'))).toEqual(
    lines.map((_, index) => (index === 0 ? (anchor ?? zeros) : digest(lines[index - 1] ?? ''))),
  );
  const logs = new Set(lines.map((each) => readMember(each, 'log')));
  const entries = `${lines.length} ${lines.length === 1 ? 'entry' : 'entries'}`;
  expect(out).toContain(
    `consistent: ${entries}, ${first} to ${numbers.at(-1)} of the log ${[...logs].join()}, last ${digest(lines.at(-1) ?? '')}\n`,
  );
  if (anchor !== undefined) expect(out).toContain(`after the anchor with line ${first}:`);
  const isAsWritten = (number: number) =>
    expect(lines.slice(0, Math.max(0, number - kept))).toEqual(original.slice(kept, number));
  // No digest covers the last line.
  if (isPlain) isAsWritten(kept + lines.length - 1);
  if (signed.length > 0) {
    // Who looks at the output relies on the latest checkpoint.
    const latest = Math.max(...signed);
    expect(out).toContain(`lines up to ${latest} are as they were signed at`);
    isAsWritten(latest);
  }
  const knownLines = /lines up to (\d+) are those that the state knows/.exec(out)?.[1];
  if (knownLines !== undefined) {
    expect(Number(knownLines)).toBe(known?.number);
    expect(Number(knownLines)).toBeGreaterThanOrEqual(kept);
    isAsWritten(Number(knownLines));
  }
  if (out.includes('--head is there')) {
    expect([anchor, ...lines.map(digest)]).toContain(head?.last);
  } else expect(head).toBeUndefined();
}
