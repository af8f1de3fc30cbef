// The secrets that signal settings name as files. One that everybody can guess is refused: an empty file, or white space
// only, and so is a short key of a webhook.

import { resolve } from 'node:path';
import { SettingsError } from '../json/settings.ts';
import { readNamedFile } from '../support/named-file.ts';

/** The shortest key of a webhook, in bytes. Standard Webhooks recommends 24 to 64. */
const minKeyBytes = 16;

/** Reads a secret without the white space around it. `path` is its place in the settings, for the `SettingsError`. */
export function readSecret(name: string, path: string, folder: string): string {
  let text: string;
  try {
    text = readNamedFile(resolve(folder, name)).toString('utf8').trim();
  } catch (error) {
    throw new SettingsError(`${path}: ${(error as Error).message}`);
  }
  if (text !== '') return text;
  throw new SettingsError(`${path}: ${name} contains only white space: expected a secret`);
}

/** Reads the key of a webhook. A secret of Standard Webhooks is in Base64 after `whsec_`; another one is the text itself. */
export function readWebhookKey(name: string, path: string, folder: string): Uint8Array {
  const text = readSecret(name, path, folder);
  const encoded = /^whsec_([\w+/=-]*)$/.exec(text)?.[1];
  const key = Buffer.from(encoded ?? text, encoded === undefined ? 'utf8' : 'base64');
  if (key.length >= minKeyBytes) return key;
  throw new SettingsError(
    `${path}: the secret in ${name} has ${key.length} bytes: expected at least ${minKeyBytes}`,
  );
}
