// Checkpoints of a log: its id, the number and digest of a line, and when they were noted, signed with a key that the
// program which writes the log cannot read. A chain that was computed again, or that lost its end, does not have the line of its
// checkpoints. Each is an envelope of DSSE 1.0 (github.com/secure-systems-lab/dsse) on a line of JSON.

import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { isMembers } from '../json/members.ts';
import { parseUntrusted } from '../json/parse-untrusted.ts';
import { isDigest } from './chain.ts';
import type { LogEnd } from './next-line.ts';

const checkpointType = 'application/vnd.nhipol.log-checkpoint+json';
const checkpointFormat = 'nhipol-checkpoint/1';

export interface Checkpoint extends LogEnd {
  /** When it was signed, in milliseconds since the epoch. */
  readonly time: number;
}

/** Whether checkpoints can be signed with a key: Ed25519, or ECDSA with P-256. */
export function isCheckpointKey(key: KeyObject): boolean {
  const { asymmetricKeyType, asymmetricKeyDetails } = key;
  if (asymmetricKeyType === 'ed25519') return true;
  return asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1';
}

/** The envelope, without a line feed. */
export function signCheckpoint({ log, number, last, time }: Checkpoint, key: KeyObject): string {
  const at = new Date(time).toISOString();
  const payload = Buffer.from(
    JSON.stringify({ format: checkpointFormat, log, number, last, time: at }),
  );
  const signature = sign(selectAlgorithm(key), encodePreAuthentication(payload), key);
  return JSON.stringify({
    payloadType: checkpointType,
    payload: payload.toString('base64'),
    signatures: [{ keyid: computeKeyId(createPublicKey(key)), sig: signature.toString('base64') }],
  });
}

/** The checkpoint of an envelope; a text with the reason if it is not one, or not signed with the key. */
export function readCheckpoint(line: string, key: KeyObject): Checkpoint | string {
  const envelope = parseUntrusted(line);
  if (!isMembers(envelope) || envelope.payloadType !== checkpointType) {
    return 'this is not a checkpoint of a log';
  }
  const { payload: encoded, signatures } = envelope;
  if (typeof encoded !== 'string' || !Array.isArray(signatures)) {
    return 'this is not a checkpoint of a log';
  }
  const payload = Buffer.from(encoded, 'base64');
  const isSigned = signatures.some(
    (signature) =>
      typeof signature?.sig === 'string' &&
      verify(
        selectAlgorithm(key),
        encodePreAuthentication(payload),
        key,
        Buffer.from(signature.sig, 'base64'),
      ),
  );
  if (!isSigned) return 'this checkpoint is not signed with the key';
  return parseCheckpoint(payload.toString('utf8')) ?? 'this is not a checkpoint of a log';
}

function parseCheckpoint(text: string): Checkpoint | undefined {
  const members = parseUntrusted(text);
  if (!isMembers(members)) return undefined;
  const { format, log, number, last, time } = members;
  if (format !== checkpointFormat || typeof log !== 'string') return undefined;
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 1) return undefined;
  if (typeof last !== 'string' || !isDigest(last)) return undefined;
  if (typeof time !== 'string' || Number.isNaN(Date.parse(time))) return undefined;
  return { log, number, last, time: Date.parse(time) };
}

/** The bytes that are signed (DSSE, "PAE"). */
function encodePreAuthentication(payload: Uint8Array): Uint8Array {
  const { length } = Buffer.from(checkpointType);
  const before = `DSSEv1 ${length} ${checkpointType} ${payload.length} `;
  return Buffer.concat([Buffer.from(before), payload]);
}

/** Ed25519 has its own hash. */
function selectAlgorithm({ asymmetricKeyType }: KeyObject): string | null {
  return asymmetricKeyType === 'ed25519' ? null : 'sha256';
}

function computeKeyId(key: KeyObject): string {
  const bytes = key.export({ type: 'spki', format: 'der' });
  return `sha-256:${createHash('sha256').update(bytes).digest('hex')}`;
}
