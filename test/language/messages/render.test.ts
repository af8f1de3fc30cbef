// Rendering of diagnostics: place, line and underline for narrow, wide, long and hostile sources.

import { type Diagnostic, diagnosticLimit, plain, render, summarize } from '@nhipol/language';
import { expect, test } from 'vitest';
import { renderDiagnostic } from '../../../language/diagnostics/render.ts';

const file = 'p.nhipol';

function createDiagnostic(
  text: string,
  underlined: string,
  more: Partial<Diagnostic> = {},
): Diagnostic {
  const start = text.indexOf(underlined);
  return {
    code: 'unknown-name',
    severity: 'error',
    message: 'unknown name `x`',
    span: { file, start, end: start + underlined.length },
    related: [],
    ...more,
  };
}

/** The rendered lines after the first. */
function renderLines(text: string, diagnostic: Diagnostic): string[] {
  const lines = renderDiagnostic(diagnostic, new Map([[file, text]])).split('\n');
  return lines.slice(1, -1);
}

test('shows the line, its underline with the label, and the help', () => {
  const text = 'policy p\nfor any {\n  deny risky when context.risk.levl is HIGH\n}\n';
  const diagnostic = createDiagnostic(text, 'levl', {
    code: 'unknown-member',
    message: '`Risk` has no member `levl`',
    label: 'did you mean `level`?',
    help: 'name a member that is declared',
  });
  expect(render([diagnostic], new Map([[file, text]]))).toBe(
    [
      'error[unknown-member]: `Risk` has no member `levl`',
      ' ┌─ p.nhipol:3:32',
      '3│   deny risky when context.risk.levl is HIGH',
      ' │                                ^^^^ did you mean `level`?',
      ' │ help: name a member that is declared',
      '',
      '1 error',
      '',
    ].join('\n'),
  );
});

test('shows related places in their own files, in one frame', () => {
  const text = `${'\n'.repeat(11)}const a = 2`;
  const other = 'use this\nconst a = 1';
  const diagnostic = createDiagnostic(text, 'a =', {
    related: [
      { span: { file: 'names.nhipol', start: 15, end: 16 }, message: 'first declared here' },
      { span: { file: 'absent.nhipol', start: 3, end: 4 }, message: 'and there' },
    ],
  });
  const sources = new Map([
    [file, text],
    ['names.nhipol', other],
  ]);
  expect(renderDiagnostic(diagnostic, sources).split('\n').slice(1, -1)).toEqual([
    '  ┌─ p.nhipol:12:7',
    '12│ const a = 2',
    '  │       ^^^',
    '  ├─ names.nhipol:2:7',
    ' 2│ const a = 1',
    '  │       - first declared here',
    '  ├─ absent.nhipol',
    '  │ and there',
  ]);
});

test('shows the first and last line of a span over several lines', () => {
  const text = 'a {\n  b\n  c d\n} e\n';
  expect(renderLines(text, createDiagnostic(text, '{\n  b\n  c', { label: 'here' }))).toEqual([
    ' ┌─ p.nhipol:1:3',
    '1│ a {',
    ' │   ^',
    ' ·',
    '3│   c d',
    ' │   ^ here',
  ]);
  expect(
    renderLines(text, createDiagnostic(text, 'b\n  c')).map((line) => line.slice(0, 2)),
  ).not.toContain(' ·');
});

test('does not underline line ends at the end of a span', () => {
  const text = 'abc\r\n\r\nd\r\n';
  expect(renderLines(text, createDiagnostic(text, 'bc\r\n\r\n'))).toEqual([
    ' ┌─ p.nhipol:1:2',
    '1│ abc',
    ' │  ^^',
  ]);
});

test('shows the end of the source as a place', () => {
  const text = 'policy p\n';
  const diagnostic = { ...createDiagnostic(text, ''), span: { file, start: 9, end: 9 } };
  expect(renderLines(text, diagnostic)).toEqual([' ┌─ p.nhipol:2:1', '2│', ' │ ^']);
});

test('aligns the underline after tabs, wide and combining characters', () => {
  for (const before of ['\t', '世', '🙂']) {
    const text = `${before}x`;
    expect(renderLines(text, createDiagnostic(text, 'x')).at(-1)).toBe(' │   ^');
  }
  expect(renderLines('e\u0301x', createDiagnostic('e\u0301x', 'x')).at(-1)).toBe(' │  ^');
  expect(renderLines('a世界b', createDiagnostic('a世界b', '世界')).at(-1)).toBe(' │  ^^^^');
});

test('escapes control characters and invisible characters', () => {
  const text = 'a\u001b[31m\u202eb';
  const diagnostic = createDiagnostic(text, 'b', { message: 'not \u0007 this\nline' });
  const rendered = renderDiagnostic(diagnostic, new Map([[file, text]]));
  expect(rendered.split('\n')).toEqual([
    'error[unknown-name]: not \\u{7} this\\u{a}line',
    ' ┌─ p.nhipol:1:8',
    '1│ a\\u{1b}[31m\\u{202e}b',
    ` │ ${' '.repeat(19)}^`,
    '',
  ]);
});

test('cuts a long line to the part around the underline', () => {
  for (const at of [0, 50, 90, 150, 5000, 1_000_000]) {
    for (const after of [0, 3, 200, 100_000]) {
      const text = `${'a'.repeat(at)}XYZ${'b'.repeat(after)}`;
      const [, line = '', underline = ''] = renderLines(text, createDiagnostic(text, 'XYZ'));
      expect(line.length).toBeLessThanOrEqual(103);
      expect(underline.indexOf('^')).toBe(line.indexOf('XYZ'));
      expect(underline.endsWith(' ^^^')).toBe(true);
      expect(line.includes('…a')).toBe(at > 100);
      expect(line.endsWith('…')).toBe(after >= 200);
    }
  }
  const all = 'x'.repeat(500);
  expect(renderLines(all, createDiagnostic(all, all)).at(-1)).toBe(` │ ${'^'.repeat(99)}`);
});

test('colors each part', () => {
  const text = 'x';
  const palette = {
    error: (part: string) => `<e>${part}</e>`,
    warning: (part: string) => `<w>${part}</w>`,
    advice: (part: string) => `<a>${part}</a>`,
    strong: (part: string) => `<b>${part}</b>`,
    frame: (part: string) => `<f>${part}</f>`,
    related: (part: string) => `<r>${part}</r>`,
  };
  const diagnostic = createDiagnostic(text, 'x', {
    severity: 'warning',
    message: 'hm',
    label: 'no',
  });
  expect(renderDiagnostic(diagnostic, new Map([[file, text]]), palette)).toBe(
    [
      '<w>warning[unknown-name]</w>: <b>hm</b>',
      '<f> ┌─</f> <f>p.nhipol:1:1</f>',
      '<f>1│</f> x',
      '<f> │</f> <w>^</w><w> no</w>',
      '',
    ].join('\n'),
  );
});

test('counts the diagnostics beyond the limit without showing them', () => {
  const text = 'x';
  const many = Array.from({ length: diagnosticLimit + 7 }, () => createDiagnostic(text, 'x'));
  const rendered = render(many, new Map([[file, text]]), plain);
  expect(rendered.match(/^error\[/gm)).toHaveLength(diagnosticLimit);
  expect(rendered.endsWith(`\nand 7 more\n\n${diagnosticLimit + 7} errors\n`)).toBe(true);
});

test('the summary counts errors and warnings', () => {
  const error = createDiagnostic('x', 'x');
  const warning = createDiagnostic('x', 'x', { severity: 'warning' });
  expect(summarize([error, warning, error])).toBe('2 errors, 1 warning');
  expect(summarize([warning, warning])).toBe('2 warnings');
  expect(render([], new Map())).toBe('');
});
