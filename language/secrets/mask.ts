// Masks the values of secret members. Equal values have equal masks within one run, so that they can be
// correlated. The key is random and never stored, so that a likely value cannot be confirmed by masking it.

import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, randomBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { type Json, writeJson } from '../request/json.ts';

/** Returns what is shown instead of a value. */
export type Mask = (value: Json) => string;

const keyBytes = 32;
/** The number of hexadecimal digits: 48 bits, enough to distinguish the values of a report. */
const maskDigits = 12;

const maskForm = /^secret:[0-9a-f]{12}$/;

/** `secret:` and the first digits of HMAC-SHA-256 (RFC 2104) of the value as JSON. The mask of a mask is itself. */
export function createMask(key: Uint8Array): Mask {
  return (value) => {
    if (value.kind === 'string' && maskForm.test(value.value)) return value.value;
    const digest = hmac(sha256, key, utf8ToBytes(writeJson(canonicalize(value))));
    return `secret:${bytesToHex(digest).slice(0, maskDigits)}`;
  };
}

let maskOfRun: Mask | undefined;

/** The mask of this process. Its key is drawn when it is first used. */
export const defaultMask: Mask = (value) => {
  maskOfRun ??= createMask(randomBytes(keyBytes));
  return maskOfRun(value);
};

/** The members of objects in order of their names, and equal numbers in one spelling. */
function canonicalize(json: Json): Json {
  switch (json.kind) {
    case 'object': {
      const members = json.members.map((member) => ({
        ...member,
        value: canonicalize(member.value),
      }));
      return { ...json, members: members.sort((a, b) => (a.name < b.name ? -1 : 1)) };
    }
    case 'array':
      return { ...json, elements: json.elements.map(canonicalize) };
    case 'number':
      return { ...json, text: normalizeSpelling(json.text) };
    default:
      return json;
  }
}

/** Integers that are not exact in JavaScript keep their digits. */
function normalizeSpelling(text: string): string {
  const value = Number(text);
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))
    ? String(value)
    : text;
}
