// A session as a log that can be replayed: its inputs and queries, with their instants.

import { formatInstant } from '@nhipol/language/types';
import { stringify } from '@nhipol/runtime';
import type { SessionSample } from '../explore/sessions.ts';

/** JSON, one object per line; `session` is its id, and begins those of other sessions. */
export function printSessionLog(
  { request, opens, steps }: SessionSample,
  session = 'counterexample',
): string {
  let now = opens;
  const lines: object[] = [{ at: formatInstant(now), session, open: JSON.parse(request) }];
  const others = new Set<string>();
  for (const { session: other, after, signals, request: next, asks } of steps) {
    now += after;
    const id = other === undefined ? session : `${session}-${other}`;
    const add = (input: object) => lines.push({ at: formatInstant(now), session: id, ...input });
    if (other !== undefined && !others.has(other)) add({ open: JSON.parse(request) });
    if (other !== undefined) others.add(other);
    if (next !== undefined) add({ replace: parseRequest(next) });
    for (const { name, payload } of signals) {
      add({ signal: name, ...(payload === undefined ? {} : { payload: JSON.parse(payload) }) });
    }
    for (let asked = 0; asked < asks; asked += 1) add({ decide: {} });
  }
  return lines.map((line) => `${stringify(line)}\n`).join('');
}

/** Every part is present, so that nothing of the previous request remains. */
function parseRequest(request: string): object {
  const parts = { subject: {}, action: {}, resource: {}, context: {} };
  return { ...parts, ...(JSON.parse(request) as object) };
}
