// Subject identifiers: the examples of RFC 9493 and SSF 1.0, what is not one, and which sessions a subject means.

import type { Members } from '@nhipol/service';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listIdentifierKeys, SubjectError } from '../../../service/signals/subjects/identifier.ts';
import { createSessionIdentifiers } from '../../../service/signals/subjects/session-identifiers.ts';
import { matchesSubject, readSubject } from '../../../service/signals/subjects/subject.ts';
import { SubjectIndex } from '../../../service/signals/subjects/subject-index.ts';

describe('an identifier', () => {
  test.for<readonly [Members, readonly string[]]>([
    [
      { format: 'account', uri: 'acct:example.user@service.example.com' },
      ['account acct:example.user@service.example.com'],
    ],
    [{ format: 'email', email: 'User@example.com' }, ['email user@example.com']],
    [
      { format: 'iss_sub', iss: 'https://issuer.example.com/', sub: '145234573' },
      ['iss_sub ["https://issuer.example.com/","145234573"]'],
    ],
    [{ format: 'opaque', id: '11112222333344445555' }, ['opaque 11112222333344445555']],
    [{ format: 'phone_number', phone_number: '+12065550100' }, ['phone_number +12065550100']],
    [{ format: 'did', url: 'did:example:123456' }, ['did did:example:123456']],
    [
      { format: 'uri', uri: 'urn:uuid:4e851e98-83c4-4743-a5da-150ecb53042f' },
      ['uri urn:uuid:4e851e98-83c4-4743-a5da-150ecb53042f'],
    ],
    [
      {
        format: 'jwt_id',
        iss: 'https://idp.example.com/123456789/',
        jti: 'B70BA622-9515-4353-A866-823539EECBC8',
      },
      ['jwt_id ["https://idp.example.com/123456789/","B70BA622-9515-4353-A866-823539EECBC8"]'],
    ],
    [
      {
        format: 'saml_assertion_id',
        issuer: 'https://idp.example.com/1/',
        assertion_id: '_8e8dc5f',
      },
      ['saml_assertion_id ["https://idp.example.com/1/","_8e8dc5f"]'],
    ],
    [
      { format: 'ip-addresses', 'ip-addresses': ['10.29.37.75', '2001:DB8::'] },
      ['ip 10.29.37.75', 'ip 2001:db8::'],
    ],
    [
      {
        format: 'aliases',
        identifiers: [
          { format: 'email', email: 'user@example.com' },
          { format: 'phone_number', phone_number: '+12065550100' },
        ],
      },
      ['email user@example.com', 'phone_number +12065550100'],
    ],
  ])('%j is found by its values', ([identifier, keys]) => {
    expect(listIdentifierKeys(identifier)).toEqual(keys);
  });

  test.for<readonly [unknown]>([
    [{}],
    [{ format: 'opaque' }],
    [{ format: 'opaque', id: '' }],
    [{ format: 'opaque', id: 1 }],
    [{ format: 'opaque', id: 'x'.repeat(4_097) }],
    [{ format: 'toString', id: 'x' }],
    [{ format: 'iss_sub', iss: 'x' }],
    [{ format: 'aliases', identifiers: [] }],
    [
      {
        format: 'aliases',
        identifiers: [{ format: 'aliases', identifiers: [{ format: 'opaque', id: 'x' }] }],
      },
    ],
    [{ format: 'complex' }],
    [{ format: 'complex', user: { format: 'complex', user: { format: 'opaque', id: 'x' } } }],
    [{ format: 'complex', user: 'x' }],
    ['x'],
    [null],
  ])('%j is not valid', ([identifier]) => {
    expect(() => readSubject(identifier)).toThrow(SubjectError);
  });

  test('has other keys than every other identifier', () => {
    const parts = fc.tuple(
      fc.constantFrom('iss_sub', 'jwt_id'),
      fc.string({ minLength: 1 }),
      fc.string({ minLength: 1 }),
    );
    const toKey = ([format, iss, second]: readonly [string, string, string]) =>
      listIdentifierKeys({ format, iss, [format === 'iss_sub' ? 'sub' : 'jti']: second })[0];
    fc.assert(
      fc.property(parts, parts, (one, two) => {
        expect(toKey(one) === toKey(two)).toBe(JSON.stringify(one) === JSON.stringify(two));
      }),
    );
  });
});

const opaque = (id: string) => ({ format: 'opaque', id });

describe('a subject means', () => {
  const identifiers = createSessionIdentifiers({
    any: opaque('$session.subject.id'),
    user: { format: 'email', email: '$session.subject.properties.owner' },
    device: [opaque('$session.context.device'), opaque('$session.context.old_device')],
    session: opaque('$session.id'),
    tenant: opaque('$session.context.tenant'),
  });
  const index = new SubjectIndex();
  const add = (id: string, subject: string, owner: string | undefined, context: object) => {
    const properties = owner === undefined ? {} : { owner };
    index.set(
      id,
      identifiers.keys(id, { subject: { type: 'a', id: subject, properties }, context }),
    );
  };
  add('s1', 'a-1', 'ann@x.example', { tenant: 'x', device: 'd1', old_device: 'd0' });
  add('s2', 'a-1', 'ben@x.example', { tenant: 'x' });
  add('s3', 'a-2', undefined, { tenant: 'y', device: 'd1' });
  add('s4', 'a-2', undefined, {});

  test.for<readonly [Members, readonly string[]]>([
    [opaque('a-1'), ['s1', 's2']],
    [opaque('s3'), ['s3']],
    [opaque('d0'), ['s1']],
    [opaque('x'), ['s1', 's2']],
    [opaque('none'), []],
    [{ format: 'email', email: 'Ann@X.example' }, ['s1']],
    [
      { format: 'aliases', identifiers: [opaque('none'), opaque('s4'), opaque('a-1')] },
      ['s1', 's2', 's4'],
    ],
    [{ format: 'complex', application: opaque('a-1') }, ['s1', 's2']],
    [
      {
        format: 'complex',
        application: opaque('a-1'),
        user: { format: 'email', email: 'ann@x.example' },
      },
      ['s1'],
    ],
    // An unknown member of a session contradicts nothing.
    [{ format: 'complex', application: opaque('a-2'), tenant: opaque('y') }, ['s3', 's4']],
    [{ format: 'complex', device: opaque('d1'), tenant: opaque('y') }, ['s3']],
    // A tenant alone means all of its sessions, and with another member none but those of that member.
    [{ format: 'complex', tenant: opaque('x') }, ['s1', 's2']],
    [{ format: 'complex', device: opaque('d9'), tenant: opaque('x') }, []],
    [{ format: 'complex', planet: opaque('mars'), session: opaque('s1') }, ['s1']],
    [{ format: 'complex', planet: opaque('mars') }, []],
  ])('%j', ([subject, ids]) => {
    expect([...index.find(readSubject(subject))].sort()).toEqual(ids);
  });

  test('no session that was removed, and a changed one by its new identifiers', () => {
    const changing = new SubjectIndex();
    changing.set('s1', ['any', 'opaque a']);
    changing.set('s2', ['any', 'opaque a']);
    changing.set('s1', ['any', 'opaque b']);
    expect([...changing.find(readSubject(opaque('a')))]).toEqual(['s2']);
    changing.delete('s2');
    expect([...changing.find(readSubject(opaque('a')))]).toEqual([]);
    expect([...changing.find(readSubject(opaque('b')))]).toEqual(['s1']);
    expect(changing.size).toBe(1);
  });
});

test('without a mapping, the subject and the session are identified', () => {
  const { keys } = createSessionIdentifiers(undefined);
  const of = (id: string) => keys('s1', { subject: { type: 'a', id } });
  expect(of('a-1')).toEqual(['any', 'opaque a-1', 'session', 'opaque s1']);
  expect(of('spiffe://x.example/a')).toContain('uri spiffe://x.example/a');
  expect(of('Bot@x.example')).toContain('email bot@x.example');
});

// SSF 1.0, section 8.1.3.1.
test.for<readonly [Members, Members, boolean]>([
  [opaque('a'), opaque('a'), true],
  [opaque('a'), opaque('b'), false],
  [
    { format: 'complex', user: opaque('a') },
    { format: 'complex', user: opaque('a'), device: opaque('d') },
    true,
  ],
  [
    { format: 'complex', user: opaque('a'), device: opaque('d') },
    { format: 'complex', user: opaque('a') },
    true,
  ],
  [{ format: 'complex', user: opaque('a') }, { format: 'complex', user: opaque('b') }, false],
  [opaque('a'), { format: 'complex', user: opaque('a') }, true],
])('a stream with %j has events about %j: %s', ([wanted, actual, expected]) => {
  expect(matchesSubject(readSubject(wanted), readSubject(actual))).toBe(expected);
});
