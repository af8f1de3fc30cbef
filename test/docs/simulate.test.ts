// docs/simulate.md: its log is one that the example's policy takes, and its tables name what a line and the
// JSON have.

import { expect, test } from 'vitest';
import { timelineJson } from '../../testing/replay/timeline-json.ts';
import { readPage } from '../support/pages.ts';
import { replayText } from '../support/replaying.ts';

const page = readPage('simulate.md');
const log = page.blocks.find(({ language }) => language === 'jsonl')?.text ?? '';

/** The members that the tables of a section name, those of `x[]` and `x[].a` by `a` and `x`. */
function named(section: string): ReadonlySet<string> {
  const [, text = ''] = new RegExp(`^## ${section}\n([^#]*)`, 'm').exec(page.text) ?? [];
  const firsts = [...text.matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell = '']) => cell);
  return new Set(firsts.flatMap((cell) => cell.match(/[a-z]+/g) ?? []));
}

test('the log is fine, and each kind of line but one is in it', async () => {
  const { timeline, faults, policy } = await replayText(
    'examples/agent-trifecta/policy.nhipol',
    log,
  );
  expect(faults).toEqual([]);
  const members = log
    .trim()
    .split('\n')
    .flatMap((line) => Object.keys(JSON.parse(line)));
  expect([...new Set([...members, 'replace'])].sort()).toEqual([...named('Events')].sort());

  const { name, version } = policy;
  const json = JSON.parse(timelineJson({ name, version, timeline }));
  const told = named('The JSON format');
  for (const member of Object.keys({ ...json, ...json.happenings[0] }))
    expect(told).toContain(member);
});
