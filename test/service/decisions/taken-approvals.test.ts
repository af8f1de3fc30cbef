// An approval that is taken for an evaluation permits it only if its caller may call when it was taken.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DecisionPoint, type SessionCaller, sqliteStore } from '@nhipol/service';
import { expect, test } from 'vitest';
import { compileForGuard } from '../guard/guard-policy.ts';
import { approvalPolicy } from './sessions/session-policy.ts';

/** Whom the service identifies the caller as after access changed. */
const laterCallers: Readonly<Record<string, () => SessionCaller>> = {
  itself: () => ({ id: 'key:a', tenant: 'acme', isOperator: false }),
  'one of another tenant': () => ({ id: 'key:a', tenant: 'other', isOperator: false }),
  nobody: () => {
    throw new Error('its key was removed');
  },
};

test.each(Object.keys(laterCallers))(
  'an approval is taken while the access of its caller changes to %s',
  async (later) => {
    const folder = mkdtempSync(join(tmpdir(), 'nhipol-taken-'));
    const stored = sqliteStore(join(folder, 'state.db'));
    let isCurrent = true;
    const store = {
      ...stored,
      take: async (...given: Parameters<typeof stored.take>) => {
        const taken = stored.take(...given);
        isCurrent = false;
        return taken;
      },
    };
    const module = await compileForGuard(approvalPolicy);
    const point = await DecisionPoint.open({ module, store, onWarning: () => {} });
    const caller: SessionCaller = {
      id: 'key:a',
      tenant: 'acme',
      isOperator: false,
      standing: {
        isCurrent: () => isCurrent,
        identify: async () => laterCallers[later]?.() as SessionCaller,
      },
    };
    const request = {
      subject: { type: 'ai_agent', id: 'ann' },
      action: { name: 'pay', properties: { amount: 100 } },
      resource: { type: 'file', id: 'a' },
    };
    const ask = () => point.answer(request, { caller });
    try {
      const { answer } = await ask();
      expect(answer.effect).toBe('challenge');
      isCurrent = true;
      const approver = { id: 'key:b', tenant: 'acme', isOperator: false };
      await point.approveOnce(approver, answer.callDigest ?? '', Date.now() + 60_000);
      expect((await ask()).answer.decision).toBe(later === 'itself');
    } finally {
      await point.close();
      stored.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
