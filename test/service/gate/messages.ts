// Messages of all kinds that a client and a server of MCP send each other, in all revisions. Each contains a mark of its sender,
// so that a test notices wherever a part of it arrives.

import fc from 'fast-check';
import {
  type MethodSender,
  notifications,
  requestMethods,
} from '../../../service/mcp/protocol/methods.ts';
import { stateless } from '../relay/relay-harness.ts';

type Json = Readonly<Record<string, unknown>>;

/** The text of its sender that a message contains. */
export const marks = { client: 'from-the-client', server: 'from-the-server' } as const;

/** A message, or the answer to one of the requests that the side has got. */
export type Step =
  | { readonly side: MethodSender; readonly kind: 'message'; readonly text: string }
  | {
      readonly side: MethodSender;
      readonly kind: 'answer';
      readonly index: number;
      readonly body: Json;
    };

export interface Sent {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: Json;
  readonly result?: Json;
  readonly error?: Json;
}

const ids = fc.oneof(fc.nat({ max: 20 }), fc.constantFrom('a', '1', 'nhipol-x'));
const tools = fc.constantFrom('read', 'read', 'write', 'slow', 'leave', 'none');

function createParams(side: MethodSender) {
  const mark = marks[side];
  return fc
    .record({ tool: tools, id: ids, isStateless: fc.boolean(), hasToken: fc.boolean() })
    .map(({ tool, id, isStateless, hasToken }) => ({
      name: tool,
      arguments: tool === 'leave' ? { why: mark } : { path: `/work/${mark}` },
      uri: `file:///work/${mark}`,
      level: mark,
      data: mark,
      message: mark,
      cursor: mark,
      taskId: 'task',
      status: 'working',
      requestId: id,
      progressToken: id,
      progress: 1,
      capabilities: { elicitation: {} },
      _meta: { mark, ...(hasToken ? { progressToken: id } : {}), ...createMeta(isStateless) },
    }));
}

function createMeta(isStateless: boolean): Json {
  return isStateless ? stateless._meta : {};
}

function messages(side: MethodSender): fc.Arbitrary<Step> {
  const named = fc.constantFrom(...Object.keys(requestMethods[side]), 'unknown/method');
  const noted = fc.constantFrom(...notifications[side], 'notifications/unknown');
  const params = createParams(side);
  const request = fc.record({ id: ids, method: named, params });
  const notification = fc.record({ method: noted, params });
  const call = params.chain((given) =>
    fc.record({ id: ids, method: fc.constant('tools/call'), params: fc.constant(given) }),
  );
  const body = createResult(side);
  const answer = fc.record({ id: ids, result: fc.constant(body) });
  const odd = fc.constantFrom(
    `[{"jsonrpc":"2.0","id":1,"method":"ping"}]`,
    `{"jsonrpc":"2.0","id":1,"method":"ping","extra":"${marks[side]}"}`,
    `not JSON ${marks[side]}`,
  );
  const whole = fc.oneof(
    request,
    request,
    notification,
    answer,
    side === 'client' ? call : request,
  );
  return fc
    .oneof(
      { arbitrary: whole.map((each) => JSON.stringify({ jsonrpc: '2.0', ...each })), weight: 12 },
      { arbitrary: odd, weight: 1 },
    )
    .map((text) => ({ side, kind: 'message', text }));
}

function createResult(side: MethodSender): Json {
  const mark = marks[side];
  return {
    content: [{ type: 'text', text: mark }],
    contents: [],
    mark,
    action: 'accept',
  };
}

/** Answers in the forms that revisions know: results, tasks, questions, pages of lists, and errors. */
const bodies: Readonly<Record<MethodSender, readonly Json[]>> = {
  client: [
    { result: { action: 'accept', content: { approve: true, mark: marks.client } } },
    { result: createResult('client') },
    { error: { code: 1, message: marks.client } },
  ],
  server: [
    { result: createResult('server') },
    { result: { ...createResult('server'), isError: true } },
    { result: { task: { taskId: 'task', status: 'working', mark: marks.server } } },
    { result: { resultType: 'task', taskId: 'task', status: 'working', mark: marks.server } },
    {
      result: {
        resultType: 'input_required',
        inputRequests: { q: { method: 'elicitation/create', params: { message: marks.server } } },
        requestState: marks.server,
      },
    },
    { result: { tools: [], prompts: [], nextCursor: marks.server, mark: marks.server } },
    { error: { code: 1, message: marks.server } },
  ],
};

function answers(side: MethodSender): fc.Arbitrary<Step> {
  return fc
    .record({ index: fc.nat({ max: 30 }), body: fc.constantFrom(...bodies[side]) })
    .map((each) => ({ side, kind: 'answer', ...each }));
}

export const steps = fc.array(
  fc.oneof(
    { arbitrary: messages('client'), weight: 4 },
    { arbitrary: messages('server'), weight: 3 },
    { arbitrary: answers('server'), weight: 3 },
    { arbitrary: answers('client'), weight: 1 },
  ),
  { maxLength: 30, size: 'max' },
);

/** The text of a step, or `undefined` if its side has got no request. */
export function renderStep(step: Step, received: readonly string[]): string | undefined {
  if (step.kind === 'message') return step.text;
  const open = received.flatMap((text) => {
    const { id, method }: Sent = JSON.parse(text);
    return id !== undefined && method !== undefined ? [id] : [];
  });
  if (open.length === 0) return undefined;
  return JSON.stringify({ jsonrpc: '2.0', id: open[step.index % open.length], ...step.body });
}
