// The settings of signals that are in use while other ones wait: what events mean is as before, and who may send them, with
// which keys and secrets, is as it is now. What was removed, or cannot be read any more, is not accepted any more.

import { isMembers, type Members } from '../json/members.ts';
import { formatErrorMessage } from '../support/message-of.ts';
import { readSecret, readWebhookKey } from './secret-files.ts';

export interface SettingsInUseOptions {
  /** The folder of the file, which other files are relative to. */
  readonly folder: string;
  /** Gets why a key or secret, or what needs it, is left out. */
  readonly onUnusable: (problem: string) => void;
}

/** Returns the JSON of the settings. `now`: if it is not valid, nothing is known to be removed. */
export function selectSettingsInUse(
  before: string,
  now: string,
  { folder, onUnusable }: SettingsInUseOptions,
): string {
  const used = parseObject(before) ?? {};
  const current = parseObject(now) ?? used;
  const isUsable = (read: (name: string, place: string, folder: string) => unknown) => {
    return (name: unknown): boolean => {
      try {
        read(String(name), String(name), folder);
        return true;
      } catch (error) {
        onUnusable(formatErrorMessage(error));
        return false;
      }
    };
  };
  const isReadable = isUsable(readSecret);
  const sources = readObjects(used.sources)
    .flatMap((each) => listCurrentSources(each, current))
    .filter((each) =>
      [each.authorization_file, each.push_authorization_file].every(isAbsentOr(isReadable)),
    );
  const webhooks = readObjects(used.webhooks)
    .flatMap((each) => listCurrentWebhooks(each, current))
    .map((each) => withFiles(each, 'secret_files', isUsable(readWebhookKey)))
    .filter((each) => toList(each.secret_files).length > 0);
  const transmitter = listCurrentTransmitters(used, current, isReadable);
  const { allow_addresses: allowed } = current;
  const { allow_addresses: _, ...rest } = used;
  return JSON.stringify({
    ...rest,
    sources,
    webhooks,
    transmitter,
    ...(allowed === undefined ? {} : { allow_addresses: allowed }),
  });
}

/** A source is the same one if its tokens have the same issuer. */
function listCurrentSources({ name, issuer }: Members, { sources }: Members): readonly Members[] {
  return readObjects(sources).filter((each) => each.name === name && each.issuer === issuer);
}

function listCurrentWebhooks({ name, event }: Members, { webhooks }: Members): readonly Members[] {
  const matchingObjects = readObjects(webhooks).filter((each) => each.name === name);
  return matchingObjects.map((each) => ({ ...each, event }));
}

function listCurrentTransmitters(
  { transmitter: used }: Members,
  { transmitter: current }: Members,
  isReadable: (name: unknown) => boolean,
): Members | undefined {
  if (!isMembers(used) || !isMembers(current)) return undefined;
  const found = withFiles({ ...used, key_files: current.key_files }, 'key_files', isReadable);
  return toList(found.key_files).length > 0 ? found : undefined;
}

function withFiles(owner: Members, member: string, isRead: (name: unknown) => boolean): Members {
  return { ...owner, [member]: toList(owner[member]).filter(isRead) };
}

function isAbsentOr(is: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => value === undefined || is(value);
}

function parseObject(text: string): Members | undefined {
  try {
    const found: unknown = JSON.parse(text);
    return isMembers(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function readObjects(value: unknown): readonly Members[] {
  return toList(value).filter(isMembers);
}
