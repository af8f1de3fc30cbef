// Expressions of mappings for tests: of every operator and function that `nhipol-envoy` supports, over the inputs of
// `check-requests.ts`. Many fail for some requests, and some can never have a value.

import * as fc from 'fast-check';

const values = fc.constantFrom(
  'token.sub',
  'token.scope',
  'token.level',
  'token.amount',
  'token.roles',
  'token.context',
  'token.missing',
  'request.path',
  'request.method',
  'request.headers.cookie',
  'source.port',
  "request.headers['content-type']",
  'request.query.a',
  'token.context.level',
  'token',
  'params',
  'params.arguments',
  "metadata['envoy.filters.http.mcp'].method",
  'request.context_extensions',
  "'a'",
  "'read'",
  "''",
  "'GET'",
  '1',
  '0',
  '2.5',
  'true',
  'false',
  'null',
  "['a', 'b']",
  '[1, 2]',
);
const optionals = fc.constantFrom(
  'token.?sub',
  'token.?missing',
  'request.?host',
  'token.?context.level',
  'token.roles[?0]',
  'request.query.?a[0]',
  'optional.none()',
  "optional.of('x')",
  'token.?context.?level',
  "token[?'sub']",
  "request.headers[?'cookie']",
  'source.?service',
  'token.?roles[5]',
);

export const expressions: fc.Arbitrary<string> = fc.letrec<{
  value: string;
  truth: string;
}>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 4, arbitrary: values },
    { weight: 2, arbitrary: optionals },
    fc.tuple(tie('truth'), tie('value'), tie('value')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc.tuple(tie('value'), tie('value')).map(([a, b]) => `(${a} + ${b})`),
    fc
      .tuple(optionals, fc.constantFrom('orValue', 'or'), tie('value'))
      .map(([a, name, b]) => `${a}.${name}(${b})`),
    fc
      .tuple(tie('value'), fc.constantFrom('.x', '.?x', '[0]', "['a']", '[?1]', '[-1]', '[1.5]'))
      .map(([a, access]) => a + access),
    fc.tuple(tie('value'), values).map(([a, key]) => `${a}[${key}]`),
    fc
      .tuple(
        tie('value'),
        fc.constantFrom(
          "split(' ')",
          "split('a')",
          'lowerAscii()',
          'upperAscii()',
          'trim()',
          'size()',
          'value()',
          "map(r, r == 'a')",
          "filter(r, r != 'a')",
          "filter(r, r.startsWith('a'))",
        ),
      )
      .map(([a, call]) => `${a}.${call}`),
    fc
      .tuple(fc.constantFrom('size', 'string'), tie('value'))
      .map(([name, value]) => `${name}(${value})`),
    tie('truth'),
  ),
  truth: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc
      .tuple(tie('value'), fc.constantFrom('==', '!=', '<', '<=', '>', '>=', 'in'), tie('value'))
      .map(([a, operator, b]) => `(${a} ${operator} ${b})`),
    fc
      .tuple(tie('truth'), fc.constantFrom('&&', '||'), tie('truth'))
      .map(([a, operator, b]) => `(${a} ${operator} ${b})`),
    tie('truth').map((a) => `!${a}`),
    fc
      .tuple(tie('value'), fc.constantFrom('startsWith', 'endsWith', 'contains'), tie('value'))
      .map(([a, name, b]) => `${a}.${name}(${b})`),
    fc.constantFrom(
      'has(token.sub)',
      'has(token.context.level)',
      'has(request.headers.cookie)',
      'has(token.?missing.x)',
      'has(token.missing.x)',
      'has(request.host)',
    ),
    fc
      .tuple(
        tie('value'),
        fc.constantFrom(
          "exists(r, r == 'a')",
          "all(r, r != 'z')",
          "exists(r, r.startsWith('api:'))",
          'all(r, r.x == 1)',
          "exists(r, r == 'a' || r.x)",
          'exists(r, r)',
          'hasValue()',
        ),
      )
      .map(([a, call]) => `${a}.${call}`),
  ),
})).value;
