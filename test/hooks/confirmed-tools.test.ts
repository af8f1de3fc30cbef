// The reviewed tools of a guard: a file that accepts more than before, or that was removed, is used after a person has
// confirmed it.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { sqliteStore } from '@nhipol/service';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openReviewedTools } from '../../cli/commands/guard/servers/reviewed-tools.ts';
import { attack } from '../attacks/attack.ts';
import { Folder } from '../support/system/run-cli.ts';

const policy = `
policy test.tools version "1.0.0"
subject ai_agent {}
action "files:read" {}
resource tool {}
for any { permit all otherwise }
`;

let folder: Folder;
let state = 'state.db';
let runs = 0;
beforeEach(() => {
  state = 'state.db';
  folder = new Folder({ 'guard.nhipol': policy });
});
afterEach(() => folder[Symbol.dispose]());

type Digests = Readonly<Record<string, string>>;

function write(digests: Digests, server = 'files'): void {
  const tools = Object.fromEntries(
    Object.entries(digests).map(([name, digest]) => [name, { digest, name }]),
  );
  folder.write('guard.tools.json', JSON.stringify({ format: 'nhipol-tools/1', server, tools }));
}

function remove(): void {
  rmSync(join(folder.path, 'guard.tools.json'));
}

/** The pins of a guard that starts now, or `undefined` if it accepts each tool as it is first listed. */
async function start(warnings: string[] = []): Promise<Digests | undefined> {
  const store = sqliteStore(join(folder.path, state));
  try {
    const path = join(folder.path, 'guard.nhipol');
    const warn = (text: string) => void warnings.push(text);
    const tools = await openReviewedTools(path, {}, store, warn);
    return tools && Object.fromEntries(tools.pins);
  } finally {
    store.close();
  }
}

function confirm(stdin: readonly string[]) {
  const command = ['guard', 'confirm', '@guard.nhipol', '--state', `@${state}`];
  return folder.run(command, { stdin, terminal: true });
}

const findDigests = (text: string) =>
  [...text.matchAll(/digest: sha-256:([0-9a-f]{8})/g)].map(([, digits]) => `${digits}\n`);

/** Confirms everything that waits. */
async function confirmAll() {
  const first = await confirm([]);
  const policyDigits = findDigests(first.err);
  const second = await confirm(policyDigits);
  return confirm([...policyDigits, ...findDigests(second.err).slice(policyDigits.length)]);
}

describe('reviewed tools', () => {
  attack('guard-looser-tools', async () => {
    const reviewed = { read: 'sha-256:1', write: 'sha-256:2' };
    write(reviewed);
    expect(await start()).toEqual(reviewed);
    for (const change of [
      () => write({ ...reviewed, write: 'sha-256:3' }),
      () => write({ ...reviewed, remove: 'sha-256:3' }),
      () => write(reviewed, 'other'),
      remove,
    ]) {
      change();
      const warnings: string[] = [];
      expect(await start(warnings)).toEqual(reviewed);
      expect(warnings.join()).toContain('the tools that were confirmed last stay until');
    }
  });

  test('that accept less are used at once, and are the ones to compare with', async () => {
    write({ read: 'sha-256:1', write: 'sha-256:2' });
    await start();
    write({ read: 'sha-256:1' });
    expect(await start()).toEqual({ read: 'sha-256:1' });
    write({ read: 'sha-256:1', write: 'sha-256:2' });
    expect(await start()).toEqual({ read: 'sha-256:1' });
  });

  test('that a person has confirmed are used', async () => {
    write({ read: 'sha-256:1' });
    await start();
    write({ read: 'sha-256:2' });
    const confirmed = await confirmAll();
    expect(confirmed).toMatchObject({
      code: 0,
      out: expect.stringContaining('tools.json, sha-256'),
    });
    expect(await start()).toEqual({ read: 'sha-256:2' });
  });

  test('can be removed by a person', async () => {
    write({ read: 'sha-256:1' });
    await start();
    remove();
    expect(await start()).toEqual({ read: 'sha-256:1' });
    await confirmAll();
    expect(await start()).toBeUndefined();
  });

  test('never accept a tool that neither the first file nor a person accepted', async () => {
    const digests = fc.dictionary(
      fc.constantFrom('read', 'write', 'send'),
      fc.constantFrom('sha-256:1', 'sha-256:2'),
    );
    await fc.assert(
      fc.asyncProperty(
        digests,
        fc.array(fc.option(digests), { maxLength: 5 }),
        async (first, later) => {
          state = `state-${runs++}.db`;
          write(first);
          await start();
          for (const next of later) {
            if (next === null) rmSync(join(folder.path, 'guard.tools.json'), { force: true });
            else write(next);
            const pins = await start();
            expect(first).toMatchObject(pins ?? { missing: true });
          }
        },
      ),
      { numRuns: 15 },
    );
  });
});
