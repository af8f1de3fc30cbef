// The description of a server for a review: also tools that the server offers only to clients with some capabilities.

import { describeServer, startServer } from '@nhipol/service';
import { expect, test } from 'vitest';

/** A server that offers a tool for each capability of the client: at once, or after it knows the roots of the client. */
const server = `
const tool = (name) => ({ name, inputSchema: { type: 'object' } });
const send = (message) => console.log(JSON.stringify({ jsonrpc: '2.0', ...message }));
let tools = [tool('always')];
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params, result, error } = JSON.parse(line);
  if (method === 'initialize') {
    const { sampling, elicitation } = params.capabilities;
    if (sampling) tools.push(tool('samples'));
    if (elicitation?.form && elicitation.url) tools.push(tool('asks'));
    if (!params.capabilities.roots) tools.push(tool('rootless'));
    send({ id, result: { protocolVersion: '2025-11-25', capabilities: { tools: {} } } });
  } else if (method === 'notifications/initialized') {
    send({ id: 'r', method: 'roots/list' });
    send({ id: 's', method: 'sampling/createMessage', params: {} });
  } else if (id === 'r') {
    setTimeout(() => {
      tools.push(tool(result.roots.length + ' roots'));
      send({ method: 'notifications/tools/list_changed' });
    }, 50);
  } else if (id === 's') {
    tools.push(tool('no model: ' + error.code));
  } else {
    send({ id, result: { tools } });
  }
});
`;

/** A server with half of a surrogate pair in a description. */
const surrogate = String.raw`
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method } = JSON.parse(line);
  const result = method === 'initialize'
    ? '{"protocolVersion":"2025-11-25","capabilities":{"tools":{}}}'
    : '{"tools":[{"name":"a","description":"\\ud800","inputSchema":{"type":"object"}}]}';
  if (id !== undefined) console.log('{"jsonrpc":"2.0","id":' + id + ',"result":' + result + '}');
});
`;

test('a tool is described as the guard passes it on, without single surrogates', async () => {
  const started = startServer({
    command: process.execPath,
    arguments: ['-e', surrogate],
    environment: {},
  });
  try {
    const { tools } = await describeServer(started);
    expect(tools.map(({ description }) => description)).toEqual(['\ufffd']);
  } finally {
    await started.stop();
  }
});

test('tools that depend on capabilities of the client, or on its roots, are described', async () => {
  const started = startServer({
    command: process.execPath,
    arguments: ['-e', server],
    environment: {},
  });
  try {
    const { tools } = await describeServer(started);
    const names = tools.map(({ name }) => name).sort();
    expect(names).toEqual(['0 roots', 'always', 'asks', 'no model: -32601', 'samples']);
  } finally {
    await started.stop();
  }
});

/** A server whose list of tools has no last page. */
const endless = `
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method } = JSON.parse(line);
  const result = method === 'initialize'
    ? { protocolVersion: '2025-11-25', capabilities: { tools: {} } }
    : { tools: [{ name: 'tool' + id, inputSchema: { type: 'object' } }], nextCursor: String(id) };
  if (id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, result }));
});
`;

test('a list of tools that does not end is an error, and not cut', async () => {
  const started = startServer({
    command: process.execPath,
    arguments: ['-e', endless],
    environment: {},
  });
  try {
    await expect(describeServer(started)).rejects.toThrow('on more than 1000 pages');
  } finally {
    await started.stop();
  }
}, 60_000);
