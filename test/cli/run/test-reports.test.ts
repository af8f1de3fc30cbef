// The formats of `nhipol test` for programs: JUnit XML as CI systems read it, and JSON. Both contain the same results
// as the terminal output.

import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { expect, test } from 'vitest';
import { escapeXmlText, formatElement } from '../../../cli/reports/tests/xml.ts';
import { Folder } from '../../support/system/run-cli.ts';
import { broken, createRequest, policy, removeTimes, request } from '../policies.ts';

const quick = ['--engine', 'evaluator', '--jobs', '1'] as const;

const claims = `invariant "nobody acts" for agent effect >= deny
test "<&> \\u0001 \\"quoted\\"" { request from "low.json" expect permit }
`;

function files() {
  return {
    'p.nhipol': policy + claims,
    'b.nhipol': broken,
    'request.json': createRequest({ risk: 'HIGH' }),
    'low.json': request,
  };
}

/** The attributes that the JUnit schemas of Jenkins and GitLab allow. */
const attributesOf: Readonly<Record<string, readonly string[]>> = {
  testsuites: ['name', 'tests', 'failures', 'errors', 'time'],
  testsuite: ['name', 'tests', 'failures', 'errors', 'skipped', 'time'],
  testcase: ['name', 'classname', 'file', 'line', 'time'],
  failure: ['message', 'type'],
  error: ['message', 'type'],
};

// biome-ignore lint/suspicious/noExplicitAny: the result of the parser has any shape
function parseXml(xml: string): any {
  expect(XMLValidator.validate(xml)).toBe(true);
  return new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    processEntities: true,
    htmlEntities: true,
    trimValues: false,
    isArray: (name) => ['testsuite', 'testcase'].includes(name),
  }).parse(xml);
}

test('JUnit: contains suites, cases, and failures with the lines of the terminal output', async () => {
  using folder = new Folder(files());
  const args = ['test', '@p.nhipol', '@b.nhipol', ...quick];
  const { code, out } = await folder.run([...args, '--format', 'junit']);
  expect(code).toBe(1);
  for (const [, name = '', attributes = ''] of out.matchAll(/<(\w+)((?: [\w-]+="[^"]*")*)/g)) {
    for (const [, attribute = ''] of attributes.matchAll(/ ([\w-]+)="/g))
      expect(attributesOf[name]).toContain(attribute);
  }
  const { testsuites } = parseXml(out);
  expect(testsuites).toMatchObject({
    '@name': 'nhipol',
    '@tests': '4',
    '@failures': '2',
    '@errors': '1',
  });
  const [tested, unread] = testsuites.testsuite;
  expect(tested).toMatchObject({
    '@name': 'p.nhipol',
    '@tests': '3',
    '@failures': '2',
    '@errors': '0',
  });
  const [failing, passing, refuted] = tested.testcase;
  expect(failing).toMatchObject({
    '@name': 'low risk',
    '@classname': 'acme.files',
    '@file': 'p.nhipol',
    '@line': '16',
    '@time': expect.stringMatching(/^\d+\.\d{3}$/),
    failure: {
      '@type': 'expectation',
      '@message': 'effect: expected permit, got deny; reasons: expected acts, got risky',
    },
  });
  const { out: shown } = await folder.run(args);
  for (const line of failing.failure['#text'].split('\n')) expect(shown).toContain(line);
  expect(passing['@name']).toBe('<&> \\u{1} "quoted"');
  expect(passing.failure).toBeUndefined();
  expect(refuted).toMatchObject({
    '@name': 'invariant nobody acts',
    failure: { '@type': 'invariant' },
  });
  expect(unread.testcase).toEqual([
    expect.objectContaining({
      error: expect.objectContaining({ '@type': 'policy', '@message': '3 errors' }),
    }),
  ]);
});

test('XML escapes the characters that it forbids, and keeps all others', () => {
  const raw = 'a\u0000\u001b[31m\ud800\uffff<b>&"\'\t\r\n😀]]>';
  const kept = 'a\\u{0}\\u{1b}[31m\\u{d800}\\u{ffff}<b>&"\'\t\r\n😀]]>';
  const xml = formatElement('a', { b: raw, c: undefined, d: 5 }, escapeXmlText(raw));
  expect([...xml].filter((each) => /\p{Cc}|\p{Cs}|\uffff/u.test(each))).toEqual(['\t', '\n']);
  expect(parseXml(xml).a).toEqual({ '@b': kept, '@d': '5', '#text': kept });
});

test('JSON: contains counts, and the answers and differences of each test', async () => {
  using folder = new Folder(files());
  const args = ['test', '@p.nhipol', '@b.nhipol', ...quick, '--format', 'json'];
  const { code, out } = await folder.run(args);
  expect(code).toBe(1);
  const report = JSON.parse(out);
  expect(report).toMatchObject({
    format: 'nhipol-test/1',
    passed: 1,
    failed: 2,
    broken: 1,
    disagreements: 0,
    left_out: 0,
    milliseconds: expect.any(Number),
  });
  const [tested, unread] = report.policies;
  expect(tested).toMatchObject({
    path: expect.stringMatching(/p\.nhipol$/),
    policy: { name: 'acme.files', version: '1.0.0' },
    engines: ['evaluator'],
    diagnostics: [],
    errors: 0,
    warnings: 0,
    left_out: 0,
    disagreements: [],
  });
  expect(tested.tests[0]).toMatchObject({
    name: 'low risk',
    file: 'p.nhipol',
    line: 16,
    column: 6,
    passed: false,
    milliseconds: expect.any(Number),
  });
  expect(tested.tests[0].steps).toEqual([
    {
      file: 'p.nhipol',
      line: 18,
      column: 3,
      passed: false,
      response: expect.objectContaining({
        decision: false,
        context: expect.objectContaining({ effect: 'deny', reasons: ['risky'] }),
      }),
      differences: [
        { what: 'effect', expected: 'permit', got: 'deny', missing: ['permit'], extra: ['deny'] },
        { what: 'reasons', expected: 'acts', got: 'risky', missing: ['acts'], extra: ['risky'] },
      ],
      explanation: expect.stringMatching(/^deny risky \(.*p\.nhipol:11\)\n/),
      disagreement: null,
    },
  ]);
  expect(tested.tests[1].steps[0]).toMatchObject({
    passed: true,
    differences: [],
    explanation: null,
  });
  const [refuted] = tested.invariants;
  expect(refuted).toMatchObject({ name: 'nobody acts', file: 'p.nhipol', line: 20, passed: false });
  expect(JSON.parse(refuted.counterexample.request)).toHaveProperty('subject');
  expect(refuted.counterexample.response.decision).toBe(true);
  expect(unread).toMatchObject({ policy: null, errors: 3, tests: [] });
  expect(unread.diagnostics[0].code).toBe('missing-file');
});

test('JSON: keeps all digits of numbers that JavaScript cannot represent', async () => {
  const exact = `policy p
subject agent {}
constraint most: Decimal smallest wins
for agent {
  permit ok otherwise
  narrow some when true to { most: 9000000000000.123456 } // allow always-fires: for the test
}
test "exact" {
  request { subject: { type: agent, id: a }, action: { name: x }, resource: { type: r, id: i } }
  expect narrow with { most: 9000000000000.123455 }
}
`;
  using folder = new Folder({ 'p.nhipol': exact });
  const { out } = await folder.run(['test', '@p.nhipol', ...quick, '--format', 'json']);
  expect(out).toContain('"most": 9000000000000.123456\n');
  expect(out).toContain('"expected": "{ most: 9000000000000.123455 }"');
});

test('--output writes the report to a file, and prints the counts', async () => {
  using folder = new Folder({ 'p.nhipol': policy, 'request.json': request });
  const args = ['test', '@p.nhipol', ...quick, '-o'];
  const junit = await folder.run([...args, '@tests.xml', '--format', 'junit'], { terminal: true });
  expect(junit.code).toBe(0);
  expect(junit.out).toContain('1 passed, 0 failed');
  parseXml(Buffer.from(folder.read('tests.xml')).toString());
  await folder.run([...args, '@tests.txt'], { terminal: true });
  expect(removeTimes(Buffer.from(folder.read('tests.txt')).toString())).toMatch(
    /p\.nhipol\n {2}✓ low risk\n1 passed, 0 failed\n$/,
  );
});
