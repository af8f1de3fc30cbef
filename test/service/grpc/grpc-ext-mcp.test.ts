// ExtMcp over gRPC with a real client: which calls of MCP pass, go on with lower arguments, or fail, and which items lists
// contain.

import { serviceItself } from '@nhipol/service';
import { defaultMapping } from '@nhipol/service/grpc';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { McpRequestResult } from '../../../service/grpc/ext-mcp.ts';
import { toMembers, toStruct } from '../../../service/grpc/struct.ts';
import { attack } from '../../attacks/attack.ts';
import { GrpcHarness, type Json } from './grpc-harness.ts';

let harness: GrpcHarness;
beforeAll(async () => {
  harness = await GrpcHarness.open();
});
afterAll(() => harness.close());

const context = toStruct({ token: { sub: 'agent-1' } });

async function request(method: string, params: Json | string, more: object = {}, at = harness) {
  const text = typeof params === 'string' ? params : JSON.stringify(params);
  const message = {
    service_names: ['fs'],
    method,
    metadata_context: context,
    mcp_request: Buffer.from(text),
    ...more,
  };
  const { error, response } = await at.call('mcpRequest', message);
  expect(error).toBeUndefined();
  const { pass, mutated, error: refused, header_mutation, metadata } = response as McpRequestResult;
  const set = (header_mutation?.set ?? []).map(({ key, value }) => [key, value?.toString()]);
  return {
    ...(pass === undefined ? {} : { pass: true }),
    ...(mutated === undefined ? {} : { mutated: JSON.parse(mutated.toString()) }),
    ...(refused === undefined
      ? {}
      : {
          code: refused.code,
          reason: refused.reason,
          data: refused.mcp_error && JSON.parse(refused.mcp_error.toString()),
        }),
    ...(header_mutation === undefined
      ? {}
      : { headers: Object.fromEntries(set), removed: header_mutation.remove ?? [] }),
    ...(metadata === undefined ? {} : { metadata: toMembers(metadata) }),
  };
}

const call = (name: string, given: Json, more?: object, at?: GrpcHarness) =>
  request('tools/call', { name, arguments: given }, more, at);

describe('requests', () => {
  test('a permitted call passes, with the decision for the server and for the gateway', async () => {
    expect(await call('read', { path: '/work/a' })).toEqual({
      pass: true,
      headers: { 'x-nhipol-effect': 'permit', 'x-nhipol-decision-id': expect.any(String) },
      removed: ['x-nhipol-valid-until', 'x-nhipol-constraints'],
      metadata: { effect: 'permit', decision_id: expect.any(String), reasons: ['inside'] },
    });
  });

  test('a refused call is an error with its reasons', async () => {
    expect(await call('read', { path: '/etc/passwd' })).toEqual({
      code: 1,
      reason: 'no rule permits it',
      data: expect.objectContaining({ status: 403, effect: 'deny', reasons: ['default_deny'] }),
    });
  });

  test('a call goes on with lower arguments where the policy offers them', async () => {
    const high = await call('find', { path: '/work/deep/a', depth: 7 });
    expect(high).toMatchObject({
      mutated: { name: 'find', arguments: { path: '/work/deep/a', depth: 3 } },
      headers: { 'x-nhipol-effect': 'narrow', 'x-nhipol-constraints': '{"depth":3}' },
    });
  });

  test('other parameters of a lowered call stay', async () => {
    const params = { name: 'find', arguments: { path: '/work/deep', depth: 9 }, _meta: { p: 1 } };
    const { mutated } = await request('tools/call', params);
    expect(mutated).toEqual({
      name: 'find',
      arguments: { path: '/work/deep', depth: 3 },
      _meta: { p: 1 },
    });
  });

  attack('grpc-rounded-decimal', async () => {
    const given = { path: '/work/a' };
    expect(await call('find', { ...given, price: 100.5 })).toMatchObject({ pass: true });
    expect(await call('find', { ...given, price: 100.0000004 })).toMatchObject({
      reason: expect.stringContaining('found 100.0000004'),
    });
  });

  test('a narrow that nobody applies is refused', async () => {
    const { code, data } = await call('find', { path: '/work/many' });
    expect([code, data.reasons]).toEqual([1, ['not_enforceable']]);
  });

  test('a narrow with a constraint that the server applies passes', async () => {
    const able = await GrpcHarness.open({ constraints: () => new Set(['max_rows']) });
    expect(await call('find', { path: '/work/many' }, {}, able)).toMatchObject({
      pass: true,
      headers: { 'x-nhipol-constraints': '{"max_rows":10}' },
    });
    await able.close();
  });

  test('another method is decided with its parameters', async () => {
    expect(await request('resources/read', { uri: 'file:///work/a' })).toMatchObject({
      pass: true,
    });
    expect(await request('resources/read', { uri: 'file:///etc/a' })).toMatchObject({ code: 1 });
  });

  test.each(['initialize', 'tools/list', 'ping'])('%s needs no decision', async (method) => {
    expect(await request(method, {})).toEqual({ pass: true });
  });

  test('an unknown method is invalid', async () => {
    expect(await request('tools/run', {})).toMatchObject({ code: 3 });
  });

  test.each([
    ['has a name twice', '{"name":"read","name":"find"}'],
    ['has names that differ in case', '{"name":"read","Name":"find"}'],
    ['has a number that not every reader reads', '{"name":"read","n":12345678901234567890}'],
    ['is not an object', '[]'],
    ['is not JSON', '{'],
  ])('a call whose JSON %s is invalid', async (_, text) => {
    expect(await request('tools/call', text)).toMatchObject({
      code: 3,
      data: { reasons: ['not_mapped'] },
    });
  });

  test('a call without a verified subject, or to several servers, is refused', async () => {
    for (const more of [{ metadata_context: toStruct({}) }, { service_names: ['a', 'b'] }]) {
      const { code, data } = await call('read', { path: '/work/a' }, more);
      expect([code, data.reasons]).toEqual([1, ['not_mapped']]);
    }
  });

  test('a call is decided in the session that the mapping names', async () => {
    const session = "$request.headers[?'nhipol-session']";
    const own = await GrpcHarness.open({
      declared: { ext_mcp: { ...defaultMapping.ext_mcp, session } },
    });
    const subject = { type: 'ai_agent', id: 'agent-1' };
    await own.point.sessions.open(serviceItself, 's1', { subject });
    const headers = (id: string) => ({
      headers: [{ key: 'Nhipol-Session', value: Buffer.from(id) }],
    });
    const at = (id: string) => call('read', { path: '/work/a' }, headers(id), own);
    expect(await at('s1')).toMatchObject({ pass: true });
    expect((await at('s2')).data.reasons).toEqual(['no_session']);
    await own.close();
  });

  test('headers of the client under the prefix are removed', async () => {
    const headers = [{ key: 'X-Nhipol-Admin', value: Buffer.from('1') }];
    const { removed } = await call('read', { path: '/work/a' }, { headers });
    expect(removed).toContain('x-nhipol-admin');
  });
});

describe('responses', () => {
  async function response(method: string, result: unknown, more: object = {}) {
    const message = {
      service_names: ['fs'],
      method,
      metadata_context: context,
      mcp_response: Buffer.from(JSON.stringify(result)),
      ...more,
    };
    const { error, response: given } = await harness.call('mcpResponse', message);
    expect(error).toBeUndefined();
    const { mutated, ...rest } = given as McpRequestResult;
    return mutated === undefined ? rest : { mutated: JSON.parse(mutated.toString()) };
  }

  test('tools that could never be called are removed from a list', async () => {
    const tools = [{ name: 'read', title: 'Read' }, { name: 'write' }, { name: 'find' }];
    expect(await response('tools/list', { tools, nextCursor: 'n' })).toEqual({
      mutated: { tools: [{ name: 'read', title: 'Read' }, { name: 'find' }], nextCursor: 'n' },
    });
  });

  test('resources that could never be read are removed from a list', async () => {
    const resources = [{ uri: 'file:///work/a' }, { uri: 'file:///etc/a' }];
    expect(await response('resources/list', { resources })).toEqual({
      mutated: { resources: [{ uri: 'file:///work/a' }] },
    });
  });

  test.each([
    ['tools/list', { tools: [{ name: 'read' }] }],
    ['tools/call', { content: [] }],
  ])('a result of %s from which nothing is removed passes', async (method, result) => {
    expect(await response(method, result)).toEqual({ pass: {} });
  });

  test('a result that cannot be read is refused', async () => {
    const mcp_response = Buffer.from('{"tools":1,"tools":2}');
    expect(await response('tools/list', {}, { mcp_response })).toMatchObject({
      error: { code: 1 },
    });
  });
});
