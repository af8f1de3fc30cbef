// The page about signals: its policy is valid, and so are its settings, which do together what it says.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSignalSettings } from '@nhipol/service';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Harness, openHarness } from '../../service/decisions/service-harness.ts';
import { newKeyPem, signWebhook } from '../../service/delivery/signed-webhook.ts';

const page = readFileSync(new URL('../../../docs/signals.md', import.meta.url), 'utf8');
const fences = [...page.matchAll(/^```(\S+)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map(
  ([, language = '', name = '', text = '']) => ({ language, name, text }),
);
const settings = fences.filter(({ name }) => name === 'settings').map(({ text }) => text);

const secret = 'a secret of the webhook';
const folder = mkdtempSync(join(tmpdir(), 'nhipol-signals-page-'));
let harness: Harness | undefined;
beforeAll(() => {
  writeFileSync(join(folder, 'idp.token'), 'Bearer token\n');
  writeFileSync(join(folder, 'scanner.secret'), `whsec_${Buffer.from(secret).toString('base64')}`);
  writeFileSync(join(folder, 'signing.pem'), newKeyPem());
});
afterAll(async () => {
  await harness?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('each of the settings is valid', () => {
  expect(settings).toHaveLength(6);
  for (const text of settings) expect(() => readSignalSettings(text, folder)).not.toThrow();
});

test('the webhook revokes the sessions of the identity that it names', async () => {
  const parts = settings.map((text) => JSON.parse(text)).map(({ sources: _, ...rest }) => rest);
  const whole = readSignalSettings(JSON.stringify(Object.assign({}, ...parts)), folder);
  const policy = fences.find(({ language }) => language === 'nhipol')?.text ?? '';
  harness = await openHarness({ policy, signals: whole });
  await harness.post('/sessions', { id: 's1', subject: { type: 'ai_agent', id: 'a-1' } });
  const body = { identity: 'a-1', kind: 'api-key', found_at: new Date().toISOString() };
  const { status } = await fetch(
    `${harness.url}/webhooks/scanner`,
    signWebhook(secret, 'message-1', JSON.stringify(body)),
  );
  expect(status).toBe(202);
  const { body: session } = await harness.call('GET', '/sessions/s1');
  expect(session.context.effect).toBe('revoke');
});
