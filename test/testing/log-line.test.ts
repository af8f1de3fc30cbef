// Lines of a session log: how each is read, and the error if it is invalid.

import { readLogLine } from '@nhipol/testing/replay';
import { expect, test } from 'vitest';

function read(text: string) {
  return readLogLine(new TextEncoder().encode(text), 7);
}

const line = (rest: string) => `{"at":"2026-03-03T10:00:00Z","session":"s",${rest}}`;
const at = BigInt(Date.parse('2026-03-03T10:00:00Z'));

test.each([
  ['"open":{"a":1}', { kind: 'open', request: { a: 1 } }],
  ['"patch":{"context":{"a":null}}', { kind: 'patch', part: { context: { a: null } } }],
  ['"replace":{"context":{}}', { kind: 'replace', part: { context: {} } }],
  ['"decide":{}', { kind: 'decide', query: {} }],
  ['"close":true', { kind: 'close' }],
  ['"signal":"x"', { kind: 'signal', name: 'x', payload: {}, time: undefined }],
  [
    '"signal":"x","payload":{"a":[1,"b"]},"time":1000',
    { kind: 'signal', name: 'x', payload: { a: [1, 'b'] }, time: 1000n },
  ],
])('reads %s', (rest, expected) => {
  expect(read(line(rest))).toEqual({ line: 7, at, session: 's', input: expected });
});

test('an instant is a string or milliseconds, and integers are exact', () => {
  expect(read('{"at":1772532000000,"session":"s","close":true}')).toMatchObject({ at });
  expect(read(line('"open":{"n":12345678901234567890,"m":1.5,"k":1e20}'))).toMatchObject({
    input: { request: { n: 12345678901234567890n, m: 1.5, k: 100000000000000000000n } },
  });
});

test.each([
  ['', '$: expected valid JSON, found an unexpected byte, in column 1'],
  ['{"at":é}', '$: expected valid JSON, found an unexpected byte, in column 7'],
  ['[]', '$: expected an object, found an array'],
  [line('"sgnal":"x"'), '$.sgnal: unknown member `sgnal`: did you mean `signal`?'],
  [
    line('"close":true,"zzzzzzz":1'),
    '$.zzzzzzz: unknown member `zzzzzzz`: there are `at`, `session`, `open`, `patch`, `replace`, `signal`, `decide`, `close`, `payload` and `time`',
  ],
  [
    '{"at":1,"session":"s"}',
    '$: expected one of `open`, `patch`, `replace`, `signal`, `decide`, `close`, found none',
  ],
  [
    line('"open":{},"close":true'),
    '$: expected one of `open`, `patch`, `replace`, `signal`, `decide`, `close`, found `open` and `close`',
  ],
  [line('"close":true,"close":true'), '$.close: expected unique names, found a duplicate name'],
  [line('"close":false'), '$.close: expected true, found a boolean'],
  [line('"close":true,"payload":{}'), '$.payload: `payload` is only allowed in a signal'],
  [line('"decide":true'), '$.decide: expected an object: a query, such as {}, found a boolean'],
  [
    line('"decide":{"subject":{}}'),
    '$.decide.subject: unknown member `subject`: there are `action`, `resource` and `context`',
  ],
  [
    line('"patch":{"contxt":{}}'),
    '$.patch.contxt: unknown member `contxt`: did you mean `context`?',
  ],
  [line('"patch":{"context":null}'), '$.patch.context: expected an object, found null'],
  [
    line('"patch":{"subject":{"properties":null}}'),
    '$.patch.subject.properties: expected an object, found null',
  ],
  [
    line('"open":{"a":{"b c":1e999}}'),
    '$.open.a["b c"]: expected a number within 64 bits, found a larger number',
  ],
  [
    line('"open":{"a":[{"b":1,"b":2}]}'),
    '$.open.a[0].b: expected unique names, found a duplicate name',
  ],
  [line('"signal":5'), '$.signal: expected the name of a signal, found a number'],
  [
    line('"signal":"x","time":"yesterday"'),
    '$.time: expected an instant such as "2026-01-31T09:30:00Z", or milliseconds since 1970, found a string that is not an instant',
  ],
  [
    '{"session":"s","close":true}',
    '$.at: expected an instant such as "2026-01-31T09:30:00Z", or milliseconds since 1970, found nothing',
  ],
  [
    '{"at":1.5,"session":"s","close":true}',
    '$.at: expected an instant such as "2026-01-31T09:30:00Z", or milliseconds since 1970, found a fractional number',
  ],
  [
    '{"at":1e30,"session":"s","close":true}',
    '$.at: expected an instant such as "2026-01-31T09:30:00Z", or milliseconds since 1970, found a number out of range',
  ],
  ['{"at":1,"close":true}', '$.session: expected the id of a session, found nothing'],
  [
    '{"at":1,"session":"","close":true}',
    '$.session: expected the id of a session, found an empty string',
  ],
  [
    `{"at":1,"session":"${'é'.repeat(128)}","close":true}`,
    '$.session: expected an id of at most 255 bytes, found a longer string',
  ],
  [
    line(`"open":{"a":"${'x'.repeat(1_000_000)}"}`),
    '$: expected at most 1000000 bytes, found a longer line',
  ],
])('rejects %s', (text, expected) => {
  const fault = read(text);
  expect(fault).toMatchObject({ line: 7 });
  expect('message' in fault && `${fault.path}: ${fault.message}`).toBe(expected);
});
