import { load, type Policy } from '@nhipol/runtime';
import type { ManifestRule } from '@nhipol/runtime/abi';
import { beforeAll, expect, test } from 'vitest';
import { wrongAnswers } from '../support/canned-answers.ts';
import {
  assembleCanned,
  type CannedAnswer,
  canned,
  cannedManifest,
  withManifest,
} from '../support/canned-module.ts';

let policy: Policy;
beforeAll(async () => {
  policy = load(withManifest(await assembleCanned(), cannedManifest));
});

const answerTo = (answer: CannedAnswer) => policy.decideJson(canned(answer));
const everything = ['action', 'context', 'resource', 'subject'];
const choosers = ['action.name', 'resource.type', 'subject.type'];
const ownReason = (id: string) => ({
  ...{ id, effect: 'deny', message: undefined, firedOn: 'true', unknown: [], source: undefined },
});

test('reads a permit', () => {
  expect(answerTo({ validUntil: 1_767_225_600_000, reasons: [[0]] })).toStrictEqual({
    effect: 'permit',
    decision: true,
    reasons: ['works'],
    reasonDetails: [
      {
        ...{ id: 'works', effect: 'permit', message: undefined, firedOn: 'true', unknown: [] },
        source: { file: 'policy.nhipol', line: 1, column: 3 },
      },
    ],
    constraints: {},
    obligations: [],
    accessRequest: undefined,
    singleUse: false,
    callDigest: undefined,
    validUntil: 1_767_225_600_000,
    read: [...choosers, 'context.events', 'subject.scopes'].sort(),
    error: undefined,
  });
});

test('without a permit the answer is a default deny, which read everything that applies', () => {
  expect(answerTo({ effect: 'deny', flags: 1, selectors: [1, 1, 1] })).toStrictEqual({
    effect: 'deny',
    decision: false,
    reasons: ['default_deny'],
    reasonDetails: [ownReason('default_deny')],
    constraints: {},
    obligations: [],
    accessRequest: undefined,
    singleUse: false,
    callDigest: undefined,
    validUntil: undefined,
    read: [
      ...choosers,
      'context.events',
      'context.risk',
      'resource.owner',
      'subject.scopes',
    ].sort(),
    error: undefined,
  });
});

test('an invalid request is reported with the texts of manifest and contract', () => {
  const answer = answerTo({ effect: 'deny', flags: 2, validUntil: 5, error: [16, 1, 3, 77] });
  expect(answer).toStrictEqual({
    effect: 'deny',
    decision: false,
    reasons: ['invalid_request'],
    reasonDetails: [ownReason('invalid_request')],
    constraints: {},
    obligations: [],
    accessRequest: undefined,
    singleUse: false,
    callDigest: undefined,
    validUntil: 5,
    read: everything,
    error: {
      ...{
        code: 'wrong_type',
        path: '$.context.risk',
        expected: 'an integer (Int)',
        found: 'a string',
      },
      offset: 77,
    },
  });
});

test("an error in the document has the code's own texts", () => {
  expect(answerTo({ effect: 'deny', flags: 2, error: [1, 0, 0, 3] }).error).toStrictEqual({
    ...{ code: 'not_json', path: '$', expected: 'valid JSON' },
    ...{ found: 'an unexpected byte', offset: 3 },
  });
});

test('a path contains array indexes, except for brackets within a name', () => {
  const answer = answerTo({ effect: 'deny', flags: 2, error: [16, 2, 0, 0], indexes: [4, 255] });
  expect(answer.error?.path).toBe('$.subject.properties["a[]"][4].to[255]');
});

test('an invalid request that is revoked has both its reasons and the error', () => {
  const answer = answerTo({ effect: 'revoke', flags: 2, error: [16, 1, 3, 7], reasons: [[2]] });
  expect(answer).toMatchObject({ effect: 'revoke', decision: false, reasons: ['later'] });
  expect(answer.error?.code).toBe('wrong_type');
  expect(answer.read).toEqual(everything);
});

test('reasons are in the order of ids, and then of positions', () => {
  const { reasons, reasonDetails } = answerTo({ reasons: [[0], [1], [4], [2], [5]] });
  expect(reasons).toEqual(['acts', 'later', 'works']);
  const places = reasonDetails.map(({ id, source }) => [id, source?.line, source?.column]);
  expect(places).toEqual([
    ['acts', 1, 3],
    ['acts', 2, 1],
    ['acts', 2, 3],
    ['later', 3, 3],
    ['works', 1, 3],
  ]);
});

test('a message is filled in, and unknown paths are listed', () => {
  const { reasonDetails } = answerTo({
    effect: 'deny',
    reasons: [[3, 3, 3n], [4]],
    placeholders: [1n, 5_400_000n, 1_767_225_600_000n],
  });
  expect(reasonDetails.map(({ message }) => message)).toEqual([
    'fixed',
    'risk is HIGH, for 90m since 2026-01-01T00:00:00.000Z',
  ]);
  expect(reasonDetails[1]).toMatchObject({
    firedOn: 'unknown',
    unknown: ['context.geo', 'context.risk'],
  });
});

test('a placeholder without a value is marked, and a reason that fired on true has no unknown paths', () => {
  const [detail] = answerTo({ effect: 'deny', reasons: [[3, 2, 1n]] }).reasonDetails;
  expect(detail).toMatchObject({
    message: 'risk is (unknown), for (unknown) since (unknown)',
    firedOn: 'true',
    unknown: [],
  });
});

test('constraints are in the order of names, each as in JSON, although they are explained later', () => {
  const { constraints, decision } = answerTo({
    effect: 'narrow',
    reasons: [[3]],
    constraints: [
      ...[90_500n, 2n ** 53n, 1_767_225_600_001n, 1n],
      ...[['\u{1f600}', '\uff5e', 'b', 'a', '\ufeff'], [10n, 9n, -(2n ** 60n)], 0n, 'spiffe://a/b'],
    ],
  });
  expect(decision).toBe(true);
  expect(Object.entries(constraints)).toStrictEqual([
    ['as', 'spiffe://a/b'],
    ['hosts', ['a', 'b', '\ufeff', '\uff5e', '\u{1f600}']],
    ['masked', false],
    ['mode', 'write'],
    ['ports', [-(2n ** 60n), 9, 10]],
    ['rows', 2n ** 53n],
    ['ttl', 90.5],
    ['until', '2026-01-01T00:00:00.001Z'],
  ]);
});

test('a constraint that is not set is absent, and only a narrow has any', () => {
  const constraints = [undefined, 7n];
  expect(answerTo({ effect: 'narrow', reasons: [[0]], constraints }).constraints).toEqual({
    rows: 7,
  });
  expect(answerTo({ effect: 'challenge', reasons: [[0]], constraints }).constraints).toEqual({});
});

test.each([
  ['permit', [1, 1, 1], ['subject.scopes', 'context.risk', 'resource.owner', 'context.events']],
  ['narrow', [1, 0, 0], ['subject.scopes', 'context.risk', 'context.events']],
  ['challenge', [2, 1, 0], ['subject.scopes', 'context.geo', 'context.events']],
  ['deny', [1, 1, 1], ['context.risk', 'resource.owner', 'context.events']],
  ['deny', [2, 1, 1], ['resource.owner', 'context.events']],
  ['revoke', [1, 1, 1], ['context.events']],
] as const)('a %s by %j has the read list %j', (effect, selectors, paths) => {
  const expected = [...choosers, ...paths].sort();
  expect(answerTo({ effect, selectors, reasons: [[0]] }).read).toEqual(expected);
  expect(answerTo({ effect, selectors, reasons: [[0]] }).read).toEqual(expected);
});

test('the read list of one combination of selectors is not reported for another', async () => {
  const ofAction: ManifestRule = { effects: ['deny'], actions: [1], read: [1] };
  const rules = [...cannedManifest.rules, ofAction];
  const module = withManifest(await assembleCanned(), { ...cannedManifest, rules });
  const asked = load(module);
  const { subjects, actions, resources } = asked.manifest.selectors;
  for (let subject = 0; subject <= subjects.length; subject += 1)
    for (let action = 0; action <= actions.length; action += 1)
      for (let resource = 0; resource <= resources.length; resource += 1) {
        const answer = canned({
          effect: 'deny',
          selectors: [subject, action, resource],
          reasons: [[0]],
        });
        expect(asked.decideJson(answer).read).toEqual(load(module).decideJson(answer).read);
      }
});

test.each(wrongAnswers)('%s that is invalid is a deny', (_, answer, found) => {
  expect(answerTo(answer)).toStrictEqual({
    effect: 'deny',
    decision: false,
    reasons: ['engine_error'],
    reasonDetails: [ownReason('engine_error')],
    constraints: {},
    obligations: [],
    accessRequest: undefined,
    singleUse: false,
    callDigest: undefined,
    validUntil: undefined,
    read: everything,
    error: {
      code: 'engine_error',
      path: '$',
      expected: 'an answer that conforms to the ABI',
      found,
      offset: 0,
    },
  });
  expect(answerTo({ reasons: [[0]] }).effect).toBe('permit');
});

test('a path is built from the rows that it extends', async () => {
  const rows = [...cannedManifest.paths, [1, '["x.y"]', 1], [3, '[]', 1]] as const;
  const of = async (paths: readonly unknown[]) =>
    load(withManifest(await assembleCanned(), { ...cannedManifest, paths })).decideJson(
      canned({ effect: 'deny', flags: 2, error: [16, 4, 0, 0], indexes: [2] }),
    ).error;
  expect(await of(rows)).toMatchObject({
    path: '$.context.risk["x.y"][2]',
    expected: 'an integer (Int)',
  });
  const circle = [...rows.slice(0, 3), [4, 'a', 0], [3, 'b', 0]];
  expect(await of(circle)).toMatchObject({ found: 'a cyclic path' });
});

test.each([
  ['files', { files: [] }, 'a file that is not in the manifest'],
  ['paths that rules read', { reads: [] }, 'a path that is not in the manifest'],
])('a manifest without %s denies', async (_, lacking, found) => {
  const lame = load(withManifest(await assembleCanned(), { ...cannedManifest, ...lacking }));
  const answer = lame.decideJson(canned({ reasons: [[0]] }));
  expect(answer).toMatchObject({ effect: 'deny', reasons: ['engine_error'], error: { found } });
});
