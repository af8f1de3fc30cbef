// Changing members of a request: they are set, created and removed, and the rest of the source is unchanged.

import { changeRequest } from '@nhipol/language';
import { expect, test } from 'vitest';

function set(request: string, path: string, json: string | undefined): string {
  return changeRequest(request, [{ path: path.split('.'), json }]);
}

test.for([
  ['{"a":1}', 'a', '2', '{"a":2}'],
  ['{"a":1,"b":2}', 'a', undefined, '{"b":2}'],
  ['{"a":{"b":1,"c":2}}', 'a.b', '"x"', '{"a":{"b":"x","c":2}}'],
  ['{}', 'a.b.c', 'true', '{"a":{"b":{"c":true}}}'],
  ['{"a":null}', 'a.b', '[1]', '{"a":{"b":[1]}}'],
  ['{"a":5}', 'a.b', '{"c":null}', '{"a":{"b":{"c":null}}}'],
  ['{"a":5}', 'a.b', undefined, '{"a":5}'],
  ['{}', 'a.b', undefined, '{}'],
  ['{"a":{"b":1}}', 'a.b', undefined, '{"a":{}}'],
] as const)('changes %s with %s = %s to %s', ([request, path, json, changed]) => {
  expect(set(request, path, json)).toBe(changed);
});

test('unchanged members keep their digits, escapes and duplicates', () => {
  const rest = '"n":12345678901234567890123,"f":1.0e2,"s":"\\"\\n","t":[false,null],"d":1,"d":2';
  expect(set(`{"a":1,${rest}}`, 'a', '9007199254740993')).toBe(`{"a":9007199254740993,${rest}}`);
});

test('the source is unchanged without changes, and if it is not a valid request', () => {
  expect(changeRequest('{ "a" : 1 }', [])).toBe('{ "a" : 1 }');
  expect(set('[1]', 'a', '2')).toBe('[1]');
  expect(set('{"a":', 'a', '2')).toBe('{"a":');
});

test('changes are applied in order', () => {
  const changes = [
    { path: ['a'], json: '{"b":1}' },
    { path: ['a', 'c'], json: '2' },
    { path: ['a', 'b'], json: undefined },
  ];
  expect(changeRequest('{}', changes)).toBe('{"a":{"c":2}}');
});
