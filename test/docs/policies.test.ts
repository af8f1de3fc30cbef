// Every policy on every page: a block `nhipol` has no diagnostics and passes its tests, and a block `nhipol-part` can be
// parsed. A page has no policy in a block of another kind, where nobody would notice that it is outdated.

import { Reporter } from '@nhipol/language';
import { parse } from '@nhipol/language/syntax';
import { createEvaluatorTestEngine, runTests } from '@nhipol/testing';
import { expect, test } from 'vitest';
import { checkBlock, listPages, readPage } from '../support/pages/pages.ts';

// The pages of diagnostics show mistakes; test/language/messages/diagnostics.test.ts checks them.
const paths = listPages(['CHANGELOG.md', 'THIRD-PARTY-NOTICES.md']);
const blocks = paths.flatMap((path) => {
  const page = readPage(`../${path}`);
  return page.blocks.map((block) => ({ place: `${path}:${block.line}`, page, block }));
});
const filterBlocks = (language: string) =>
  blocks.filter(({ block }) => block.language === language);

test('the pages have policies', () => {
  expect(paths).toEqual(
    expect.arrayContaining(['README.md', 'hosts/mcp/README.md', 'docs/coming-from/rego.md']),
  );
  expect(filterBlocks('nhipol').length).toBeGreaterThan(90);
  expect(filterBlocks('nhipol-part').length).toBeGreaterThan(8);
});

test.for(filterBlocks('nhipol'))('$place passes its tests', ({ page, block }) => {
  const policy = checkBlock(page, block);
  const results = runTests(policy, createEvaluatorTestEngine(policy));
  expect(results.flatMap(({ failures }) => failures)).toEqual([]);
});

test.for(filterBlocks('nhipol-part'))('$place can be parsed', ({ block: { text } }) => {
  const readings = [
    text,
    `for any {\n${text}\n}`,
    `test "part" {\nrequest {}\nexpect permit\n${text}\n}`,
    text.trimEnd().replace(/^/gm, 'const x = '),
  ];
  const findings = readings.map((reading) => {
    const reporter = new Reporter();
    parse('part.nhipol', reading, reporter);
    return reporter.diagnostics.map(({ message }) => message);
  });
  expect(findings).toContainEqual([]);
});

test('no block without a language is a policy', () => {
  const untagged = filterBlocks('');
  expect(untagged.length).toBeGreaterThan(20);
  // Lines of a policy; the output of a command, which may quote some, has other lines between them.
  const isPolicy = /^(?:policy [\w.]+(?: version "[^"]*")?\n|(?:for|record|action) .*\{)/;
  const policies = untagged.filter(({ block }) => isPolicy.test(block.text));
  expect(policies.map(({ place }) => place)).toEqual([]);
});
