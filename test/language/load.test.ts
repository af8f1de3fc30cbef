// Files are parsed once, even if their policy is loaded again for each missing file.

import { check } from '@nhipol/language';
import { skipMeasure } from '@nhipol/language/support';
import { expect, test } from 'vitest';
import { type Loading, listWantedFiles } from '../../language/checker/load.ts';

const texts = new Map([
  ['p.nhipol', 'policy p\nuse "a.nhipol"\ncontext {}\n'],
  ['a.nhipol', 'use { n } from "b.nhipol"\nfor any { deny r when n > 1 and }\n'],
  ['b.nhipol', 'const n = 1\n'],
]);

test('loading returns the missing files until all are present, and the diagnostics are the same', () => {
  const loading: Loading = { parsed: new Map(), measure: skipMeasure };
  const sources = new Map<string, string>();
  const requested: (readonly string[])[] = [];
  for (;;) {
    const wanted = listWantedFiles('p.nhipol', sources, loading);
    requested.push(wanted);
    if (wanted.length === 0) break;
    for (const path of wanted) sources.set(path, texts.get(path) as string);
  }
  expect(requested).toEqual([['p.nhipol'], ['a.nhipol'], ['b.nhipol'], []]);
  const parsed = new Map(loading.parsed);
  const { diagnostics } = check('p.nhipol', sources, loading);
  expect(diagnostics.map(({ code }) => code)).toEqual(['syntax-error']);
  expect(diagnostics).toEqual(check('p.nhipol', texts).diagnostics);
  for (const [path, file] of parsed) expect(loading.parsed.get(path)).toBe(file);
});

test('a changed source is parsed again', () => {
  const loading: Loading = { parsed: new Map(), measure: skipMeasure };
  check('p.nhipol', texts, loading);
  const fixed = new Map(texts).set('a.nhipol', 'for any { deny r }\n');
  const { diagnostics } = check('p.nhipol', fixed, loading);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('measures each stage', () => {
  const stages: string[] = [];
  const measure: Loading['measure'] = (stage, run) => {
    stages.push(stage);
    return run();
  };
  check('p.nhipol', new Map([['p.nhipol', 'policy p\nfor any { deny r }\n']]), {
    parsed: new Map(),
    measure,
  });
  expect(stages).toEqual(['parse', 'check', 'warn']);
});
