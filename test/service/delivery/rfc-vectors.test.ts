// Tokens, signatures and subject identifiers that the standards print: what a receiver must accept is read as printed, and
// what it must refuse is refused with its reason.

import { anyDestination, readSubject, tokenAlgorithms } from '@nhipol/service';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { SetError } from '../../../service/signals/sets/security-event.ts';
import { setVerifier, type VerifiedSet } from '../../../service/signals/sets/verify-set.ts';
import { listIdentifierKeys } from '../../../service/signals/subjects/identifier.ts';
import {
  type ClaimsVector,
  draftClaims,
  identifiers,
  pushed,
  type SignatureVector,
  signatures,
  unsecured,
  withoutSubject,
  withSubject,
} from './rfc-vectors.ts';

type Keys = Awaited<ReturnType<typeof generateKeyPair>>;
let own: Keys;
beforeAll(async () => {
  own = await generateKeyPair('ES256');
});

const now = Date.parse('2026-03-03T10:00:00Z');

async function trusting(
  { iss, aud }: { readonly iss: string; readonly aud?: string | readonly string[] | undefined },
  key?: SignatureVector['key'],
  members: readonly string[] = ['session', 'user', 'tenant'],
) {
  return setVerifier({
    issuer: iss,
    audience: aud ?? [],
    algorithms: [...tokenAlgorithms],
    keys: { keys: [key ?? (await exportJWK(own.publicKey))] as never },
    destinations: () => anyDestination,
    members: new Set(members),
    criticalMembers: ['session'],
    now: () => now,
  });
}

async function refusal(verified: Promise<VerifiedSet>): Promise<string> {
  const error = await verified.then(
    () => 'accepted',
    (reason) => reason,
  );
  return error instanceof SetError ? `${error.code}: ${error.message}` : String(error);
}

/** The claims of a vector in a token of ours: the standards print most of them without a signature. */
async function verify(claims: ClaimsVector['claims'], header: object = {}): Promise<VerifiedSet> {
  const token = await new SignJWT(claims as unknown as JWTPayload)
    .setProtectedHeader({ alg: 'ES256', typ: 'secevent+jwt', ...header })
    .sign(own.privateKey);
  return (await trusting(claims))(token);
}

describe.each(signatures)('the signature of $section', ({ key, input, signature }) => {
  const trust = { iss: 'joe', aud: 'any' };

  test('is verified, and then the token is refused because of what it is', async () => {
    const verifier = await trusting(trust, key);
    expect(await refusal(verifier(`${input}.${signature}`))).toMatch(/^invalid_request: /);
  });

  test('is refused with another key, or after a change of any part', async () => {
    const verifier = await trusting(trust, key);
    const [header = '', payload = ''] = input.split('.');
    const changed = [
      `${header}.${flipCharacter(payload)}.${signature}`,
      `${header}.${payload}.${flipCharacter(signature)}`,
    ];
    for (const each of changed) {
      expect(await refusal(verifier(each))).toBe('invalid_key: signature verification failed');
    }
    for (const { key: other, algorithm } of signatures.filter((each) => each.key !== key)) {
      const found = await refusal((await trusting(trust, other))(`${input}.${signature}`));
      expect([algorithm, found]).toEqual([algorithm, expect.stringMatching(/^invalid_key: /)]);
    }
  });
});

/** The text with its tenth character changed, which is not one of those that padding shares. */
function flipCharacter(text: string): string {
  return `${text.slice(0, 10)}${text[10] === 'A' ? 'B' : 'A'}${text.slice(11)}`;
}

describe('a token without a signature that counts', () => {
  test('is refused: the algorithm none of RFC 8417, section 2.4', async () => {
    const { iss, aud } = withoutSubject[0]?.claims ?? expect.fail('no vector');
    const verifier = await trusting({ iss, aud });
    expect(await refusal(verifier(unsecured))).toBe(
      'invalid_key: "alg" (Algorithm) Header Parameter value not allowed',
    );
  });

  test('is refused: HMAC with a shared key of RFC 8935, section 2.1', async () => {
    const { iss, aud } = withoutSubject[1]?.claims ?? expect.fail('no vector');
    const verifier = await trusting({ iss, aud });
    expect(await refusal(verifier(pushed))).toBe(
      'invalid_key: "alg" (Algorithm) Header Parameter value not allowed',
    );
  });
});

test('the claims of the printed tokens are those of the figures', () => {
  const [created, disabled] = withoutSubject;
  expect([decodePayload(unsecured), decodePayload(pushed)]).toEqual([
    created?.claims,
    disabled?.claims,
  ]);
});

function decodePayload(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

test.each(withoutSubject)(
  '$section: refused without an identifier of RFC 9493',
  async ({ claims }) => {
    expect(await refusal(verify(claims))).toMatch(/^invalid_request: sub_id: /);
  },
);

test.each(withSubject)('$section: read as printed', async ({ claims }) => {
  const { issuer, jti, events } = await verify(claims);
  const [[type, given]] = Object.entries(claims.events) as [[string, Record<string, unknown>]];
  expect([issuer, jti, events.length]).toEqual([claims.iss, claims.jti, 1]);
  expect(events[0]).toEqual({
    issuer,
    jti,
    txn: claims.txn,
    type,
    claims: given,
    subject: claims.sub_id ?? given.subject,
    time: Number(given.event_timestamp ?? claims.iat) * 1_000,
  });
});

test.each(withSubject)(
  '$section: refused with another type, issuer or audience',
  async ({ claims }) => {
    expect(await refusal(verify(claims, { typ: 'JWT' }))).toMatch(/^invalid_request: .*"typ"/);
    const token = async (changed: object) =>
      new SignJWT({ ...claims, ...changed } as unknown as JWTPayload)
        .setProtectedHeader({ alg: 'ES256', typ: 'secevent+jwt' })
        .sign(own.privateKey);
    const verifier = await trusting(claims);
    expect(await refusal(verifier(await token({ iss: 'https://other.example/' })))).toMatch(
      /^invalid_issuer: /,
    );
    expect(await refusal(verifier(await token({ aud: 'https://other.example/' })))).toMatch(
      /^invalid_audience: /,
    );
  },
);

test('an event about a critical member that cannot be compared is refused', async () => {
  const claims = withSubject[1]?.claims ?? expect.fail('no vector');
  const token = await new SignJWT(claims as unknown as JWTPayload)
    .setProtectedHeader({ alg: 'ES256', typ: 'secevent+jwt' })
    .sign(own.privateKey);
  const verifier = await trusting(claims, undefined, ['user', 'tenant']);
  expect(await refusal(verifier(token))).toBe(
    'invalid_request: sub_id.session: this critical member is not supported',
  );
});

test('CAEP 1.0, draft 03: a number as txn is refused, and milliseconds count as now', async () => {
  expect(await refusal(verify(draftClaims))).toBe('invalid_request: txn: expected a string');
  const { txn: _, ...rest } = draftClaims;
  expect((await verify(rest)).events[0]?.time).toBe(now);
});

describe('RFC 9493', () => {
  test.each(identifiers)('$section: $identifier is found by its keys', ({ identifier }) => {
    const subject = readSubject(identifier);
    expect(subject).toEqual({ kind: 'simple', keys: listIdentifierKeys(identifier) });
    expect(new Set(listIdentifierKeys(identifier)).size).toBe(
      listIdentifierKeys(identifier).length,
    );
  });

  test('identifiers of different sections are different', () => {
    const simple = identifiers.filter(({ identifier }) => identifier.format !== 'aliases');
    const keys = simple.flatMap(({ identifier }) => listIdentifierKeys(identifier));
    expect(new Set(keys).size).toBe(simple.length);
  });

  test.each(identifiers)('$section: $identifier is refused without a value', ({ identifier }) => {
    for (const name of Object.keys(identifier).filter((each) => each !== 'format')) {
      for (const value of [undefined, null, '', [], 7]) {
        expect(() => readSubject({ ...identifier, [name]: value })).toThrow(`sub_id.${name}`);
      }
    }
  });

  test('section 3.2.8: aliases are not nested, and each alias identifies', () => {
    const { identifier } = identifiers.at(-1) ?? expect.fail('no vector');
    expect(() => readSubject({ format: 'aliases', identifiers: [identifier] })).toThrow(
      'an alias cannot be aliases',
    );
    expect(listIdentifierKeys(identifier)).toEqual([
      ...listIdentifierKeys({ format: 'email', email: 'user@example.com' }),
      ...listIdentifierKeys({ format: 'phone_number', phone_number: '+12065550100' }),
      ...listIdentifierKeys({ format: 'email', email: 'user+qualifier@example.com' }),
    ]);
  });
});
