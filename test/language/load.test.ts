// Files are parsed once, however often their policy is loaded while others are still wanted.

import { expect, test } from 'vitest';
import { check, type Loading, unmeasured, wantedBy } from '../../language/index.ts';

const texts = new Map([
  ['p.nhipol', 'policy p\nuse "a.nhipol"\ncontext {}\n'],
  ['a.nhipol', 'use { n } from "b.nhipol"\nfor any { deny r when n > 1 and }\n'],
  ['b.nhipol', 'const n = 1\n'],
]);

test('what a policy wants, until it has all; and what is said of it is the same', () => {
  const loading: Loading = { parsed: new Map(), measure: unmeasured };
  const sources = new Map<string, string>();
  const asked: (readonly string[])[] = [];
  for (;;) {
    const wanted = wantedBy('p.nhipol', sources, loading);
    asked.push(wanted);
    if (wanted.length === 0) break;
    for (const path of wanted) sources.set(path, texts.get(path) as string);
  }
  expect(asked).toEqual([['p.nhipol'], ['a.nhipol'], ['b.nhipol'], []]);
  const parsed = new Map(loading.parsed);
  const { diagnostics } = check('p.nhipol', sources, loading);
  expect(diagnostics.map(({ code }) => code)).toEqual(['syntax-error']);
  expect(diagnostics).toEqual(check('p.nhipol', texts).diagnostics);
  for (const [path, file] of parsed) expect(loading.parsed.get(path)).toBe(file);
});

test('a text that changed is parsed again', () => {
  const loading: Loading = { parsed: new Map(), measure: unmeasured };
  check('p.nhipol', texts, loading);
  const mended = new Map(texts).set('a.nhipol', 'for any { deny r }\n');
  const { diagnostics } = check('p.nhipol', mended, loading);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('each stage is measured', () => {
  const stages: string[] = [];
  const measure: Loading['measure'] = (stage, run) => {
    stages.push(stage);
    return run();
  };
  check('p.nhipol', new Map([['p.nhipol', 'policy p\nfor any { deny r }\n']]), {
    parsed: new Map(),
    measure,
  });
  expect(stages).toEqual(['parse', 'check', 'warn', 'warn']);
});
