// The program of examples/leaked-credential: each place where the identity works learns of the leak after it was reported, and
// all of its work is aborted, and no other. Needs `dist/`.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const main = fileURLToPath(
  new URL('../../dist/examples/leaked-credential/main.js', import.meta.url),
);
const line = /^ *(before|\d+ ms) {2}(.+?) {2,}(.+)$/;

test('a leaked credential ends all work of its identity', { timeout: 240_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [main], { timeout: 230_000 });
  const happenings = stdout
    .trimEnd()
    .split('\n')
    .map((text) => {
      const [, time, who, what] = line.exec(text) ?? expect.fail(`no line of a timeline: ${text}`);
      return { isBefore: time === 'before', at: `${who}: ${what}` };
    });
  const at = (text: string) => happenings.findIndex((each) => each.at === text);
  const exporter = 'agent:exporter-3';
  const reported = at(`scanner: reports that the credential of ${exporter} has leaked`);
  const began = happenings.filter(({ isBefore }) => isBefore).map((each) => each.at);
  expect(began.sort()).toEqual([
    'invoices service: invoices.export of agent:auditor-1 runs',
    `invoices service: invoices.export of ${exporter} runs`,
    `reports service: reports.render of ${exporter} runs`,
  ]);
  expect(reported).toBe(began.length);
  const stopped =
    "archive:pack: not permitted: stopped while it ran: the agent's credential has leaked";
  const learned = [
    'identity provider: sends credential-compromise to the decision point',
    'identity provider: sends credential-compromise to the guard',
    'decision point: acknowledges the event: its effects are on the disk',
    'guard: acknowledges the event: its effects are on the disk',
    `invoices service: invoices.export of ${exporter} is aborted`,
    `reports service: reports.render of ${exporter} is aborted`,
    `agent: ${stopped}`,
    'guard: stops the server',
  ];
  expect(learned.filter((each) => at(each) <= reported)).toEqual([]);
  for (const place of ['decision point', 'guard']) {
    const sent = at(`identity provider: sends credential-compromise to the ${place}`);
    expect(sent).toBeLessThan(at(`${place}: acknowledges the event: its effects are on the disk`));
  }
  const last = Math.max(...learned.map(at));
  expect(happenings.slice(last + 1).map((each) => each.at)).toEqual([
    `invoices service: answers ${exporter} with 403`,
    `reports service: answers ${exporter} with 403`,
    "agent: archive:pack: not permitted: the agent's credential has leaked",
    'invoices service: invoices.export of agent:auditor-1 still runs',
  ]);
});
