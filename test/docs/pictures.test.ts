// The pictures of a terminal: reconstructed from the positions of their texts, they equal the output of their
// command, column by column. They load nothing.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Folder } from '../support/system/run-cli.ts';

const pictures = new URL('../../docs/pictures/', import.meta.url);
const policies = new URL('policies/', pictures);

function picture(name: string): string {
  return readFileSync(new URL(`${name}.svg`, pictures), 'utf8');
}

const text = /<text x="([\d.]+)" y="([\d.]+)" textLength="([\d.]+)"[^>]*>([^<]*)<\/text>/g;

function renderScreen(svg: string): string {
  const pieces = [...svg.matchAll(text)].map(([, x, y, length, shown = '']) => ({
    x: Number(x),
    y: Number(y),
    length: Number(length),
    text: shown.replaceAll('&lt;', '<').replaceAll('&amp;', '&'),
  }));
  const [prompt, command] = pieces;
  if (prompt === undefined || command === undefined) throw new Error('nothing is shown');
  const width = (command.x - prompt.x) / 2;
  const height = Math.min(...pieces.map(({ y }) => y - prompt.y).filter((y) => y > 0));
  const rows: string[] = [];
  for (const { x, y, length, text } of pieces) {
    expect(length / width).toBeCloseTo(text.length, 0);
    const row = Math.round((y - prompt.y) / height);
    const before = rows[row] ?? '';
    rows[row] = before.padEnd(Math.round((x - prompt.x) / width)) + text;
  }
  return `${Array.from(rows, (row) => row ?? '').join('\n')}\n`;
}

test.for(['check', 'explain'])('%s.svg shows the real output of its command', async (name) => {
  const files = readdirSync(policies).map((file) => [file, readFileSync(new URL(file, policies))]);
  using folder = new Folder(Object.fromEntries(files));
  const svg = picture(name);
  const command = /<title>nhipol (.*)<\/title>/.exec(svg)?.[1] ?? '';
  const { out, err } = await folder.run(command.split(' '), { inside: true });
  expect(renderScreen(svg)).toBe(`$ nhipol ${command}\n${out}${err}`);
});

test.for(['check', 'explain', 'guard', 'report', 'simulate'])('%s.svg loads nothing', (name) => {
  // A command may show addresses as text.
  const markup = picture(name).replace(/>[^<]*</g, '><');
  expect(markup.replace('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(
    /href|url\(|@import|@font-face|https?:|<script/,
  );
});
