// How lines of a log are sent: as they are, or as the decision events of OPA, which existing collectors accept.

import { stringify } from '@nhipol/runtime';
import { parseExactValue } from '../../json/exact.ts';

export const sinkFormats = ['nhipol', 'opa'] as const;
export type SinkFormat = (typeof sinkFormats)[number];

export interface Payload {
  readonly contentType: string;
  readonly body: string;
}

/** Returns `undefined` if the format has nothing for these lines. */
export function createPayload(lines: readonly string[], format: SinkFormat): Payload | undefined {
  if (format === 'nhipol') {
    const body = lines.map((line) => `${line}\n`).join('');
    return lines.length === 0 ? undefined : { contentType: 'application/x-ndjson', body };
  }
  const events = lines.flatMap(createOpaEvent);
  if (events.length === 0) return undefined;
  return { contentType: 'application/json', body: stringify(events) };
}

/** The event of a decision (openpolicyagent.org/docs/management-decision-logs). Other lines have none. */
function createOpaEvent(line: string): readonly object[] {
  const entry = parseExactValue(line) as ReturnType<typeof JSON.parse>;
  if (entry.kind !== 'decision') return [];
  const { name, version, digest } = entry.policy;
  return [
    {
      labels: { app: 'nhipol', entry_point: entry.entry_point, policy_digest: digest },
      decision_id: entry.id,
      ...(entry.trace_id === undefined ? {} : { trace_id: entry.trace_id }),
      bundles: { [name]: { revision: version } },
      path: name,
      input: entry.request,
      result: entry.response,
      timestamp: entry.time,
      metrics: { timer_server_handler_ns: entry.latency_us * 1_000 },
    },
  ];
}
