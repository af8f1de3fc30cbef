// Reports of timelines: those of a log of an example, compared with reviewed files, and the summaries that keep
// timelines of many sessions or decisions short.

import { plain } from '@nhipol/language';
import { renderHtml, renderMarkdown, timelinePage, timelineText } from '@nhipol/reporting';
import { createEvaluatorHost, printTimelineJson, selectSessions } from '@nhipol/testing/replay';
import { expect, test } from 'vitest';
import { type Chart, renderChartLines } from '../../assurance/reporting/pages/chart.ts';
import { groupChapters } from '../../assurance/reporting/timeline/chapters.ts';
import { chooseTicks } from '../../assurance/reporting/timeline/scale.ts';
import { describeLength } from '../../assurance/reporting/timeline/words.ts';
import { checkPolicy } from '../support/checking.ts';
import { attribute, expectAlone, parseElements } from '../support/pages/html.ts';
import { type Row, replayFile, replayRows } from '../support/sessions/replaying.ts';

const palette = { ...plain, good: (text: string) => text };
const folder = 'examples/agent-trifecta';

async function incident() {
  const { policy, timeline, faults } = await replayFile(
    `${folder}/policy.nhipol`,
    `${folder}/incident.jsonl`,
  );
  expect(faults).toEqual([]);
  return { name: policy.name, version: policy.version, timeline };
}

test('the reports of an incident equal the golden files', async () => {
  const titled = await incident();
  const page = timelinePage(titled);
  const shown = {
    'wide.txt': timelineText(titled, 100, palette),
    'narrow.txt': timelineText(titled, 80, palette),
    'timeline.json': printTimelineJson({
      ...titled,
      timeline: selectSessions(titled.timeline, ['billing-4']),
    }),
    'timeline.md': renderMarkdown(page),
    'timeline.html': renderHtml(page),
  };
  for (const [file, text] of Object.entries(shown))
    await expect(text).toMatchFileSnapshot(`golden/timeline/${file}`);
});

test('no line exceeds the width of the terminal', async () => {
  const titled = await incident();
  for (const width of [80, 100, 160]) {
    const lines = timelineText(titled, width, palette).split('\n');
    expect(lines.filter((line) => line.length > width)).toEqual([]);
  }
});

test('the page is well-formed and self-contained, and describes each lane in words', async () => {
  const { elements, errors } = parseElements(renderHtml(timelinePage(await incident())));
  expect(errors).toEqual([]);
  expectAlone(elements);
  const lanes = elements.filter((element) => attribute(element, 'role') === 'img');
  expect(lanes.map((lane) => attribute(lane, 'aria-label'))).toMatchObject([
    expect.stringMatching(/^support-7: .*; permit, .*; deny, 10:08:41 to 10:09:15, 34s; /),
    expect.stringMatching(/^research-2: /),
    expect.stringMatching(/^billing-4: .*; revoke, 10:27:30 to 10:30:00, 2m 30s$/),
  ]);
});

// --- many ----------------------------------------------------------------------------------------

const policy = checkPolicy(`policy p version "2"
subject agent {}
action any {}
context { time: Timestamp }
signals { failed: { reason?: String } }
constraint rows: Int smallest wins
obligation tell: custom { who: String }
for agent {
  permit works otherwise
  permit reads when action.name is "read"
  narrow careful when once(signal "failed", within 1m) to { rows: 10 }
  deny stopped when action.name is "stop" because "no <b>stop</b>"
    with tell { who: "ops" }
}`);

const open = {
  subject: { type: 'agent', id: 'a' },
  action: { name: 'x' },
  resource: { type: 'r', id: 'i' },
};
const decide = (name: string) => ({ decide: { action: { name } } });

function showRows(rows: readonly Row[]) {
  const { timeline, faults } = replayRows(createEvaluatorHost(policy), rows);
  expect(faults).toEqual([]);
  return { name: 'p', version: '2', timeline };
}

test('groups events without a change, despite events of other sessions in between', () => {
  const titled = showRows(
    [
      [0, { open }],
      [0, { open }, 'other'],
      ...Array.from({ length: 100 }, (_, at): Row => [at + 1, decide(at % 2 === 0 ? 'x' : 'read')]),
      [50, { patch: { context: { n: 1 } } }],
    ].sort(([a], [b]) => (a as number) - (b as number)) as readonly Row[],
  );
  const chapters = groupChapters(titled.timeline.happenings);
  expect(chapters.map(({ first, rest }) => [first.session, first.cause.kind, rest.length])).toEqual(
    [
      ['s', 'open', 0],
      ['other', 'open', 0],
      ['s', 'decide', 100],
    ],
  );
  expect(timelineText(titled, 100, palette)).toContain(
    'same effect until 00:01:40: 50 × read, 49 × x, patch\n',
  );
});

test('truncates many changes of an answer in a terminal', () => {
  const rows = Array.from(
    { length: 300 },
    (_, at): Row => [at + 1, decide(at % 2 === 0 ? 'x' : 'stop')],
  );
  const text = timelineText(showRows([[0, { open }], ...rows]), 100, palette);
  expect(text).toContain('s: 201 more changes; see --format json\n');
  expect(text.split('\n').length).toBeLessThan(400);
});

test('counts sessions that were permitted throughout, and omits some of very many', () => {
  const sessions = Array.from({ length: 100 }, (_, at) => `s-${at}`);
  const rows = sessions.flatMap((id, at): Row[] => [
    [at, { open }, id],
    [at, decide(at % 10 < 2 ? 'x' : 'stop'), id],
  ]);
  const titled = showRows(rows);
  const text = timelineText(titled, 100, palette);
  expect(text).toContain(
    '  20 sessions were permitted throughout: s-0, s-1, s-10, s-11, s-20 and 15 more\n',
  );
  expect(text).toMatch(/ {2}30 sessions are omitted; use --session to show them: s-\d+, /);
  expect(text).toContain('100 sessions: 100 open; 100 decisions: 20 permit, 80 deny\n');
  expect(renderHtml(timelinePage(titled)).match(/<div class="lane">/g)).toHaveLength(50);
});

test('shows constraints, obligations and messages, escaped', () => {
  const titled = showRows([
    [0, { open }, '<i>'],
    [1, decide('x'), '<i>'],
    [2, { signal: 'failed', payload: { reason: '<script>' } }, '<i>'],
    [3, decide('stop'), '<i>'],
  ]);
  const text = timelineText(titled, 100, palette);
  expect(text).toContain('within { rows: 10 }');
  expect(text).toContain('requires tell { who: "ops" }');
  expect(text).toContain('stopped: no <b>stop</b>');
  const page = renderHtml(timelinePage(titled));
  expect(page).not.toMatch(/<script|<b>|<i>&lt;|<h2[^>]*><i>/);
  expect(parseElements(page).errors).toEqual([]);
});

test('shows a log of one instant without decisions', () => {
  const titled = showRows([[0, { open }]]);
  const text = timelineText(titled, 40, palette);
  expect(text).toContain('· no decision yet');
  expect(text).toContain('  s  no decision\n');
  expect(text).toContain('The answers do not change without further events.\n');
  expect(parseElements(renderHtml(timelinePage(titled))).errors).toEqual([]);
});

test('starts a section for each day', () => {
  const day = 86_400;
  const text = timelineText(
    showRows([
      [0, { open }],
      [1, decide('x')],
      [day, { signal: 'failed' }],
      [3 * day, decide('stop')],
    ]),
    100,
    palette,
  );
  expect(text).toMatch(/\n1970-01-01\n00:00:00 .*\n(?:.*\n)*1970-01-02\n(?:.*\n)*1970-01-04\n/);
});

// --- formatting ----------------------------------------------------------------------------------

test.each([
  [0n, '0s'],
  [5n, '5ms'],
  [1_500n, '1s 500ms'],
  [15_001n, '15s'],
  [65_000n, '1m 5s'],
  [3_600_000n, '1h'],
  [90_061_000n, '1d 1h'],
])('writes %s ms as %s', (length, words) => {
  expect(describeLength(length)).toBe(words);
});

const instant = (text: string) => BigInt(Date.parse(text));

test.each([
  ['2026-03-03T10:00:00Z', '2026-03-03T10:30:00Z', ['10:00', '10:10', '10:20', '10:30']],
  [
    '2026-03-03T10:00:01Z',
    '2026-03-03T10:00:04Z',
    ['10:00:01', '10:00:02', '10:00:03', '10:00:04'],
  ],
  [
    '2026-03-03T22:00:00Z',
    '2026-03-04T01:00:00Z',
    ['03-03 22:00', '03-03 23:00', '03-04 00:00', '03-04 01:00'],
  ],
  [
    '2026-03-03T22:00:00Z',
    '2026-03-07T01:00:00Z',
    ['2026-03-04', '2026-03-05', '2026-03-06', '2026-03-07'],
  ],
  ['2026-03-03T10:00:00Z', '2026-03-03T10:00:00Z', ['10:00:00.000']],
])('labels round instants from %s to %s', (from, until, labels) => {
  const ticks = chooseTicks(instant(from), instant(until), 6);
  expect(ticks.map(({ label }) => label)).toEqual(labels);
});

test('a cell shows the strictest effect of its time, even of a moment', () => {
  const segment = (shade: 'permit' | 'deny' | undefined, from: number, to: number) => ({
    shade,
    from,
    to,
    title: '',
  });
  const chart: Chart = {
    kind: 'chart',
    caption: '',
    ticks: [
      { at: 0, label: '10:00' },
      { at: 0.1, label: '10:01' },
      { at: 1, label: '10:10' },
    ],
    lanes: [
      { name: 'a', segments: [segment(undefined, 0, 0.3), segment('permit', 0.3, 1)], marks: [] },
      {
        name: 'bb',
        segments: [segment('permit', 0, 0.55), segment('deny', 0.55, 0.55)],
        marks: [],
      },
    ],
  };
  expect(renderChartLines(chart, 24)).toEqual([
    '    10:00          10:10',
    'a   ······▁▁▁▁▁▁▁▁▁▁▁▁▁▁',
    'bb  ▁▁▁▁▁▁▁▁▁▁▁▆',
    '· no decision yet  ▁ permit  ▆ deny',
  ]);
});
