// The example of docs/guarded-agent: its policy passes its tests, and the terminals on its page and its picture show the real
// output of its commands. Needs `dist/bin/`; to write both again, run `node scripts/generate/guarded-agent.mjs`.

import { readFileSync } from 'node:fs';
import { createEvaluatorTestEngine, runTests } from '@nhipol/testing';
import { expect, test } from 'vitest';
import {
  page,
  pagePath,
  picture,
  picturePath,
  playScenes,
} from '../../../scripts/guarded-agent/scenes.mjs';
import { checkText } from '../../support/checking.ts';

test('the policy has no diagnostics, passes its tests, and uses each rule in them', () => {
  const folder = new URL('../../../docs/guarded-agent/', import.meta.url);
  const text = readFileSync(new URL('guard.nhipol', folder), 'utf8');
  const { policy, found, warned } = checkText(text);
  expect([found, warned]).toEqual([[], []]);
  if (policy === undefined) throw new Error('unreachable');
  const results = runTests(policy, createEvaluatorTestEngine(policy));
  expect(results.flatMap(({ failures }) => failures)).toEqual([]);
  const seen = results.flatMap(({ answers }) => answers.flatMap(({ reasons }) => reasons));
  expect(policy.rules.map(({ id }) => id).filter((id) => !seen.includes(id))).toEqual([]);
});

test('page and picture show real runs', { timeout: 600_000 }, async () => {
  const scenes = await playScenes();
  expect(page(scenes)).toBe(readFileSync(pagePath, 'utf8'));
  expect(picture(scenes)).toBe(readFileSync(picturePath, 'utf8'));
});
