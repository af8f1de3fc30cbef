// Spans of OpenTelemetry: one for each request, in the trace of its caller, with the effect; the line in the log has the id
// of the trace.

import type { LogEntry } from '@nhipol/service';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Harness, openHarness } from './service-harness.ts';
import { approvalPolicy } from './sessions/session-policy.ts';

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const entries: LogEntry[] = [];
let harness: Harness;
beforeAll(async () => {
  provider.register();
  const log = {
    append: (entry: LogEntry) => {
      entries.push(entry);
      return 'line';
    },
    close: async () => {},
  };
  harness = await openHarness({ policy: approvalPolicy, point: { log } });
});
afterAll(async () => {
  await harness.close();
  await provider.shutdown();
});

const trace = '0af7651916cd43dd8448eb211c80319c';
const parent = 'b7ad6b7169203331';
const headers = { traceparent: `00-${trace}-${parent}-01` };
const request = {
  subject: { type: 'ai_agent', id: 'a' },
  action: { name: 'pay', properties: { amount: 5 } },
  resource: { type: 'file', id: 'f' },
};

test('each request has a span in the trace of its caller', async () => {
  await harness.post('/access/v1/evaluation', { ...request, action: { name: 'other' } }, headers);
  await harness.post('/access/v1/evaluations', { evaluations: [request] }, headers);
  await harness.call('GET', '/sessions/none', undefined, headers);
  const spans = exporter.getFinishedSpans().map((span) => ({
    name: span.name,
    trace: span.spanContext().traceId,
    parent: span.parentSpanContext?.spanId,
    effect: span.attributes['nhipol.effect'],
    status: span.attributes['http.response.status_code'],
  }));
  const common = { trace, parent };
  expect(spans).toEqual([
    { ...common, name: 'POST /access/v1/evaluation', effect: 'deny', status: 200 },
    { ...common, name: 'POST /access/v1/evaluations', effect: 'challenge', status: 200 },
    { ...common, name: 'GET /sessions/:id', effect: undefined, status: 404 },
  ]);
  expect(entries).toMatchObject([{ trace_id: trace }, { trace_id: trace }]);
});

test('a request without a trace begins one, which its line in the log has', async () => {
  exporter.reset();
  entries.length = 0;
  await harness.post('/access/v1/evaluation', { ...request, action: { name: 'other' } });
  const [span] = exporter.getFinishedSpans();
  expect(span?.parentSpanContext).toBeUndefined();
  expect(entries).toMatchObject([{ trace_id: span?.spanContext().traceId }]);
});
