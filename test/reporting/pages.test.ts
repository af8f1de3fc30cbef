// Pages: valid, self-contained and accessible HTML, and text of a policy that never becomes markup.

import {
  computeControlCoverage,
  coveragePage,
  docPage,
  renderHtml,
  renderMarkdown,
  type TestedPolicy,
} from '@nhipol/reporting';
import { expect, test } from 'vitest';
import {
  createDetails,
  createItems,
  createParagraph,
  createTable,
  type Page,
} from '../../assurance/reporting/pages/page.ts';
import {
  createInlineCode,
  createStrong,
  lineBreak,
  mark,
  say,
} from '../../assurance/reporting/pages/phrase.ts';
import { createSourceBlock } from '../../assurance/reporting/pages/source.ts';
import { style } from '../../assurance/reporting/pages/style.ts';
import { frameworks } from '../../assurance/reporting/public.ts';
import { attribute, type Element, expectAlone, parseElements } from '../support/pages/html.ts';
import { testFile, testText } from '../support/pages/reporting.ts';
import { examples } from '../support/policies/examples.ts';

function createPages(tested: TestedPolicy): readonly Page[] {
  const coverage = computeControlCoverage([tested]);
  return [
    docPage(tested),
    coveragePage(coverage, { only: undefined, sources: true }),
    ...frameworks.map(({ id }) => coveragePage(coverage, { only: id, sources: true })),
  ];
}

const policies = [...examples, { name: 'small', path: 'test/reporting/small.nhipol' }];

test.for(policies)('the pages of $name are well-formed and self-contained', async ({ path }) => {
  for (const page of createPages(await testFile(path))) {
    const { elements, errors } = parseElements(renderHtml(page));
    expect(errors).toEqual([]);
    expectAlone(elements);
  }
});

test.for(policies)(
  'the pages of $name have valid links, captions and headings',
  async ({ path }) => {
    for (const page of createPages(await testFile(path))) {
      const { elements } = parseElements(renderHtml(page));
      const ids = elements.flatMap((element) => attribute(element, 'id') ?? []);
      expect(new Set(ids).size).toBe(ids.length);
      for (const element of elements) {
        const target =
          attribute(element, 'href')?.slice(1) ?? attribute(element, 'aria-labelledby');
        if (target !== undefined) expect(ids).toContain(target);
        if (element.tagName === 'table') expect(firstChild(element)).toBe('caption');
        if (element.tagName === 'th') expect(attribute(element, 'scope')).toMatch(/^(col|row)$/);
      }
      const levels = elements.flatMap(({ tagName }) => /^h([1-6])$/.exec(tagName)?.[1] ?? []);
      const steps = levels.map((level, at) => Number(level) - Number(levels[at - 1] ?? 0));
      expect(levels.filter((level) => level === '1')).toEqual(['1']);
      expect(Math.max(...steps)).toBe(1);
    }
  },
);

function firstChild({ childNodes }: Element): string | undefined {
  return childNodes.find((node): node is Element => 'tagName' in node)?.tagName;
}

test.for(['light', 'dark'])('text has a contrast of at least 4.5 in %s mode', (scheme) => {
  const [light = '', dark = ''] = style.text.split('@media (prefers-color-scheme: dark)');
  const colors = new Map(
    [...(scheme === 'light' ? light : dark).matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(
      ([, name = '', color = '']) => [name, color],
    ),
  );
  const plain = ['text', 'soft', 'link'].flatMap((name) => [
    [name, 'ground'],
    [name, 'raised'],
  ]);
  const marks = ['good', 'fair', 'bad', 'calm'].map((name) => [name, `${name}-ground`]);
  for (const [text = '', ground = ''] of [...plain, ...marks]) {
    const [high = 0, low = 0] = [text, ground]
      .map((name) => luminance(colors.get(name) ?? ''))
      .sort((a, b) => b - a);
    expect((high + 0.05) / (low + 0.05), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
  }
});

/** The relative luminance of WCAG 2.2. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const hostile = `<script>alert("1")</script> & 'x' \`y\` | *z* [a](b) \u202e`;
const page: Page = {
  title: hostile,
  lead: [
    hostile,
    createInlineCode(hostile),
    createStrong(hostile),
    mark('deny', hostile),
    lineBreak,
  ],
  blocks: [
    createParagraph([hostile]),
    createItems([
      [createInlineCode(hostile)],
      { text: ['- a'], below: [createSourceBlock(`\`\`\`\n${hostile}`)] },
    ]),
    createTable(hostile, [hostile], [[say`${hostile} ${createInlineCode(hostile)}`]]),
  ],
};

test('escapes the summary of details in HTML and Markdown', () => {
  const folded: Page = {
    title: 'x',
    lead: [],
    blocks: [createDetails([hostile], [createParagraph([hostile])])],
  };
  const { elements } = parseElements(renderHtml(folded));
  expect(elements.map(({ tagName }) => tagName)).not.toContain('script');
  const summary = elements.find(({ tagName }) => tagName === 'summary');
  expect(summary && readText(summary)).toBe(hostile.replace('\u202e', '\\u{202e}'));
  expect(renderMarkdown(folded)).toContain(
    '<details><summary>&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; ',
  );
});

test('HTML escapes texts of a policy', () => {
  const text = renderHtml(page);
  const { elements, errors } = parseElements(text);
  expect(errors).toEqual([]);
  expect(elements.map(({ tagName }) => tagName)).not.toContain('script');
  expect(text).not.toContain('\u202e');
  const shown = hostile.replace('\u202e', '\\u{202e}');
  const titles = elements.filter(({ tagName }) => ['title', 'h1', 'caption'].includes(tagName));
  expect(titles.map(readText)).toEqual([shown, shown, shown]);
});

function readText({ childNodes }: Element): string {
  return childNodes.map((node) => ('value' in node ? node.value : '')).join('');
}

test('Markdown escapes texts of a policy', () => {
  const inText = `\\<script\\>alert("1")\\</script\\> \\& 'x' \\\`y\\\` \\| \\*z\\* \\[a\\](b) \\\\u{202e}`;
  const inCode = `\`\`${hostile.replace('\u202e', '\\u{202e}')}\`\``;
  expect(renderMarkdown(page)).toBe(
    [
      `# ${inText}`,
      '',
      `${inText}${inCode}**${inText}****${inText}**<br>`,
      '',
      inText,
      '',
      `- ${inCode}`,
      '- \\- a',
      '',
      '  ````nhipol',
      '  ```',
      `  ${hostile.replace('\u202e', '\\u{202e}')}`,
      '  ````',
      '',
      `**${inText}**`,
      '',
      `| ${inText} |`,
      '| --- |',
      `| ${inText} ${inCode.replace('|', '\\|')} |`,
      '',
    ].join('\n'),
  );
});

test('Markdown escapes links, mentions and list markers', () => {
  const { blocks } = { blocks: [createParagraph(['see https://evil.example, @everyone; 1. x'])] };
  expect(renderMarkdown({ title: '1. t', lead: ['+ l'], blocks })).toBe(
    '# 1\\. t\n\n\\+ l\n\nsee https\\://evil.example, &#64;everyone; 1. x\n',
  );
});

test('describes the approvals of a test before the request', () => {
  const page = renderMarkdown(
    docPage(
      testText(`policy p
use nhi.{ Approval }
use nhi.{ is_approved }
subject agent {}
context { time: Timestamp, call_digest?: String, approvals?: List<Approval> }
for agent {
  permit works otherwise
  challenge needs_approval when not is_approved(context.approvals, context.call_digest)
}
test "granted" {
  session {
    subject: { type: agent, id: a }, action: { name: x }, resource: { type: r, id: i },
    context: { time: 2026-03-03T10:00:00Z }
  }
  expect challenge
  then after 1m granted for 10m by "ada" granted for 5m ask
  expect permit
}`),
    ),
  );
  expect(page).toContain(
    '- Then 1 minute later after an approval for 10 minutes by `ada` and an approval for 5 minutes requested: **permit**.',
  );
});

test('describes each row of a test with its changes', () => {
  const page = renderMarkdown(
    docPage(
      testText(`policy p
context { time: Timestamp, n?: Int }
for any { permit works when context.n > 1 }
fixture base {
  subject: { type: agent, id: a }, action: { name: x }, resource: { type: r, id: i },
  context: { time: 2026-03-03T10:00:00Z }
}
test "levels" {
  request from base
  each context.n, action.name {
    2, read expect permit because works
    missing, read expect deny
  }
}`),
    ),
  );
  expect(page).toContain('- “levels: context.n = 2, action.name = read” **passes**');
  expect(page).toContain(
    '- With `context.n = 2` and `action.name = "read"`: **permit**, because `works`.',
  );
  expect(page).toContain('- With `context.n = missing` and `action.name = "read"`: **deny**.');
});
