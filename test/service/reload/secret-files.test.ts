// The secrets that signal settings name as files: one that everybody can guess is refused.

import { readSignalSettings } from '@nhipol/service';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { attack } from '../../attacks/attack.ts';
import { Folder } from '../../support/system/run-cli.ts';

let files: Folder;
beforeEach(() => {
  files = new Folder();
});
afterEach(() => files[Symbol.dispose]());

const webhook = {
  name: 'x',
  secret_files: ['x.secret'],
  event: { type: 'leak', subject: { format: 'opaque', id: '$body.who' } },
};
const source = {
  name: 'x',
  issuer: 'https://x.example',
  delivery: 'push',
  audience: 'me',
  push_authorization_file: 'x.secret',
};

function prepareRead(secret: string, settings: object) {
  files.write('x.secret', secret);
  return () => readSignalSettings(JSON.stringify(settings), files.path);
}

attack('signals-empty-secret', () => {
  for (const settings of [{ webhooks: [webhook] }, { sources: [source] }]) {
    for (const white of ['\n', ' \t\r\n']) {
      const problem = 'x.secret contains only white space: expected a secret';
      expect(prepareRead(white, settings)).toThrow(problem);
    }
    expect(prepareRead('a secret of 24 bytes ...\n', settings)).not.toThrow();
  }
});

test.for([
  ['fifteen bytes..', 15],
  ['whsec_', 0],
  [`whsec_${Buffer.alloc(15).toString('base64')}`, 15],
] as const)('the webhook key %s is too short', ([secret, length]) => {
  const problem = `$.webhooks[0].secret_files[0]: the secret in x.secret has ${length} bytes: expected at least 16`;
  expect(prepareRead(secret, { webhooks: [webhook] })).toThrow(problem);
});
