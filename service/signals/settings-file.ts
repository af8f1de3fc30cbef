// Reads the file with the settings of signals. Secrets are in files of their own, next to it. Throws a `SettingsError` with
// the place of the first mistake.

import { createPrivateKey } from 'node:crypto';
import { resolve } from 'node:path';
import type { JSONWebKeySet } from 'jose';
import { readAlgorithms } from '../access/access-file.ts';
import { isMembers, type Members } from '../json/members.ts';
import {
  expectOnly,
  parseSettings,
  readListSetting,
  readObjectSetting,
  readOptional,
  readPositiveSetting,
  readTextSetting,
  readUrlSetting,
  readWordSetting,
  SettingsError,
} from '../json/settings.ts';
import {
  createPublicDestinations,
  type Destinations,
  readNetwork,
} from '../support/destinations.ts';
import { formatErrorMessage } from '../support/message-of.ts';
import { readCalledUrl } from '../tokens/called-url.ts';
import type { EventRule, EventRules } from './receive/event-rules.ts';
import { readSecret, readWebhookKey } from './secret-files.ts';
import type { SignalSettings, SourceSettings, TransmitterSettings } from './settings.ts';
import { expectExpressions, readTemplate } from './settings-templates.ts';
import type { SubjectMapping } from './subjects/session-identifiers.ts';
import {
  type SignatureSettings,
  standardSignature,
  type WebhookSettings,
} from './webhooks/webhook.ts';

const day = 86_400_000;
const defaultRetention = 30 * day;
/** The variables of expressions, by what they are about. */
const ofSession = ['session'] as const;
const ofEvent = ['event', 'set', 'session'] as const;
const ofWebhook = ['body', 'headers'] as const;
const effects = ['narrow', 'challenge', 'deny'] as const;

/** `folder`: that of the file, which other files are relative to. */
export function readSignalSettings(text: string, folder: string): SignalSettings {
  const given = parseSettings(text);
  expectOnly(
    given,
    [
      'subjects',
      'events',
      'retention_days',
      'sources',
      'webhooks',
      'transmitter',
      'allow_addresses',
    ],
    '$',
  );
  const allowed = readListSetting(
    given.allow_addresses ?? [],
    '$.allow_addresses',
    readNetworkSetting,
  );
  const common = { folder, destinations: createPublicDestinations(allowed) };
  const source = (value: unknown, path: string) => readSource(value, path, common);
  const webhook = (value: unknown, path: string) => readWebhook(value, path, folder);
  const settings = {
    allowed,
    subjects: readOptional(given.subjects, undefined, readSubjects),
    events: readOptional(given.events, {}, readEvents),
    retention: readOptional(
      given.retention_days,
      defaultRetention,
      (value) => readPositiveSetting(value, '$.retention_days') * day,
    ),
    sources: readListSetting(given.sources ?? [], '$.sources', source),
    webhooks: readListSetting(given.webhooks ?? [], '$.webhooks', webhook),
    transmitter: readOptional(given.transmitter, undefined, (value) =>
      readTransmitter(value, common),
    ),
  };
  expectDistinct([...settings.sources, ...settings.webhooks]);
  return settings;
}

/**
 * The files with secrets that settings name, also if the settings are not valid otherwise: after a change of one of them the
 * settings may be others, or valid.
 */
export function listSecretFiles(text: string, folder: string): readonly string[] {
  let given: unknown;
  // Only names files to watch; the settings themselves are read strictly.
  try {
    given = JSON.parse(text);
  } catch {
    return [];
  }
  if (!isMembers(given)) return [];
  const { sources, webhooks, transmitter } = given;
  const owners = [sources, webhooks, transmitter].flat().filter(isMembers);
  const named = owners.flatMap((owner) => secretMembers.flatMap((name) => owner[name]));
  return named
    .filter((name) => typeof name === 'string')
    .map((name) => resolve(folder, name as string));
}

const secretMembers = [
  'authorization_file',
  'push_authorization_file',
  'secret_files',
  'key_files',
];

/** The settings that sources and the transmitter have in common. */
interface Common {
  readonly folder: string;
  readonly destinations: Destinations;
}

function readNetworkSetting(value: unknown, path: string): string {
  const text = readTextSetting(value, path);
  try {
    readNetwork(text);
  } catch (error) {
    throw new SettingsError(`${path}: ${formatErrorMessage(error)}`);
  }
  return text;
}

function expectDistinct(named: readonly { readonly name: string }[]): void {
  const names = named.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new SettingsError(`$: the name ${twice} occurs twice`);
}

function readSubjects(value: unknown): SubjectMapping {
  const path = '$.subjects';
  return Object.fromEntries(
    Object.entries(readObjectSetting(value, path)).map(([member, each]) => {
      const list = Array.isArray(each) ? each : [each];
      const read = (item: unknown, place: string) => readTemplate(item, place, ofSession);
      return [member, readListSetting(list, `${path}.${member}`, read)];
    }),
  );
}

function readEvents(value: unknown): EventRules {
  const rules = Object.entries(readObjectSetting(value, '$.events')).map(([name, each]) => {
    return [name, each === null ? null : readRule(each, `$.events.${name}`)] as const;
  });
  return Object.fromEntries(rules);
}

function readRule(value: unknown, path: string): EventRule {
  const given = readObjectSetting(value, path);
  expectOnly(given, ['signal', 'payload', 'facts', 'sessions'], path);
  const { signal, payload, facts, sessions } = given;
  return {
    ...(signal === undefined
      ? {}
      : { signal: signal === null ? null : readTextSetting(signal, `${path}.signal`) }),
    ...(payload === undefined
      ? {}
      : { payload: readTemplate(payload, `${path}.payload`, ofEvent) }),
    ...(facts === undefined
      ? {}
      : { facts: facts === null ? null : readTemplate(facts, `${path}.facts`, ofEvent) }),
    ...(sessions === undefined
      ? {}
      : { sessions: readWordSetting(sessions, `${path}.sessions`, ['open', 'all']) }),
  };
}

/** A name is a part of paths and of the labels of metrics. */
function readName(value: unknown, path: string): string {
  const name = readTextSetting(value, path);
  if (/^[\w.-]{1,64}$/.test(name)) return name;
  throw new SettingsError(`${path}: expected up to 64 letters, digits, dots and hyphens`);
}

function readSecretSetting(
  given: Members,
  name: string,
  path: string,
  folder: string,
): string | undefined {
  return readOptional(given[name], undefined, (value) =>
    readSecret(readTextSetting(value, `${path}.${name}`), `${path}.${name}`, folder),
  );
}

function readSource(
  value: unknown,
  path: string,
  { folder, destinations }: Common,
): SourceSettings {
  const given = readObjectSetting(value, path);
  expectOnly(
    given,
    [
      'name',
      'issuer',
      'audience',
      'jwks',
      'algorithms',
      'delivery',
      'events',
      'manage',
      'authorization_file',
      'push_authorization_file',
      'push_url',
      'poll_url',
      'poll_seconds',
      'verify_minutes',
    ],
    path,
  );
  const isManaged = given.manage !== false;
  const { audience = isManaged ? [] : undefined } = given;
  const pollUrl = readOptional(given.poll_url, undefined, (each) =>
    readCalledUrl(each, `${path}.poll_url`),
  );
  const delivery = readWordSetting(given.delivery, `${path}.delivery`, ['push', 'poll']);
  if (!isManaged && delivery === 'poll' && pollUrl === undefined) {
    throw new SettingsError(`${path}.poll_url: expected a URL, because \`manage\` is false`);
  }
  return {
    name: readName(given.name, `${path}.name`),
    issuer: readTextSetting(given.issuer, `${path}.issuer`),
    audience: readListSetting(
      Array.isArray(audience) ? audience : [audience],
      `${path}.audience`,
      readTextSetting,
    ),
    keys: readOptional(given.jwks, undefined, (each) => readKeys(each, `${path}.jwks`)),
    algorithms: readAlgorithms(given.algorithms, `${path}.algorithms`),
    delivery,
    isManaged,
    pollUrl,
    destinations,
    events: readOptional(given.events, undefined, (each) =>
      readListSetting(each, `${path}.events`, readTextSetting),
    ),
    authorization: readSecretSetting(given, 'authorization_file', path, folder),
    pushAuthorization: readSecretSetting(given, 'push_authorization_file', path, folder),
    pushUrl: readOptional(given.push_url, undefined, (each) =>
      readUrlSetting(each, `${path}.push_url`),
    ),
    pollInterval: readOptional(
      given.poll_seconds,
      undefined,
      (each) => readPositiveSetting(each, `${path}.poll_seconds`) * 1000,
    ),
    verifyInterval:
      readOptional(given.verify_minutes, 60, (each) =>
        readPositiveSetting(each, `${path}.verify_minutes`),
      ) * 60_000,
  };
}

function readKeys(value: unknown, path: string): URL | JSONWebKeySet {
  if (typeof value === 'string') return readCalledUrl(value, path);
  const { keys } = readObjectSetting(value, path);
  return {
    keys: readListSetting(keys, `${path}.keys`, readObjectSetting) as JSONWebKeySet['keys'],
  };
}

function readWebhook(value: unknown, path: string, folder: string): WebhookSettings {
  const given = readObjectSetting(value, path);
  expectOnly(given, ['name', 'secret_files', 'signature', 'tolerance_seconds', 'event'], path);
  const secret = (each: unknown, place: string) =>
    readWebhookKey(readTextSetting(each, place), place, folder);
  const secrets = readListSetting(given.secret_files, `${path}.secret_files`, secret);
  if (secrets.length === 0) throw new SettingsError(`${path}.secret_files: expected a file`);
  const event = readObjectSetting(given.event, `${path}.event`);
  expectOnly(event, ['type', 'subject', 'claims', 'time'], `${path}.event`);
  expectExpressions(event, `${path}.event`, ofWebhook);
  return {
    name: readName(given.name, `${path}.name`),
    secrets,
    signature: readOptional(given.signature, standardSignature, (each) =>
      readSignature(each, `${path}.signature`),
    ),
    tolerance:
      readOptional(given.tolerance_seconds, 300, (each) =>
        readPositiveSetting(each, `${path}.tolerance_seconds`),
      ) * 1_000,
    event: {
      type: readTextSetting(event.type, `${path}.event.type`),
      subject: readObjectSetting(event.subject, `${path}.event.subject`),
      ...(event.claims === undefined ? {} : { claims: event.claims }),
      ...(event.time === undefined
        ? {}
        : { time: readTextSetting(event.time, `${path}.event.time`) }),
    },
  };
}

function readSignature(value: unknown, path: string): SignatureSettings {
  const given = readObjectSetting(value, path);
  expectOnly(
    given,
    ['header', 'prefix', 'encoding', 'timestamp_header', 'id_header', 'content'],
    path,
  );
  const header = (each: unknown, name: string) =>
    readTextSetting(each, `${path}.${name}`).toLowerCase();
  const timestampHeader = readOptional(given.timestamp_header, undefined, (each) =>
    header(each, 'timestamp_header'),
  );
  const content = readTextSetting(given.content, `${path}.content`);
  if (!content.includes('{body}')) throw new SettingsError(`${path}.content: lacks {body}`);
  if (timestampHeader !== undefined && !content.includes('{timestamp}')) {
    throw new SettingsError(`${path}.content: lacks {timestamp}, so that nothing proves it`);
  }
  const idHeader = readOptional(given.id_header, undefined, (each) => header(each, 'id_header'));
  if (idHeader !== undefined && !content.includes('{id}')) {
    throw new SettingsError(`${path}.content: lacks {id}, so that nothing proves it`);
  }
  return {
    header: header(given.header, 'header'),
    prefix: readOptional(given.prefix, '', (each) => readTextSetting(each, `${path}.prefix`)),
    encoding: readWordSetting(given.encoding ?? 'hex', `${path}.encoding`, ['hex', 'base64']),
    timestampHeader,
    idHeader,
    content,
  };
}

/** An issuer is compared as a string. */
function readIssuer(value: unknown, path: string): string {
  readUrlSetting(value, path);
  return readTextSetting(value, path);
}

function readTransmitter(value: unknown, { folder, destinations }: Common): TransmitterSettings {
  const path = '$.transmitter';
  const given = readObjectSetting(value, path);
  expectOnly(
    given,
    [
      'issuer',
      'key_files',
      'effects',
      'language',
      'subject',
      'default_subjects',
      'min_verification_seconds',
      'max_backlog',
    ],
    path,
  );
  const names = readListSetting(given.key_files, `${path}.key_files`, readTextSetting);
  const keys = names.map((name, index) => readSecret(name, `${path}.key_files[${index}]`, folder));
  if (keys.length === 0) throw new SettingsError(`${path}.key_files: expected a file`);
  const settings = {
    issuer: readOptional(given.issuer, undefined, (each) => readIssuer(each, `${path}.issuer`)),
    keys,
    destinations,
    effects: readListSetting(given.effects ?? [], `${path}.effects`, (each, place) =>
      readWordSetting(each, place, effects),
    ),
    language: readOptional(given.language, 'en', (each) =>
      readTextSetting(each, `${path}.language`),
    ),
    subject: readOptional(given.subject, undefined, (each) =>
      readTemplate(each, `${path}.subject`, ofSession),
    ),
    defaultSubjects: readWordSetting(given.default_subjects ?? 'ALL', `${path}.default_subjects`, [
      'ALL',
      'NONE',
    ]),
    minVerificationInterval: readOptional(given.min_verification_seconds, 0, (each) =>
      readPositiveSetting(each, `${path}.min_verification_seconds`),
    ),
    maxBacklog: readOptional(given.max_backlog, 100_000, (each) =>
      readPositiveSetting(each, `${path}.max_backlog`),
    ),
  };
  for (const [index, pem] of keys.entries()) {
    expectPrivateKey(pem, `${path}.key_files[${index}]: ${names[index]}`);
  }
  return settings;
}

/** Its algorithm is examined when it is used. `place`: for errors. */
function expectPrivateKey(pem: string, place: string): void {
  try {
    createPrivateKey(pem);
  } catch {
    throw new SettingsError(`${place} contains no private key in PEM`);
  }
}
