// A policy in its own thread: the same answers, and a deny if a module loops forever. Uses `runtime/dist/`, because
// a thread starts a JavaScript file.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { load } from '@nhipol/runtime';
import type { PolicyThread, PolicyThreadOptions } from '@nhipol/runtime/node';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  assembleCanned,
  cannedManifest,
  encodeCanned,
  withManifest,
} from '../../support/modules/canned-module.ts';

const built = fileURLToPath(new URL('../../runtime/dist/node/index.js', import.meta.url));

let wasm: Uint8Array;
beforeAll(async () => {
  wasm = withManifest(await assembleCanned(), cannedManifest);
});

async function inThread(module: Uint8Array, options?: PolicyThreadOptions): Promise<PolicyThread> {
  const { loadInThread } = (await import(built)) as typeof import('../../../runtime/node/index.ts');
  const policy = await loadInThread(module, options);
  onTestFinished(() => policy.close());
  return policy;
}

const permitted = encodeCanned({});

describe.runIf(existsSync(built))('a policy in a thread', () => {
  test('gives the same answers as the policy in this thread, in order', async () => {
    const policy = await inThread(wasm);
    const here = load(wasm);
    const requests = [permitted, 'then', encodeCanned({ effect: 'revoke' }), 'trap'];
    const now = 1_772_532_000_000;
    const answers = await Promise.all(requests.map((each) => policy.decideJson(each, { now })));
    expect(answers).toEqual(requests.map((each) => here.decideJson(each, { now })));
  });

  test('denies a request that exceeds the deadline, and answers the next one', async () => {
    const policy = await inThread(wasm, { deadline: 2_000 });
    const [first, second] = await Promise.all([
      policy.decideJson('forever'),
      policy.decideJson(permitted),
    ]);
    for (const { effect, reasons, error } of [first, second]) {
      expect({ effect, reasons }).toEqual({ effect: 'deny', reasons: ['engine_error'] });
      expect(error).toMatchObject({ expected: 'an answer', found: 'none within 2000 ms' });
    }
    expect((await policy.decideJson(permitted)).effect).toBe('permit');
  });

  test('is not loaded if the module loops at its start', async () => {
    const looping = await assembleCanned({ more: 'while (calls == 0) abi_major;' });
    const loading = inThread(withManifest(looping, cannedManifest), { loadDeadline: 2_000 });
    await expect(loading).rejects.toThrow('the module was not loaded within 2000 ms');
  });

  test('is not loaded if the module is rejected', async () => {
    await expect(inThread(new Uint8Array(8))).rejects.toThrow('not a valid WebAssembly module');
    const sha256 = createHash('sha256').update(wasm).digest();
    expect(await inThread(wasm, { sha256 })).toBeDefined();
    const other = new Uint8Array(32);
    await expect(inThread(wasm, { sha256: other })).rejects.toThrow("the module's SHA-256 is");
  });

  test('denies after it is closed', async () => {
    const policy = await inThread(wasm, { deadline: 30_000 });
    const open = policy.decideJson('forever');
    // The first decision has reached the thread at the next turn of the event loop.
    await new Promise((resolve) => setTimeout(resolve, 50));
    await policy.close();
    expect((await open).reasons).toEqual(['engine_error']);
    expect((await policy.decideJson(permitted)).effect).toBe('deny');
  });
});
