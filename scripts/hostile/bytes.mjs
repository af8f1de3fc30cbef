// Hostile bytes: messages of MCP with everything in them that a reader could take for the end of a line or of a message. Each message
// has a text of its own, so that a reader's messages can be compared with those that were sent.

import { createRandom } from './random.mjs';

/** Characters that end a line for some reader, and bytes that only some readers accept. */
const separators = [
  '\r',
  '\r',
  '\r',
  '\r\n',
  '\n',
  '\n\r',
  '\r\r',
  '\u2028',
  '\u2029',
  '\u0085',
  '\u2028\u2028',
  '\v',
  '\f',
  '\0',
  '\x1c',
  '\x1d',
  '\x1e',
  '\x1a',
  '\ufeff',
  '\u00a0',
  '\u200b',
  '\u3000',
  '\t',
  ' ',
  '\\r',
  '\\n',
  '\\u000a',
  '\\u000d',
  '\\u2028',
].map((text) => Buffer.from(text));
const invalid = [
  Buffer.of(0xc0, 0x8a),
  Buffer.of(0xe0, 0x80, 0x8d),
  Buffer.of(0xed, 0xa0, 0x80),
  Buffer.of(0xf4, 0x90, 0x80, 0x80),
  Buffer.of(0xff),
  Buffer.of(0xc2),
  Buffer.of(0x85),
];

/** A generator of the messages of one side. `side`: `client` or `server`. */
export function hostileMessages(random, side) {
  let count = 0;
  const next = () => {
    count += 1;
    return messages[side](random, count);
  };
  return {
    next,
    get count() {
      return count;
    },
  };
}

const messages = {
  client: (random, n) => {
    const text = `${random.pick(['ok', 'ok', 'ok', 'no'])} ${n}`;
    const call = { name: 'echo', arguments: { text } };
    return random.pick([
      { jsonrpc: '2.0', id: n, method: 'tools/call', params: call },
      { jsonrpc: '2.0', id: `s${n}`, method: 'tools/call', params: call },
      { jsonrpc: '2.0', id: n, method: 'ping', params: { text } },
      { jsonrpc: '2.0', method: 'notifications/roots/list_changed', params: { text } },
    ]);
  },
  server: (random, n) => {
    const text = `${random.pick(['ok', 'no'])} ${n}`;
    const log = { level: 'info', data: text };
    return random.pick([
      { jsonrpc: '2.0', method: 'notifications/message', params: log },
      { jsonrpc: '2.0', method: 'notifications/message', params: log },
      { jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri: text } },
      { jsonrpc: '2.0', id: n, method: 'ping', params: { text } },
      { jsonrpc: '2.0', id: n, method: 'elicitation/create', params: elicitation(text) },
      { jsonrpc: '2.0', id: n, method: 'sampling/createMessage', params: sampling(text) },
      { jsonrpc: '2.0', id: n, result: { content: [{ type: 'text', text }] } },
    ]);
  },
};

const elicitation = (message) => ({
  message,
  requestedSchema: { type: 'object', properties: {} },
});
const sampling = (text) => ({
  messages: [{ role: 'user', content: { type: 'text', text } }],
  maxTokens: 1,
});

/** The bytes of one or more messages, with a line feed at the end of most. */
export function hostileBytes(random, next) {
  const bytes = random.pick(forms)(random, next);
  const changed = random.chance(0.2) ? disturbByte(random, bytes) : bytes;
  return random.chance(0.97) ? Buffer.concat([changed, Buffer.from('\n')]) : changed;
}

/** The bytes of at least this number of messages of one side, in chunks. */
export function* generateBytes(side, seed, messages) {
  const random = createRandom(seed);
  const source = hostileMessages(random, side);
  while (source.count < messages) yield hostileBytes(random, source.next);
}

const json = (value) => Buffer.from(JSON.stringify(value));

const forms = [
  (_, next) => json(next()),
  (_, next) => json(next()),
  // A message within the white space of another one.
  (random, next) => {
    const [outer, inner, separator] = [next(), json(next()), random.pick(separators)];
    const params = Buffer.concat([separator, inner, separator]);
    const { jsonrpc, id = 7, method = 'ping' } = outer;
    const head = `{"jsonrpc":"${jsonrpc}","id":${JSON.stringify(id)},"method":"${method}","params":`;
    return Buffer.concat([Buffer.from(head), params, Buffer.from('}')]);
  },
  // Messages that nothing, or another character, separates.
  (random, next) => Buffer.concat([json(next()), random.pick(separators), json(next())]),
  (_, next) => Buffer.concat([json(next()), json(next())]),
  // A separator somewhere in the white space or in a string.
  (random, next) => insertPart(random, json(next()), random.pick(separators)),
  (random, next) =>
    withText(next(), (text) => `${text}${random.pick(separators)}${JSON.stringify(next())}`),
  (random, next) =>
    withText(next(), (text) => {
      const separator = random.pick(['\u2028', '\u2029', '\u0085', '\u0085\u0085']);
      return `${text}${separator}{"jsonrpc":"2.0","id":1,"method":"tools/call"}${separator}`;
    }),
  (random, next) => insertPart(random, json(next()), random.pick(invalid)),
  (random, next) => Buffer.concat([random.pick([...separators, ...invalid]), json(next())]),
  (random, next) => Buffer.concat([json(next()), random.pick([...separators, ...invalid])]),
  // Other encodings, with and without a byte order mark.
  (random, next) => {
    const text = `${random.pick(['', '\ufeff'])}${JSON.stringify(next())}`;
    const bytes = Buffer.from(text, 'utf16le');
    return random.chance(0.5) ? bytes : bytes.swap16();
  },
  // Other spellings of names and ids, repeated names, and single surrogates.
  (random, next) => Buffer.from(respell(random, JSON.stringify(next()))),
  // Pretty JSON, and a batch.
  (random, next) => Buffer.from(JSON.stringify(next(), undefined, random.pick([1, '\t', '\r']))),
  (_, next) => json([next(), next()]),
  // Noise of a server that logs to its output.
  (random, next) => Buffer.concat([Buffer.from(`log ${random.below(100)}: `), json(next())]),
];

/** Changes the text of a message. */
function withText(message, change) {
  const text = JSON.stringify(message);
  const [found] = /(?:ok|no) \d+/.exec(text) ?? [];
  return Buffer.from(found === undefined ? text : text.replace(found, escapeText(change(found))));
}

/** The text as the inner part of a JSON string, with separators as they are. */
function escapeText(text) {
  return JSON.stringify(text).slice(1, -1);
}

function insertPart(random, bytes, part) {
  const at = random.below(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at)]);
}

function respell(random, text) {
  return random.pick([
    (each) => each.replace(/"id":(\d+)/, '"id":$1.0'),
    (each) => each.replace(/"id":(\d+)/, '"id":$1e0'),
    (each) => each.replace(/"id":\d+/, '"id":-0'),
    (each) => each.replace(/"id":(\d+)/, '"id":"$1"'),
    (each) => each.replace('"method"', '"Method"'),
    (each) => each.replace('"method"', '"\\u006dethod"'),
    (each) => each.replace('{', '{"method":"ping",'),
    (each) => each.replace(/(ok|no) /, '$1\\ud800 '),
    (each) => each.replace(/(ok|no) /, '$1\\u0000 '),
    (each) => each.replace('"params"', '"params":{},"params"'),
  ])(text);
}

/** A byte is changed, removed, or the rest is cut. */
function disturbByte(random, bytes) {
  const at = random.below(bytes.length + 1);
  return random.pick([
    () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]),
    () => bytes.subarray(0, at),
    () => Buffer.from(bytes.map((byte, index) => (index === at ? random.below(256) : byte))),
  ])();
}

/** The identity of a message: its id, its method and its text. Readers of the SDKs leave out members that they do not know. */
export function signature(message) {
  const { id = null, method = null, params = {}, result = {} } = message;
  const [text = null] = /(?:ok|no)[^"]*? \d+/.exec(JSON.stringify({ params, result })) ?? [];
  // The guard replaces single surrogates of a server.
  return JSON.stringify([id, method, text?.replace(/\\ud[89a-f][0-9a-f]{2}/g, '\ufffd') ?? null]);
}
