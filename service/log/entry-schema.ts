// The JSON Schema (draft 2020-12) of the lines of a decision log. `docs/decision-log.schema.json` is generated from it.

import { logFormat } from './entry.ts';

const text = { type: 'string' };
const texts = { type: 'array', items: text };
const digest = { type: 'string', pattern: '^sha-256:[0-9a-f]{64}$' };
const instant = { type: 'string', format: 'date-time' };
const mode = { enum: ['enforce', 'observe'] };
const effect = { enum: ['permit', 'narrow', 'challenge', 'deny', 'revoke'] };

function createObjectSchema(
  properties: Readonly<Record<string, unknown>>,
  optional: readonly string[] = [],
) {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required };
}

const approval = createObjectSchema(
  { id: text, channel: text, approver: text, granted_at: instant, expires_at: instant },
  ['approver'],
);

const request = createObjectSchema(
  {
    subject: createObjectSchema({ type: text, id: text, properties: { type: 'object' } }),
    action: createObjectSchema({ name: text, properties: { type: 'object' } }, ['properties']),
    resource: createObjectSchema({ type: text, id: text, properties: { type: 'object' } }, [
      'properties',
    ]),
    context: { type: 'object' },
  },
  ['action', 'resource', 'context'],
);

const parts = createObjectSchema(request.properties, Object.keys(request.properties));

const event = createObjectSchema(
  {
    signal: text,
    payload: { type: 'object' },
    payload_unknown: { const: true },
    occurred_at: instant,
  },
  ['payload_unknown', 'occurred_at'],
);

const response = createObjectSchema({
  decision: { type: 'boolean' },
  context: { type: 'object', required: ['effect', 'reasons', 'reason_details', 'read'] },
});

/** The members of each kind of line, and the members among them that may be missing. */
const kinds: Readonly<Record<string, ReturnType<typeof createObjectSchema>>> = {
  opened: createObjectSchema({ request, mode }),
  changed: createObjectSchema({ request: parts }),
  decision: createObjectSchema(
    {
      mode,
      trigger: { enum: ['request', 'time', 'event', 'policy', 'approval', 'revocation'] },
      trace_id: { type: 'string', pattern: '^[0-9a-f]{32}$' },
      request,
      call_digest: digest,
      effect,
      decision: { type: 'boolean' },
      response,
      enforcement: { enum: ['passed', 'lowered', 'refused', 'stopped', 'asked', 'observed'] },
      approval,
      latency_us: { type: 'integer', minimum: 0 },
    },
    ['trace_id', 'call_digest', 'approval'],
  ),
  event,
  events: createObjectSchema({ events: { type: 'array', items: event } }),
  refusal: createObjectSchema({ reason: text }),
  approval: createObjectSchema(
    { call_digest: digest, answer: { enum: ['approved', 'refused', 'expired'] }, approval },
    ['approval'],
  ),
  revocation: createObjectSchema({ reasons: texts, message: text }, ['message']),
  policy: createObjectSchema({ activated: { type: 'boolean' }, problem: text }, ['problem']),
  closed: createObjectSchema({}),
};

/** While the format is the same, members are only added, so that other members are valid. */
export const entrySchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'A line of a decision log of nhipol',
  ...createObjectSchema(
    {
      format: { const: logFormat },
      id: text,
      time: instant,
      log: text,
      number: { type: 'integer', minimum: 1 },
      kind: { enum: Object.keys(kinds) },
      entry_point: { enum: ['guard', 'hook', 'serve', 'middleware'] },
      session: text,
      policy: createObjectSchema({ name: text, version: text, digest }),
      prev: digest,
      caller: text,
    },
    // Lines of earlier versions have no number.
    ['caller', 'log', 'number'],
  ),
  allOf: Object.entries(kinds).map(([kind, schema]) => ({
    if: { properties: { kind: { const: kind } } },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema names it so.
    then: schema,
  })),
};
