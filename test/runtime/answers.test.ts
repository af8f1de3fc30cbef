// Reading responses: the answer has the parts of the response, and a response that the ABI does not allow is a deny.

import { ExactDecimal, load, type Policy } from '@nhipol/runtime';
import { beforeAll, expect, test } from 'vitest';
import { wrongAnswers, wrongResponses } from '../support/modules/canned-answers.ts';
import {
  assembleCanned,
  type CannedAnswer,
  cannedManifest,
  createResponse,
  encodeCanned,
  withManifest,
} from '../support/modules/canned-module.ts';

let policy: Policy;
beforeAll(async () => {
  policy = load(withManifest(await assembleCanned(), cannedManifest));
});

const decideCanned = (answer: CannedAnswer) => policy.decideJson(encodeCanned(answer));
const everything = ['action', 'context', 'resource', 'subject'];
const none = {
  constraints: {},
  lower: {},
  obligations: [],
  accessRequest: undefined,
  singleUse: false,
  callDigest: undefined,
  validUntil: undefined,
  read: everything,
  error: undefined,
};
const detail = (id: string, effect: string) => ({
  id,
  effect,
  message: undefined,
  firedOn: 'true',
  unknown: [],
  source: undefined,
});
const withMembers = (effect: 'permit' | 'narrow' | 'challenge' | 'deny', members: object) =>
  decideCanned({ effect, text: createResponse(effect, 'works', members) });

test('reads a permit, with the end from the header', () => {
  expect(decideCanned({ validUntil: 1_767_225_600_000 })).toStrictEqual({
    ...none,
    effect: 'permit',
    decision: true,
    reasons: ['works'],
    reasonDetails: [detail('works', 'permit')],
    validUntil: 1_767_225_600_000,
  });
});

test('reads details of reasons', () => {
  const source = { file: 'policy.nhipol', line: 3, column: 5 };
  const [fired, unknown] = withMembers('deny', {
    reason_details: [
      { id: 'a', effect: 'deny', message: 'no', fired_on: 'true', source },
      { id: 'b', effect: 'deny', fired_on: 'unknown', unknown: ['context.risk'], source },
    ],
  }).reasonDetails;
  expect(fired).toStrictEqual({ ...detail('a', 'deny'), message: 'no', source });
  expect(unknown).toStrictEqual({
    ...detail('b', 'deny'),
    firedOn: 'unknown',
    unknown: ['context.risk'],
    source,
  });
});

test('reads constraints with exact numbers', () => {
  const text = createResponse('narrow', 'works', {
    constraints: { rows: 'R', share: 'S', ttl: 90.5 },
  })
    .replace('"R"', '9007199254740993')
    .replace('"S"', '3074457345618.258602');
  const { constraints, decision } = decideCanned({ effect: 'narrow', text });
  expect(decision).toBe(true);
  expect(constraints).toStrictEqual({
    rows: 2n ** 53n + 1n,
    share: new ExactDecimal('3074457345618.258602'),
    ttl: 90.5,
  });
});

test('reads obligations', () => {
  const properties = { n: 1, to: ['a'] };
  const obligation = { type: 'custom', properties, name: 'page', reasons: ['works'] };
  const { obligations } = withMembers('permit', { obligations: [{ id: 'obl-1', ...obligation }] });
  expect(obligations).toStrictEqual([obligation]);
});

test('reads an access request, whose duration is that between its instants', () => {
  const request = {
    access_request: { template: 't', expires_at: '1970-01-01T00:00:01.250Z' },
    reason: 'works',
    evaluated_at: '1970-01-01T00:00:01.000Z',
    access_request_name: 'ask',
  };
  expect(withMembers('challenge', request).accessRequest).toStrictEqual({
    name: 'ask',
    properties: { expires_in: 0.25, template: 't' },
    reason: 'works',
    evaluatedAt: 1_000n,
    expiresAt: 1_250n,
  });
  const late = {
    ...request,
    evaluated_at: '253402300800000ms',
    access_request: { expires_at: '253402300801500ms' },
  };
  expect(withMembers('challenge', late).accessRequest).toMatchObject({
    properties: { expires_in: 1.5 },
    evaluatedAt: 253_402_300_800_000n,
  });
  const { access_request_name: _, ...nameless } = request;
  expect(withMembers('challenge', nameless).reasons).toEqual(['engine_error']);
});

test('reads the error, the digest and whether the answer is for one action', () => {
  const error = { code: 'wrong_type', path: '$.a', expected: 'b', found: 'c', offset: 77 };
  expect(withMembers('deny', { error }).error).toStrictEqual(error);
  expect(withMembers('challenge', { single_use: true, call_digest: 'sha-256:0' })).toMatchObject({
    singleUse: true,
    callDigest: 'sha-256:0',
  });
});

test('answers with the same key are parsed once, except for their end', () => {
  const first = decideCanned({ key: 7n, text: createResponse('permit', 'first') });
  const second = decideCanned({ key: 7n, text: createResponse('permit', 'second'), validUntil: 5 });
  expect(second).toStrictEqual({ ...first, validUntil: 5 });
  expect(second.reasons).toBe(first.reasons);
  expect(Object.isFrozen(first.reasons)).toBe(true);
  expect(decideCanned({ text: createResponse('permit', 'third') }).reasons).toEqual(['third']);
  for (const id of ['fourth', 'fifth']) {
    expect(
      decideCanned({ key: 2n ** 64n - 1n, text: createResponse('permit', id) }).reasons,
    ).toEqual([id]);
  }
});

test.each([...wrongAnswers, ...wrongResponses])(
  '%s that is invalid is a deny',
  (_, answer, found) => {
    expect(decideCanned(answer)).toStrictEqual({
      ...none,
      effect: 'deny',
      decision: false,
      reasons: ['engine_error'],
      reasonDetails: [detail('engine_error', 'deny')],
      error: {
        code: 'engine_error',
        path: '$',
        expected: 'an answer that conforms to the ABI',
        found,
        offset: 0,
      },
    });
    expect(decideCanned({}).effect).toBe('permit');
  },
);
