// The program in docs/continuous-authorization.md behaves as the page states: each line that ends in a comment has
// the value in the comment.

import { compile } from '@nhipol/compiler';
import { createSessions, load } from '@nhipol/runtime';
import { expect, test } from 'vitest';
import { nhiSources } from '../../../language/vocabulary/nhi.generated.ts';
import { Session } from '../../../runtime/sessions/session.ts';
import { Sessions } from '../../../runtime/sessions/sessions.ts';
import { assemble } from '../../support/modules/assembler.ts';
import { checkBlock, readPage } from '../../support/pages/pages.ts';

const page = readPage('continuous-authorization.md');

test('the program produces the values on the page', async () => {
  const blocks = page.blocks.filter(({ language }) => language === 'nhipol');
  const [wasm, nextWasm, ...others] = await Promise.all(
    blocks.map(async (block) => (await compile(checkBlock(page, block), assemble)).wasm),
  );
  expect(others).toEqual([]);
  const found: string[] = [];
  const run = new Function('load', 'createSessions', 'wasm', 'nextWasm', 'holds', program());
  run(load, createSessions, wasm, nextWasm, (line: number, value: unknown, expected: unknown) => {
    found.push(`${line}: ${JSON.stringify(value)}`);
    expect({ line, value }).toEqual({ line, value: expected });
  });
  expect(found.length).toBeGreaterThan(20);
});

/** Joins the blocks to a program. The clock comes first, because other blocks use it before the page shows it. */
function program(): string {
  const blocks = page.blocks.filter(
    ({ language, title }) => language === 'js' && title !== 'ignore',
  );
  const [clock, others] = [true, false].map((isClock) =>
    blocks.filter(({ title }) => (title === 'clock') === isClock),
  );
  return [...(clock ?? []), ...(others ?? [])]
    .flatMap(({ text, line }) => text.split('\n').map((each, at) => checkLine(each, line + at + 1)))
    .join('\n');
}

function checkLine(line: string, at: number): string {
  if (line.startsWith('import ')) return '';
  const [, code, value] = /^(\S.*); \/\/ (.*)$/.exec(line) ?? [];
  return code === undefined ? line : `holds(${at}, ${code}, ${value});`;
}

test('the table contains each trigger of the vocabulary', () => {
  const [, members = ''] =
    /enum Trigger \{([^}]*)\}/.exec([...nhiSources.values()].join('\n')) ?? [];
  const triggers = members.split(',').map((name) => name.trim());
  expect(triggers.length).toBeGreaterThan(5);
  const rows = [...page.text.matchAll(/^\| `([a-z_]+)` \|(?: .*)? \|.*\|.*\|$/gm)].map(
    ([, name]) => name,
  );
  expect(rows.toSorted()).toEqual(triggers.toSorted());
});

test('the API reference lists all methods of sessions', () => {
  const names = [Sessions, Session]
    .flatMap(({ prototype }) => Object.getOwnPropertyNames(prototype))
    .filter((name) => name !== 'constructor');
  const [, list = ''] = /^## API reference\n([^#]*)^## /m.exec(page.text) ?? [];
  const listed = new Set([...list.matchAll(/`(\w+)(?=[`(])/g)].map(([, name]) => name));
  expect(names.filter((name) => !listed.has(name))).toEqual([]);
});
