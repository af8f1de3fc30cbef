// Secret members in reports: timelines, differences and the page of a policy never show their values, and show
// equal values alike.

import { plain } from '@nhipol/language';
import {
  diffPage,
  diffText,
  docPage,
  renderHtml,
  renderMarkdown,
  timelinePage,
  timelineText,
} from '@nhipol/reporting';
import { diffJson, LogDiff, maskDiff } from '@nhipol/testing/diff';
import { createEvaluatorHost, maskTimeline, printTimelineJson } from '@nhipol/testing/replay';
import { expect, test } from 'vitest';
import { checkPolicy } from '../support/checking.ts';
import { testText } from '../support/pages/reporting.ts';
import { replayRows } from '../support/sessions/replaying.ts';

const palette = { ...plain, good: (text: string) => text };
const source = (key: string) => `policy p
subject agent { key: secret String, team?: String }
context { time: Timestamp, token?: secret String }
signals { "login": { password: secret String, from: String } }
for agent {
  permit ok when subject.key is "${key}"
  deny no when context.token is "${key}" or once(signal "login")
}`;
const policy = checkPolicy(source('sk-1'));
const masks = /secret:[0-9a-f]{12}/g;

/** Masks as numbers, in the order in which they occur. */
function numberMasks(text: string): string {
  const found: string[] = [];
  return text.replaceAll(masks, (mask) => {
    if (!found.includes(mask)) found.push(mask);
    return `secret:#${found.indexOf(mask) + 1}`;
  });
}

const request = {
  subject: { type: 'agent', id: 'a', properties: { key: 'sk-1' } },
  action: { name: 'use' },
  resource: { type: 'thing', id: 't' },
  context: { time: '2026-03-03T10:00:00Z', token: 'sk-0' },
};

const { timeline, faults } = replayRows(createEvaluatorHost(policy), [
  [0, { open: request }],
  [1, { decide: {} }],
  [2, { patch: { context: { token: 'sk-7' } } }],
  [3, { patch: { subject: { properties: { key: 'sk-7', team: 'red' } } } }],
  [4, { replace: { context: { token: 'sk-8' } } }],
  [5, { signal: 'login', payload: { password: 'sk-9', from: 'home' } }],
]);

test('a timeline masks changes and payloads', () => {
  expect(faults).toEqual([]);
  const titled = { name: 'p', version: '0', timeline: maskTimeline(policy, timeline) };
  const page = timelinePage(titled);
  const texts = [
    timelineText(titled, 120, palette),
    printTimelineJson(titled),
    renderMarkdown(page),
    renderHtml(page),
  ];
  for (const text of texts) {
    expect(text).not.toMatch(/sk-\d/);
    expect(text).toContain('red');
  }
  const { happenings } = JSON.parse(numberMasks(texts[1] ?? ''));
  const causes = happenings.map(
    ({ cause }: { cause: { part?: unknown; payload?: unknown } }) => cause.part ?? cause.payload,
  );
  expect(causes.filter((cause: unknown) => cause !== undefined)).toEqual([
    { context: { token: 'secret:#1' } },
    { subject: { properties: { key: 'secret:#1', team: 'red' } } },
    { context: { token: 'secret:#2' } },
    { password: 'secret:#3', from: 'home' },
  ]);
});

test('a difference masks the requests of a log, also those that are secret in one version only', () => {
  const withoutHistory = (key: string) => source(key).replace(' or once(signal "login")', '');
  const [before, after] = [
    checkPolicy(withoutHistory('sk-1').replaceAll('secret ', '')),
    checkPolicy(withoutHistory('sk-2')),
  ];
  const log = new LogDiff(before, after);
  const bytes = new TextEncoder().encode(JSON.stringify(request));
  log.add(bytes, { now: undefined, precedence: 'request' }, 1);
  const diff = maskDiff(before, after, log.result);
  expect(diff.changes.flatMap(({ examples }) => examples)).toHaveLength(1);
  const titled = {
    name: 'p',
    before: { version: '1', file: 'old' },
    after: { version: '2', file: 'new' },
    log: undefined,
    diff,
  };
  const texts = [
    diffText(titled, 120, palette),
    diffJson(titled, diff),
    renderMarkdown(diffPage(titled)),
    renderHtml(diffPage(titled)),
  ];
  for (const text of texts) {
    expect(text).not.toMatch(/sk-\d/);
    expect(text).toMatch(masks);
  }
});

test('the page of a policy marks secret members', () => {
  expect(renderMarkdown(docPage(testText(source('sk-1'))))).toMatch(/`key` \| secret /);
});
