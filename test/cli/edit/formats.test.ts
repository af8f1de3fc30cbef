// The output formats of `nhipol check`: SARIF as its standard requires, and workflow commands of GitHub.

import { readFileSync } from 'node:fs';
import { check, plain } from '@nhipol/language';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { type FormatName, loadFormat } from '../../../cli/output/diagnostics/index.ts';
import { Folder } from '../../support/system/run-cli.ts';
import { broken } from '../policies.ts';

const schema = JSON.parse(
  readFileSync(new URL('../sarif-parts.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv({ allErrors: true, strict: true }).compile(schema);

/** A relative path with every kind of character that needs an escape. */
const file = 'a folder/50%, x:y.nhipol';
const text = `policy p
enum Risk { LOW < HIGH }
context { risk?: Risk }
for any {
  permit "😀" when context.rsk is
    LOW
  deny b when context.rsik is HIGH, if unknown skip
}
`;

async function printFindings(format: FormatName, source = text): Promise<string> {
  const sources = new Map([[file, source]]);
  const { diagnostics } = check(file, sources);
  const print = await loadFormat(format);
  return print({ diagnostics, sources, palette: plain });
}

test('SARIF: the output is valid against the schema of the standard', async () => {
  const written = JSON.parse(await printFindings('sarif'));
  expect(validate(written), JSON.stringify(validate.errors)).toBe(true);
  const [run] = written.runs;
  expect(run.tool.driver.name).toBe('nhipol');
  expect(run.columnKind).toBe('unicodeCodePoints');
  for (const { ruleId, ruleIndex } of run.results) {
    expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId);
  }
});

test('SARIF: results have locations, related locations, fixes and help', async () => {
  const { results, tool } = JSON.parse(await printFindings('sarif')).runs[0];
  const found = results.find(({ ruleId }: { ruleId: string }) => ruleId === 'unknown-member');
  const uri = 'a%20folder/50%25%2C%20x%3Ay.nhipol';
  expect(found).toMatchObject({
    level: 'error',
    message: {
      text: expect.stringContaining('`context` has no member `rsik`\ndid you mean `risk`?'),
    },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri },
          region: { startLine: 7, startColumn: 23, endLine: 7, endColumn: 27 },
        },
      },
    ],
    relatedLocations: [
      {
        id: 0,
        message: { text: 'declared here with risk' },
        physicalLocation: { region: { startLine: 3, startColumn: 9 } },
      },
    ],
    fixes: [
      {
        description: { text: 'write `risk`' },
        artifactChanges: [
          { artifactLocation: { uri }, replacements: [{ insertedContent: { text: 'risk' } }] },
        ],
      },
    ],
  });
  const rule = tool.driver.rules.find(({ id }: { id: string }) => id === 'unknown-member');
  expect(rule.help.markdown).toContain('Prefer:\n\n```\npolicy p\n');
  expect(rule.defaultConfiguration).toEqual({ level: 'error' });
});

test('SARIF: a policy without errors has a run without results', async () => {
  const written = JSON.parse(
    await printFindings('sarif', 'policy p\nfor any { permit ok otherwise }'),
  );
  expect(validate(written)).toBe(true);
  expect(written.runs[0]).toMatchObject({ results: [], tool: { driver: { rules: [] } } });
});

test('GitHub: prints one escaped command per line', async () => {
  const lines = (await printFindings('github')).split('\n');
  const found = lines.find((line) => line.includes('unknown-member'));
  expect(found).toMatch(
    /^::error file=a folder\/50%25%2C x%3Ay\.nhipol,line=7,endLine=7,col=23,endColumn=27,title=unknown-member::/,
  );
  const message = found?.slice(found.lastIndexOf('::') + 2).split('%0A');
  expect(message).toEqual([
    '`context` has no member `rsik`',
    'did you mean `risk`?',
    `declared here with risk: ${file.replace('%', '%25')}:3:9`,
    expect.stringMatching(/^help: /),
  ]);
  expect(lines.at(-1)).toBe('');
  expect(lines.slice(0, -1).every((line) => /^::(?:error|warning) /.test(line))).toBe(true);
});

test('GitHub: a diagnostic over several lines has no columns', async () => {
  const long = 'policy p\nfor any { permit ok when 5 +\n  true is 5 }';
  expect(await printFindings('github', long)).toMatch(/,line=2,endLine=3,title=wrong-operands::/);
});

test('JSON carries the fix', async () => {
  const { diagnostics } = JSON.parse(await printFindings('json'));
  const found = diagnostics.find(({ code }: { code: string }) => code === 'unknown-member');
  expect(found.fix).toEqual({
    title: 'write `risk`',
    edits: [
      {
        file,
        text: 'risk',
        start: { line: 7, column: 23, offset: text.indexOf('rsik') },
        end: { line: 7, column: 27, offset: text.indexOf('rsik') + 4 },
      },
    ],
  });
});

test.each(['sarif', 'github'])('check prints the format %s', async (format) => {
  using folder = new Folder({ 'p.nhipol': broken });
  const { code, out, err } = await folder.run(['check', '@p.nhipol', '--format', format]);
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(out).toContain('missing-file');
});
