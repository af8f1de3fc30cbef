// The COAZ-MCP binding of OpenID AuthZEN, draft 1, with the examples of its text: which requests the policy gets, and which
// errors the client gets.

import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { compileExpression } from '../../../service/mapping/expression.ts';
import { compileTemplate } from '../../../service/mapping/template.ts';
import { createCoazMapping } from '../../../service/mcp/coaz/coaz-mapping.ts';
import { Harness, type HarnessOptions, readError } from '../relay/relay-harness.ts';
import { compileForGuard } from './guard-policy.ts';

const policy = `
policy test.coaz version "1.0.0"

use nhi.{ Approval }
use nhi.{ is_approved }

subject identity {}
subject treasury_user {}
subject standard_user {}
action "initialize" {}
action "tools/list" {}
action "tools/call" {}
action "resources/read" {}
action "completion/complete" {}
action "get_customer" {}
action "read" {}
action "write" {}
action "domestic_transfer" {}
action "international_transfer" {}
resource mcp_server {}
resource tool {}
resource resource {}
resource prompt {}
resource customer {}
resource storage_object {}
resource account { sensitivity?: String }
context {
  time: Timestamp
  agent?: String
  case?: String
  target_account?: String
  protocol_version?: String
  tenant?: String
  call_digest?: String
  approvals?: List<Approval>
}
outcomes { "completed": {}, "failed": {} }
constraint ttl: Duration smallest wins
obligation ask: access_request { template: String, expires_in: Duration = 10m }

for identity doing "initialize", "tools/list" on mcp_server {
  permit lists when resource.id is "https://mcp.example.com"
}
for identity doing "tools/call" on tool {
  permit weather when resource.id in { "get_local_weather", "wrong_subject" }
}
for identity doing "resources/read" on resource {
  permit reads when resource.id starts_with "file:///work/"
}
for identity doing "completion/complete" on prompt, resource {
  permit completes when resource.id is "greeting"
}
for identity doing "get_customer" on customer {
  permit with_case when context.case is "case-67890" and context.agent is "agent-1"
  challenge other when resource.id is "cust-2" and not is_approved(context.approvals, context.call_digest)
    with ask { template: "customer" }
    because "customer {resource.id} needs an approval"
  deny spoofed when context.tenant is not "acme"
    because "another tenant"
}
for identity doing "read", "write" on storage_object {
  permit inside when resource.id starts_with "/bucket/"
  narrow short_reads when action.name is "read" and resource.id starts_with "/bucket/short/" to { ttl: 1m }
  narrow writes when action.name is "write" and resource.id starts_with "/bucket/short/" to { ttl: 2m }
  deny archive when action.name is "write" and resource.id starts_with "/bucket/locked/"
    because "{resource.id} is locked"
}
for treasury_user, standard_user doing "domestic_transfer", "international_transfer" on account {
  permit small when resource.sensitivity is "standard" and action.name is "domestic_transfer"
}
`;

const string = { type: 'string' };
const tool = (name: string, properties: object, mapping?: object) => ({
  name,
  inputSchema: {
    type: 'object',
    properties,
    ...(mapping === undefined ? {} : { 'x-authzen-mapping': mapping }),
  },
});
const customer = {
  subject: { type: 'identity', id: '$token.sub' },
  action: { name: 'get_customer' },
  resource: { type: 'customer', id: '$params.arguments.id' },
  context: {
    agent: '$token.?client_id',
    case: '$params.arguments.?case',
    tenant: 'forged',
    time: '2000-01-01T00:00:00Z',
    approvals: [],
  },
};
/** Without expressions. */
const plain = { action: { name: 'tools/call' }, resource: { type: 'tool', id: 'wrong_subject' } };
const tools = [
  tool('get_customer', { id: string, case: string, note: string }, { evaluation: customer }),
  tool('get_local_weather', { zip: string }),
  tool(
    'copy_object',
    { source: string, destination: string },
    {
      evaluations: {
        subject: { type: 'identity', id: '$token.sub' },
        context: { agent: '$token.?client_id' },
        evaluations: [
          {
            action: { name: 'read' },
            resource: { type: 'storage_object', id: '$params.arguments.source' },
          },
          {
            action: { name: 'write' },
            resource: { type: 'storage_object', id: '$params.arguments.destination' },
          },
        ],
      },
    },
  ),
  tool(
    'transfer_funds',
    { from_account: string, to_account: string, amount: { type: 'number' }, currency: string },
    {
      evaluation: {
        subject: {
          type: "$token.roles.exists(r, r == 'treasury') ? 'treasury_user' : 'standard_user'",
          id: '$token.sub',
        },
        action: {
          name: "$params.arguments.currency == 'USD' ? 'domestic_transfer' : 'international_transfer'",
        },
        resource: {
          type: 'account',
          id: '$params.arguments.from_account',
          properties: { sensitivity: "$params.arguments.amount > 10000 ? 'high' : 'standard'" },
        },
        context: { agent: '$token.?client_id', target_account: '$params.arguments.to_account' },
      },
    },
  ),
  tool(
    'wrong_subject',
    { as: string },
    {
      evaluation: {
        ...plain,
        subject: { id: '$params.arguments.as' },
      },
    },
  ),
  tool('two_envelopes', {}, { evaluation: customer, evaluations: {} }),
  tool('no_action', {}, { evaluation: { resource: { type: 'tool', id: 'no_action' } } }),
  tool(
    'subject_in_entry',
    {},
    { evaluations: { ...customer, evaluations: [{ subject: { type: 'identity', id: 'bob' } }] } },
  ),
  tool('sibling', {}, { evaluation: { ...plain, action: { name: 'read', arguments: {} } } }),
  tool('invalid', {}, { evaluation: { ...customer, action: { name: '$1 +' } } }),
];

const token = {
  sub: 'alice@example.com',
  client_id: 'agent-1',
  iss: 'https://auth.example.com',
  aud: 'https://mcp.example.com',
  exp: 1_750_000_000,
  roles: ['treasury'],
};

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(policy);
});

const open: Harness[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});
function harness(options: Partial<HarnessOptions> = {}): Harness {
  const mapping = createCoazMapping('fs');
  const context = { tenant: 'acme' };
  const made = new Harness({
    module,
    tools,
    mapping,
    token,
    context,
    refusal: 'error',
    ...options,
  });
  open.push(made);
  return made;
}

/** The requests that the policy decided. */
const listRequests = ({ logged }: Harness) =>
  logged.flatMap((entry) => (entry.kind === 'decision' ? [entry.request] : []));

describe('a call of a tool', () => {
  test('is the request that the tool declares', () => {
    const relay = harness();
    const given = { id: 'cust-12345', case: 'case-67890' };
    expect(relay.call(1, 'get_customer', given).server).toHaveLength(1);
    expect(listRequests(relay)).toEqual([
      {
        subject: { type: 'identity', id: 'alice@example.com', properties: {} },
        action: { name: 'get_customer' },
        resource: { type: 'customer', id: 'cust-12345' },
        context: { agent: 'agent-1', case: 'case-67890', tenant: 'acme' },
      },
    ]);
  });

  test('without a mapping is a request for the tool', () => {
    const relay = harness();
    expect(relay.call(1, 'get_local_weather', { zip: '1' }).server).toHaveLength(1);
    expect(listRequests(relay)).toEqual([
      {
        subject: { type: 'identity', id: 'alice@example.com', properties: {} },
        action: { name: 'tools/call' },
        resource: { type: 'tool', id: 'get_local_weather' },
        context: { agent: 'agent-1', tenant: 'acme' },
      },
    ]);
  });

  test('is denied by the error -32001, with the reason of the policy', () => {
    const relay = harness();
    const received = relay.call(1, 'get_customer', { id: 'cust-1', case: 'other' });
    expect(received.server).toEqual([]);
    expect(readError(received)).toEqual({
      code: -32001,
      message: 'not permitted: no rule permits it',
    });
  });

  test('with several evaluations needs a permit for each', () => {
    const relay = harness();
    const copy = (id: number, source: string, destination: string) =>
      relay.call(id, 'copy_object', { source, destination });
    expect(copy(1, '/bucket/a', '/bucket/b').server).toHaveLength(1);
    expect(copy(2, '/etc/a', '/bucket/b').server).toEqual([]);
    const received = copy(3, '/bucket/a', '/bucket/locked/b');
    expect(received.server).toEqual([]);
    expect(readError(received)?.message).toBe('not permitted: /bucket/locked/b is locked');
    const actions = listRequests(relay).map((request) => (request as { action: object }).action);
    expect(actions.map((action) => (action as { name: string }).name)).toEqual([
      'read',
      'write',
      'read',
      'read',
      'write',
    ]);
  });

  test('has the values of conditional expressions', () => {
    const relay = harness();
    const transfer = (id: number, amount: number, currency: string) =>
      relay.call(id, 'transfer_funds', {
        from_account: 'a',
        to_account: 'b',
        amount,
        currency,
      }).server.length;
    expect([transfer(1, 10, 'USD'), transfer(2, 20_000, 'USD'), transfer(3, 10, 'EUR')]).toEqual([
      1, 0, 0,
    ]);
    expect(listRequests(relay)[1]).toMatchObject({
      subject: { type: 'treasury_user', id: 'alice@example.com' },
      resource: { type: 'account', id: 'a', properties: { sensitivity: 'high' } },
    });
  });

  test('cannot be made for another subject', () => {
    const relay = harness();
    expect(relay.call(1, 'wrong_subject', { as: 'alice@example.com' }).server).toHaveLength(1);
    const received = relay.call(2, 'wrong_subject', { as: 'bob@example.com' });
    expect(readError(received)).toEqual({
      code: -32602,
      message: 'COAZ mapping error: `subject.id` differs from `sub` of the token',
    });
  });

  test.each([
    ['get_customer', 'expression `params.arguments.id` failed: No such key: id'],
    ['two_envelopes', 'a mapping is an object with either `evaluation` or `evaluations`'],
    ['no_action', '`action` is missing'],
    ['subject_in_entry', 'an entry of `evaluations` sets a subject'],
    ['sibling', 'unknown member `arguments` of action'],
    ['invalid', 'expression `1 +` is not valid: Unexpected token: EOF'],
  ])('with an error in the mapping of %s is refused', (name, problem) => {
    const relay = harness();
    const received = relay.call(1, name, {});
    expect(received.server).toEqual([]);
    expect(readError(received)).toEqual({
      code: -32602,
      message: `COAZ mapping error: ${problem}`,
    });
    expect(relay.logged.at(-1)).toMatchObject({ kind: 'refusal', reason: `${name}: ${problem}` });
  });

  test('is refused if the token has no `sub`, or there is no token', () => {
    const { sub, ...other } = token;
    const call = (relay: Harness) =>
      readError(relay.call(1, 'get_local_weather', { zip: '1' }))?.message;
    expect(call(harness({ token: other }))).toBe('COAZ mapping error: the token has no `sub`');
    expect(call(harness({ token: {} }))).toBe('COAZ mapping error: the token has no `sub`');
  });

  test('is approved with its exact arguments, also with those that the mapping omits', () => {
    const relay = harness();
    relay.connect();
    const call = (id: number, note: string) =>
      relay.call(id, 'get_customer', { id: 'cust-2', case: 'case-67890', note });
    const [question = '{}'] = call(1, 'a').client;
    const { id, method } = JSON.parse(question);
    expect(method).toBe('elicitation/create');
    const result = { action: 'accept', content: { approve: true } };
    expect(relay.client({ jsonrpc: '2.0', id, result }).server).toHaveLength(1);
    const digests = relay.logged.flatMap((entry) =>
      entry.kind === 'decision' ? (entry.call_digest ?? []) : [],
    );
    expect(call(2, 'b').server).toEqual([]);
    const other = relay.logged.at(-1);
    expect(other).toMatchObject({ kind: 'decision', effect: 'challenge' });
    expect(digests).not.toContain((other as { call_digest?: string }).call_digest);
  });

  test.each(['enforce', 'observe'] as const)(
    'is refused if its decisions limit it differently, in the mode %s',
    (mode) => {
      const abilities = { obligations: new Set<string>(), constraints: new Set(['ttl']) };
      const relay = harness({ mode, abilities });
      const received = relay.call(1, 'copy_object', {
        source: '/bucket/short/a',
        destination: '/bucket/short/b',
      });
      const reason = 'copy_object: its decisions limit it in different ways';
      expect(relay.logged.at(-1)).toMatchObject({ kind: 'refusal', reason });
      expect(received.server).toHaveLength(mode === 'observe' ? 1 : 0);
      if (mode === 'observe') {
        // Other calls of this client are decided again together with it, and go on.
        const other = { source: '/bucket/a', destination: '/bucket/b' };
        expect(relay.call(2, 'copy_object', other).server).toHaveLength(1);
        expect(relay.complete(2).client).toHaveLength(1);
        expect(relay.complete(1).client).toHaveLength(1);
      }
    },
  );

  test('records its outcome for each decision', () => {
    const relay = harness();
    relay.call(1, 'copy_object', { source: '/bucket/a', destination: '/bucket/b' });
    relay.complete(1);
    expect(relay.logged.filter(({ kind }) => kind === 'event')).toHaveLength(2);
  });
});

describe('other methods', () => {
  const send = (relay: Harness, method: string, params: object = {}) =>
    relay.client({ jsonrpc: '2.0', id: method, method, params: { ...params } });

  test('are decided by their default mappings', () => {
    const relay = harness();
    expect(send(relay, 'initialize', { protocolVersion: '2025-11-25' }).server).toHaveLength(1);
    expect(send(relay, 'tools/list').server).toHaveLength(1);
    expect(send(relay, 'resources/read', { uri: 'file:///work/a' }).server).toHaveLength(1);
    const ref = { type: 'ref/prompt', name: 'greeting' };
    expect(send(relay, 'completion/complete', { ref }).server).toHaveLength(1);
    expect(readError(send(relay, 'resources/list'))?.code).toBe(-32001);
    expect(readError(send(relay, 'resources/subscribe', { uri: 'file:///etc' }))?.code).toBe(
      -32001,
    );
    expect(readError(send(relay, 'resources/unsubscribe'))?.code).toBe(-32602);
    expect(send(relay, 'ping').server).toHaveLength(1);
    expect(readError(send(relay, 'future/method'))?.code).toBe(-32601);
    expect(listRequests(relay)[0]).toMatchObject({
      resource: { type: 'mcp_server', id: 'https://mcp.example.com' },
      context: { protocol_version: '2025-11-25' },
    });
  });

  test('of the server as a whole need a single audience', () => {
    const aud = ['https://mcp.example.com', 'https://other.example.com'];
    const received = send(harness({ token: { ...token, aud } }), 'tools/list');
    expect(readError(received)).toEqual({
      code: -32602,
      message: 'COAZ mapping error: `resource.id` is not a string with characters',
    });
  });

  test('list the tools whose requests could be permitted', () => {
    const relay = harness();
    send(relay, 'tools/list');
    const { client } = relay.server({ jsonrpc: '2.0', id: 'tools/list', result: { tools } });
    const listed = JSON.parse(client[0] ?? '').result.tools;
    expect(listed.map((each: { name: string }) => each.name)).toEqual([
      'get_customer',
      'get_local_weather',
      'copy_object',
      'transfer_funds',
      'wrong_subject',
    ]);
  });
});

describe('an expression', () => {
  const evaluate = (text: string) =>
    compileExpression(text)({ token, params: { list: ['a', 'b'], text: 'x'.repeat(40_000) } });

  test.each([
    ['token.sub', 'alice@example.com'],
    ['token.?client_id', 'agent-1'],
    ["token.?tenant.orValue('none')", 'none'],
    ['timestamp(int(token.exp))', '2025-06-15T15:06:40.000Z'],
    ['size(token.roles)', 1],
    ["{'a': token.?tenant, 'b': [1, 'x']}", { b: [1, 'x'] }],
    ["token.roles.filter(r, r.startsWith('t'))", ['treasury']],
    ['null', null],
  ])('%s has a value', (text, value) => {
    expect(evaluate(text)).toEqual(value);
  });

  test.each([
    ['token.tenant', 'No such key: tenant'],
    ['other.sub', 'Unknown variable: other'],
    ["token.sub.matches('(a+)+$')", '`matches` is not supported'],
    ["cel.bind(a, 'x', a + a)", '`bind` is not supported'],
    ['params.list.map(a, params.list.map(b, a))', '`map` is not supported within a comprehension'],
    ['params.list.map(a, a + a)', '`+` is not supported within a comprehension'],
    ['params.list.map(a, params.text)', 'its value is too long'],
    ['[token.?tenant]', 'a list has an element that is missing'],
    ["duration('1s')", 'its value is not JSON'],
    ['9007199254740993', 'its value is an integer beyond 2^53'],
    ['1.0 / 0.0', 'its value is not a finite number'],
  ])('%s is refused', (text, problem) => {
    expect(() => evaluate(text)).toThrow(problem);
  });

  test('that is long or deep is refused', () => {
    expect(() => evaluate('x'.repeat(2_001))).toThrow('longer than 2000 characters');
    expect(() => evaluate(`${'('.repeat(100)}1${')'.repeat(100)}`)).toThrow('is not valid: ');
  });

  test('in a template is marked by a dollar sign, which is doubled in other strings', () => {
    const template = compileTemplate({ a: '$token.sub', b: '$$5', c: [1, 'x'], d: '$token.?x' });
    expect(template({ token })).toEqual({ a: 'alice@example.com', b: '$5', c: [1, 'x'] });
  });
});
