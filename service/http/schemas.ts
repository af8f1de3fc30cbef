// The JSON Schemas of requests and responses: they validate requests, and the OpenAPI document consists of them.

type Schema = Readonly<Record<string, unknown>>;

const text = { type: 'string' };
const name = { type: 'string', minLength: 1 };
const anyObject = { type: 'object', additionalProperties: true };
const instant = { type: 'string', format: 'date-time' };
const digest = { type: 'string', pattern: '^sha-256:[0-9a-f]{64}$' };

function createObjectSchema(
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[] = [],
) {
  return { type: 'object', properties, required, additionalProperties: true };
}

/** Members that are not listed are refused: they would have no effect. */
function closeSchema(
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[] = [],
) {
  return { ...createObjectSchema(properties, required), additionalProperties: false };
}

const entity = createObjectSchema({ type: name, id: name, properties: anyObject }, ['type', 'id']);
const action = createObjectSchema({ name, properties: anyObject }, ['name']);

const entities = { subject: entity, action, resource: entity, context: anyObject };

/** Authorization API 1.0, section 6. */
export const evaluationRequest = createObjectSchema(entities, ['subject', 'action', 'resource']);

export const evaluationResponse = createObjectSchema(
  {
    decision: { type: 'boolean' },
    context: createObjectSchema({
      effect: { type: 'string', enum: ['permit', 'narrow', 'challenge', 'deny', 'revoke'] },
      reasons: { type: 'array', items: text },
      valid_until: instant,
      call_digest: text,
      evaluation_id: text,
      constraints: anyObject,
      obligations: { type: 'array', items: anyObject },
      access_request: anyObject,
    }),
  },
  ['decision'],
);

/** Section 7. Items are read one by one: one that is invalid is denied, and the others are decided. */
export const evaluationsRequest = createObjectSchema({
  subject: anyObject,
  action: anyObject,
  resource: anyObject,
  context: anyObject,
  evaluations: { type: 'array', items: {} },
  options: createObjectSchema({
    evaluations_semantic: {
      type: 'string',
      enum: ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'],
    },
  }),
});

export const evaluationsResponse = createObjectSchema({
  decision: { type: 'boolean' },
  evaluations: { type: 'array', items: evaluationResponse },
});

const page = createObjectSchema({
  token: text,
  limit: { type: 'integer', minimum: 0 },
  properties: anyObject,
});
const type = createObjectSchema({ type: name, properties: anyObject }, ['type']);

/** Section 8. The entity that is searched has a type only. */
export const searchRequests = {
  subject: createObjectSchema({ ...entities, subject: type, page }, [
    'subject',
    'action',
    'resource',
  ]),
  resource: createObjectSchema({ ...entities, resource: type, page }, [
    'subject',
    'action',
    'resource',
  ]),
  action: createObjectSchema({ subject: entity, resource: entity, context: anyObject, page }, [
    'subject',
    'resource',
  ]),
};

export const searchResponse = createObjectSchema(
  {
    page: createObjectSchema({ next_token: text, count: { type: 'integer' } }, ['next_token']),
    results: { type: 'array', items: anyObject },
  },
  ['results'],
);

/** The facts that a session opens with; the action and the resource may follow with the first decision. */
export const openingRequest = closeSchema(
  {
    id: { type: 'string', minLength: 1, maxLength: 256 },
    subject: entity,
    action,
    resource: entity,
    context: anyObject,
  },
  ['subject'],
);

const answer = {
  decision: { type: 'boolean' },
  context: evaluationResponse.properties.context as Schema,
};

export const sessionResponse = createObjectSchema({ id: text, ...answer }, ['id', 'decision']);
export const sessionDetails = createObjectSchema({ id: text, ...answer, facts: anyObject }, [
  'id',
  'decision',
  'facts',
]);
export const sessionList = createObjectSchema(
  { sessions: { type: 'array', items: sessionResponse }, next_after: text },
  ['sessions'],
);

/** A JSON merge patch (RFC 7396) of the facts of a session. */
export const patchRequest = closeSchema({
  subject: anyObject,
  action: anyObject,
  resource: anyObject,
  context: anyObject,
});

export const decisionRequest = closeSchema({ action, resource: entity, context: anyObject });

export const signalRequest = closeSchema(
  { signal: name, payload: anyObject, occurred_at: instant },
  ['signal'],
);

/** `digest`: the one of the held policy in `GET /policy`. */
export const activationRequest = closeSchema({ digest }, ['digest']);

export const approvalRequest = closeSchema(
  {
    digest,
    expires_at: instant,
    approver: name,
    reference: name,
  },
  ['digest', 'expires_at'],
);

export const approvalResponse = createObjectSchema(
  { id: text, digest: text, expires_at: instant },
  ['id'],
);

export const problem = createObjectSchema(
  { title: text, status: { type: 'integer' }, detail: text, path: text, code: text },
  ['title', 'status', 'detail'],
);
