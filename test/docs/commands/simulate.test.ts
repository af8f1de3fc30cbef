// docs/simulate.md: its log is valid for the policy of the example, and its tables document the members of a line and
// of the JSON.

import { printTimelineJson } from '@nhipol/testing/replay';
import { expect, test } from 'vitest';
import { readPage } from '../../support/pages/pages.ts';
import { replayText } from '../../support/sessions/replaying.ts';

const page = readPage('simulate.md');
const log = page.blocks.find(({ language }) => language === 'jsonl')?.text ?? '';

/** Returns the members in the tables of a section: `a` and `x` for `x[].a`. */
function listNames(section: string): ReadonlySet<string> {
  const [, text = ''] = new RegExp(`^## ${section}\n([^#]*)`, 'm').exec(page.text) ?? [];
  const firsts = [...text.matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell = '']) => cell);
  return new Set(firsts.flatMap((cell) => cell.match(/[a-z]+/g) ?? []));
}

test('the log is valid, and the tables document its members', async () => {
  const { timeline, faults, policy } = await replayText(
    'examples/agent-trifecta/policy.nhipol',
    log,
  );
  expect(faults).toEqual([]);
  const members = log
    .trim()
    .split('\n')
    .flatMap((line) => Object.keys(JSON.parse(line)));
  expect([...new Set([...members, 'replace'])].sort()).toEqual([...listNames('Events')].sort());

  const { name, version } = policy;
  const json = JSON.parse(printTimelineJson({ name, version, timeline }));
  const documented = listNames('The JSON format');
  for (const member of Object.keys({ ...json, ...json.happenings[0] }))
    expect(documented).toContain(member);
});
