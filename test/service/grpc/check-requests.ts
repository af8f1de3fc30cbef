// Requests that Envoy checks, for tests: most are plausible, and each part may be hostile. A member is never named `constructor`:
// the library of expressions of the service refuses objects with it.

import * as fc from 'fast-check';
import { createMetadata, type Json } from './grpc-harness.ts';

interface Given {
  readonly method: unknown;
  readonly path: string;
  readonly headers: Json;
  readonly header_map: readonly object[] | undefined;
  readonly http: Json;
  readonly time: object | undefined;
  readonly source: object;
  readonly claims: Json | undefined;
  readonly mcp: Json | undefined;
  readonly extensions: Json | undefined;
  readonly sni: string | undefined;
  readonly isEmpty: boolean;
}

const hostileText = fc.oneof(
  fc.constantFrom(
    '',
    'a',
    'write read',
    'İ',
    'ΑΣ',
    'ſ',
    '"\\\n\u0001',
    '\u2028',
    '\u{1f600}',
    '__proto__',
    'toString',
    '10',
    '007',
    '4294967295',
    'x'.repeat(300),
    '1e400',
    '12345678901234567890',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const headerName = fc.oneof(
  fc.constantFrom(
    'x-nhipol-effect',
    'X-Nhipol-Constraints',
    'x_nhipol_admin',
    'x-nhipol-\u0130',
    'cookie',
    'X-NHIPOL-DECISION-ID',
    'x-envoy-auth-partial-body',
    'content-type',
    ':path',
    'Cookie',
    'x-nhipol-valid-until',
    'authorization',
    'AUTHORIZATION',
    'x-n\u212a',
    '__proto__',
    '7',
    '3',
  ),
  hostileText,
);
/** One in twelve is the other. */
const mostly = <Value>(usual: fc.Arbitrary<Value>, other: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 11, arbitrary: usual }, { weight: 1, arbitrary: other });
const segment = fc.constantFrom(
  'public',
  'timed',
  'rows',
  'told',
  'local',
  '..',
  '.',
  '',
  '%2e%2e',
  '%2f',
  '%5c',
  '.env',
  'a',
  '%',
  '%zz',
  '%c0%af',
  '%F0%9F%98%80',
  'é',
  ';x',
  '//',
  '\u0000',
  '?',
  '#',
);
const query = fc.array(
  fc.tuple(
    fc.constantFrom(
      '',
      '?',
      'a',
      'A',
      '%61',
      '+',
      '%2B',
      '%ff',
      '%E2%82',
      '10',
      '2',
      'a[]',
      '__proto__',
    ),
    fc.constantFrom(
      '',
      '=',
      '==',
      '=1',
      '=%',
      '=%4',
      '=%41+b',
      '=%ed%a0%80',
      '=é',
      '=%F4%90%80%80',
    ),
  ),
  { maxLength: 5 },
);
const root = fc.constantFrom('public', 'timed', 'rows', 'told', 'local');
const path = fc
  .tuple(
    mostly(root, segment),
    mostly(fc.constant(['a']), fc.array(segment, { maxLength: 3 })).map(
      (names) => names as string[],
    ),
    fc.option(query, { nil: undefined }),
  )
  .map(([first, segments, parameters]) => {
    const names = [first, ...segments].join('/');
    return parameters === undefined
      ? `/${names}`
      : `/${names}?${parameters.map((pair) => pair.join('')).join('&')}`;
  });
const numbers = fc.oneof(
  fc.constantFrom(
    0,
    -0,
    1,
    5,
    9,
    100,
    101,
    9.99,
    9.999_999,
    9.999_999_9,
    0.000_000_1,
    1e21,
    1e-7,
    123_456_789_012.5,
    2 ** 53,
    2 ** 53 - 1,
    -(2 ** 53),
    1e300,
    5e-324,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1e15,
  ),
  fc.double(),
  fc.integer(),
);
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.oneof(hostileText, fc.boolean(), fc.constant(null), numbers),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(hostileText, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;
const claims = fc.record(
  {
    sub: mostly(fc.constantFrom('alice', 'bob'), fc.oneof(fc.constant(''), json)),
    scope: mostly(fc.constantFrom('read', 'read write', '', ' write'), json),
    level: mostly(fc.integer({ min: 0, max: 11 }), json),
    amount: mostly(fc.integer({ min: 0, max: 200 }), fc.oneof(numbers, json)),
    price: mostly(fc.constantFrom(1, 9.99, 9.991, 10.25), fc.oneof(numbers, json)),
    roles: fc.array(fc.oneof(fc.constantFrom('a', 'api:x', 'b'), json), { maxLength: 4 }),
    context: mostly(
      fc.record(
        {
          level: fc.integer({ min: 1, max: 10 }),
          session: fc.record({ id: hostileText }, { requiredKeys: [], noNullPrototype: true }),
        },
        { requiredKeys: [], noNullPrototype: true },
      ),
      json,
    ),
  },
  { requiredKeys: ['sub', 'scope', 'amount', 'context'], noNullPrototype: true },
);
const pairs = fc.dictionary(headerName, hostileText, { maxKeys: 6, noNullPrototype: true });

/** Requests as Envoy sends them, and as it never would. */
export const checkRequests = fc
  .record<Given>({
    method: mostly(
      fc.constantFrom('GET', 'GET', 'GET', 'POST', 'POST', 'PUT'),
      fc.constantFrom('get', '', 'DELETE'),
    ),
    path,
    headers: pairs,
    header_map: fc.option(
      fc.array(
        fc.record(
          {
            key: headerName,
            value: hostileText,
            raw_value: fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
          },
          { requiredKeys: [], noNullPrototype: true },
        ),
        { maxLength: 3 },
      ),
      { nil: undefined },
    ),
    http: fc.record(
      {
        id: hostileText,
        host: fc.oneof(fc.constant('api.example.com'), hostileText),
        scheme: fc.constantFrom('https', 'http', ''),
        protocol: fc.constantFrom('HTTP/2', ''),
        size: fc.constantFrom('0', '-1', '12', '9223372036854775807'),
        body: hostileText,
        raw_body: fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
      },
      { requiredKeys: [], noNullPrototype: true },
    ),
    time: fc.option(
      fc.record(
        {
          seconds: fc.constantFrom(
            '0',
            '1764768355',
            '-62135596801',
            '253402300800',
            '9000000000000',
            '-1',
          ),
          nanos: fc.constantFrom(0, 1, 999_999_999, -1, 5_500_000),
        },
        { requiredKeys: [], noNullPrototype: true },
      ),
      { nil: undefined },
    ),
    source: fc.record(
      {
        address: fc.constantFrom(
          { socket_address: { address: '10.1.2.3', port_value: 443 } },
          { socket_address: { address: '192.0.2.1', port_value: 0 } },
          { socket_address: {} },
          { pipe: { path: '/run/x' } },
          {},
        ),
        principal: mostly(fc.constant('spiffe://td/agent'), fc.constantFrom('', 'ü')),
        service: hostileText,
        labels: pairs,
      },
      { requiredKeys: [], noNullPrototype: true },
    ),
    claims: fc.option(claims, { nil: undefined, freq: 20 }),
    mcp: fc.option(
      fc.record(
        {
          method: mostly(fc.constantFrom('tools/call', 'tools/list'), json),
          params: mostly(
            fc.record(
              { name: fc.constantFrom('read', 'find'), arguments: json },
              { requiredKeys: ['name'], noNullPrototype: true },
            ),
            json,
          ),
        },
        { requiredKeys: ['method'], noNullPrototype: true },
      ),
      { nil: undefined, freq: 10 },
    ),
    extensions: fc.option(pairs, { nil: undefined }),
    sni: fc.option(hostileText, { nil: undefined }),
    isEmpty: fc.constantFrom(...Array.from({ length: 40 }, (_, index) => index === 0)),
  })
  .map(createCheck);

function createCheck({ method, path: target, headers, http, ...given }: Given): object {
  if (given.isEmpty) return {};
  const { header_map, time, source, claims: payload, mcp, extensions, sni } = given;
  const filters = {
    ...(payload === undefined ? {} : { 'envoy.filters.http.jwt_authn': { payload } }),
    ...(mcp === undefined ? {} : { 'envoy.filters.http.mcp': mcp }),
  };
  const map = header_map === undefined ? {} : { header_map: { headers: header_map } };
  return {
    attributes: {
      source,
      destination: { address: { socket_address: { address: '10.9.9.9', port_value: 80 } } },
      request: { time, http: { method, path: target, headers, ...http, ...map } },
      ...createMetadata(filters),
      context_extensions: extensions,
      tls_session: sni === undefined ? undefined : { sni },
    },
  };
}
