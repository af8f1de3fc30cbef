// The settings of signals in use while others wait: what was removed, or cannot be read any more, is not accepted.

import { readSignalSettings, selectSettingsInUse } from '@nhipol/service';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Folder } from '../../support/system/run-cli.ts';

let files: Folder;
beforeEach(() => {
  files = new Folder();
});
afterEach(() => files[Symbol.dispose]());

const webhook = (name: string, secretFile: string) => ({
  name,
  secret_files: [secretFile],
  event: { type: 'leak', subject: { format: 'opaque', id: '$body.id' } },
});
const source = {
  name: 'idp',
  issuer: 'https://idp.example',
  audience: 'me',
  delivery: 'push',
  manage: false,
  jwks: { keys: [] },
  push_authorization_file: 'push.header',
};
const createSettings = (...webhooks: readonly object[]) => ({ sources: [source], webhooks });

test('a secret that cannot be read any more is not accepted, and does not prevent the use of others', () => {
  for (const name of ['a', 'b', 'push', 'key'])
    files.write(`${name}.secret`, 'a secret of 24 bytes ...');
  const transmitter = { key_files: ['key.secret', 'gone.pem'], effects: ['deny'] };
  const before = {
    ...createSettings(webhook('one', 'a.secret'), webhook('two', 'gone.secret')),
    transmitter,
    allow_addresses: ['10.0.0.0/8'],
    retention_days: 3,
  };
  const problems: string[] = [];
  const options = { folder: files.path, onUnusable: (problem: string) => problems.push(problem) };
  const inUse = (now: string) =>
    JSON.parse(selectSettingsInUse(JSON.stringify(before), now, options));
  // The header of pushes is not there either.
  expect(inUse('{')).toEqual({
    ...before,
    sources: [],
    webhooks: [webhook('one', 'a.secret')],
    transmitter: { ...transmitter, key_files: ['key.secret'] },
  });
  expect(problems.join()).toMatch(/push\.header.*gone\.secret.*gone\.pem/);
  expect(inUse('{}')).toEqual({ retention_days: 3, sources: [], webhooks: [] });
  const other = { ...source, issuer: 'https://other.example', push_authorization_file: 'a.secret' };
  expect(inUse(JSON.stringify({ sources: [other], retention_days: 9 }))).toEqual({
    retention_days: 3,
    sources: [],
    webhooks: [],
  });
  const text = JSON.stringify({ sources: [{ ...source, push_authorization_file: 'push.secret' }] });
  expect(readSignalSettings(JSON.stringify(inUse(text)), files.path).sources).toHaveLength(1);
});
