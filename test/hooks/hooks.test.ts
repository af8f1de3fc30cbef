// Hooks of coding agents: what is decided for the inputs that real agents sent, and what the agent reads. The inputs in
// `inputs/` were recorded from Claude Code 2.1.332, Codex 0.171.0 and Gemini CLI 0.61.0.

import { readFileSync } from 'node:fs';
import { Engine, hookAgents, type LogEntry } from '@nhipol/service';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { EngineSession } from '../../service/engine/engine-session.ts';
import { Hooks, type HooksOptions } from '../../service/hooks/hooks.ts';
import { attack } from '../attacks/attack.ts';
import { compileForGuard } from '../service/guard/guard-policy.ts';
import { temporaryStore } from '../service/relay/relay-harness.ts';
import { deliveryPolicy, hooksPolicy } from './hooks-policy.ts';

type Json = Record<string, unknown>;

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(hooksPolicy);
});

class Harness {
  readonly logged: LogEntry[] = [];
  readonly store = temporaryStore().store;
  readonly engine: Engine;
  readonly hooks: Hooks;

  constructor(options: Partial<HooksOptions> = {}, policy = module) {
    const log = {
      append: (entry: LogEntry) => `entry-${this.logged.push(entry)}`,
      close: async () => {},
    };
    this.engine = new Engine({
      module: policy,
      store: this.store,
      log,
      mode: 'enforce',
      entryPoint: 'hook',
      abilities: { obligations: new Set(), constraints: new Set(['limit', 'end_line']) },
      onWarning: () => {},
    });
    this.hooks = new Hooks({
      engine: this.engine,
      store: this.store,
      facts: { identity: { type: 'ai_agent', id: 'local', properties: {} }, context: {} },
      ask: 'agent',
      askTimeout: 1_000,
      isAllowing: false,
      now: () => Date.now(),
      guardedFiles: () => [],
      ...options,
    });
  }

  async reply(agent: string, input: Json | string) {
    const text = typeof input === 'string' ? input : JSON.stringify(input);
    return this.hooks.handle(agent, Buffer.from(text));
  }

  /** The output of the command as JSON. */
  async readReply(agent: string, input: Json | string): Promise<Json> {
    const { stdout, stderr, exitCode } = await this.reply(agent, input);
    expect([stderr, exitCode]).toEqual(['', 0]);
    return JSON.parse(stdout);
  }
}

/** An input as the agent sent it, with other members of the tool. */
function readInput(name: string, changed: Json = {}): Json {
  const text = readFileSync(new URL(`./inputs/${name}.json`, import.meta.url), 'utf8');
  return { ...JSON.parse(text), ...changed };
}

const before = {
  'claude-code': (command: string) => readInput('claude-code-before', { tool_input: { command } }),
  codex: (command: string) => readInput('codex-before', { tool_input: { command } }),
  gemini: (command: string) => readInput('gemini-before', { tool_input: { command } }),
};
const after = {
  'claude-code': readInput('claude-code-after'),
  codex: readInput('codex-after'),
  gemini: readInput('gemini-after'),
};
type Agent = keyof typeof before;
const agents: readonly Agent[] = ['claude-code', 'codex', 'gemini'];

/** The reason with which the agent refuses the tool, or `undefined` if it uses it. */
function findRefusal(printed: Json): unknown {
  const { hookSpecificOutput: own, decision, reason } = printed;
  const specific = own as Json | undefined;
  if (specific?.permissionDecision === 'deny') return specific.permissionDecisionReason;
  return decision === 'deny' ? reason : undefined;
}

describe.each(agents)('the hooks of %s', (agent) => {
  test('a permit leaves the tool to the permissions of the agent', async () => {
    expect(await new Harness().readReply(agent, before[agent]('ls'))).toEqual({});
  });

  test('with `--allow`, a permit replaces the question of the agent', async () => {
    const printed = await new Harness({ isAllowing: true }).readReply(agent, before[agent]('ls'));
    expect(JSON.stringify(printed)).toContain('"allow"');
  });

  test('a deny contains the reason', async () => {
    const printed = await new Harness().readReply(agent, before[agent]('cat secret'));
    expect(findRefusal(printed)).toBe('not permitted: it looks for secrets');
  });

  test('an unknown tool is denied', async () => {
    const printed = await new Harness().readReply(agent, {
      ...before[agent]('ls'),
      tool_name: 'Other',
    });
    expect(findRefusal(printed)).toBe('not permitted: no rule permits it');
  });

  test('a revoke ends all sessions of the agent', async () => {
    const harness = new Harness();
    const printed = await harness.readReply(agent, before[agent]('leak'));
    expect(findRefusal(printed)).toBe('not permitted: the agent leaked data');
    const other = { ...before[agent]('ls'), session_id: 'another' };
    expect(findRefusal(await harness.readReply(agent, other))).toBe(
      'not permitted: the agent leaked data',
    );
    expect(harness.store.revocations()).toMatchObject([{ subjectId: 'local', server: agent }]);
  });

  test('an operator revokes the agent', async () => {
    const harness = new Harness();
    await harness.readReply(agent, before[agent]('ls'));
    const scope = { subjectType: 'ai_agent', subjectId: 'local', server: undefined };
    harness.store.revoke({ ...scope, at: 0, reasons: ['by_hand'], message: 'the key has leaked' });
    harness.engine
      .get(`${agent}-${String(before[agent]('').session_id)}`, agent)
      ?.checkRevocation();
    const printed = await harness.readReply(agent, before[agent]('ls'));
    expect(findRefusal(printed)).toBe('not permitted: the key has leaked');
  });

  test('outcomes are events of the session', async () => {
    const harness = new Harness();
    for (let each = 0; each < 3; each += 1) {
      expect(await harness.readReply(agent, before[agent]('ls'))).toEqual({});
      expect(await harness.readReply(agent, after[agent])).toEqual({});
    }
    expect(findRefusal(await harness.readReply(agent, before[agent]('ls')))).toBe(
      'not permitted: three commands are enough',
    );
    const other = { ...before[agent]('ls'), session_id: 'another' };
    expect(findRefusal(await harness.readReply(agent, other))).toBeUndefined();
  });

  test('an outcome after a revoke stops the agent', async () => {
    const harness = new Harness();
    await harness.readReply(agent, before[agent]('leak'));
    const reply = await harness.reply(agent, after[agent]);
    expect(reply.stdout + reply.stderr).toContain('not permitted: the agent leaked data');
    expect(reply.exitCode === 2 || JSON.parse(reply.stdout).continue === false).toBe(true);
  });

  test('the log has the entry point, the call and its effect', async () => {
    const harness = new Harness();
    await harness.readReply(agent, before[agent]('cat secret'));
    const [opened, decision] = harness.logged;
    expect(opened).toMatchObject({ kind: 'opened', entry_point: 'hook' });
    expect(decision).toMatchObject({
      kind: 'decision',
      effect: 'deny',
      enforcement: 'refused',
      request: {
        action: { properties: { arguments: { command: 'cat secret' } } },
        resource: { type: 'workspace', id: before[agent]('').cwd },
      },
    });
  });

  test.each([
    ['no JSON', 'none'],
    ['a repeated name', '{"session_id": "a", "session_id": "b"}'],
    ['an empty object', '{}'],
    ['an array', '[]'],
    ['invalid UTF-8', Buffer.from([0x22, 0xff, 0x22]).toString('latin1')],
  ])('%s is refused', async (_, input) => {
    expect(await new Harness().reply(agent, input)).toMatchObject({
      stdout: '',
      stderr: expect.stringMatching(/^nhipol: /),
      exitCode: 2,
    });
  });

  test.each(['tool_name', 'tool_input', 'session_id', 'cwd', 'hook_event_name'])(
    'an input without `%s` is refused',
    async (member) => {
      const { [member]: _, ...input } = before[agent]('ls');
      expect(await new Harness().reply(agent, input)).toMatchObject({ exitCode: 2 });
    },
  );

  test('an event without a tool passes', async () => {
    const { tool_name, tool_input, ...input } = before[agent]('ls');
    expect(await new Harness().readReply(agent, { ...input, hook_event_name: 'Stop' })).toEqual({});
  });
});

attack('hooks-renamed-event', async () => {
  for (const agent of ['claude-code', 'codex', 'gemini'] as const) {
    for (const name of ['pretooluse', 'PreToolUseV2', 'BeforeTools', '']) {
      const input = { ...before[agent]('ls'), hook_event_name: name };
      expect(await new Harness().reply(agent, input)).toMatchObject({ exitCode: 2 });
    }
  }
});

describe('a challenge', () => {
  test('Claude Code asks its user, and the log says who agreed', async () => {
    const harness = new Harness();
    const printed = await harness.readReply('claude-code', before['claude-code']('deploy'));
    expect(printed).toMatchObject({
      hookSpecificOutput: {
        permissionDecision: 'ask',
        permissionDecisionReason: 'a deployment needs an approval',
      },
    });
    const { tool_use_id } = before['claude-code']('');
    await harness.readReply('claude-code', { ...after['claude-code'], tool_use_id });
    expect(harness.logged.map(({ kind }) => kind)).toEqual([
      'opened',
      'decision',
      'approval',
      'event',
    ]);
    expect(harness.logged[1]).toMatchObject({ effect: 'challenge', enforcement: 'asked' });
    expect(harness.logged[2]).toMatchObject({ answer: 'approved', approval: { channel: 'agent' } });
  });

  test('an answer of the user does not approve the next use', async () => {
    const harness = new Harness();
    await harness.readReply('claude-code', before['claude-code']('deploy'));
    await harness.readReply('claude-code', after['claude-code']);
    const again = await harness.readReply('claude-code', before['claude-code']('deploy'));
    expect(again).toMatchObject({ hookSpecificOutput: { permissionDecision: 'ask' } });
  });

  test.each(['codex', 'gemini'] as const)('%s refuses, and a terminal approves', async (agent) => {
    const harness = new Harness();
    const refused = findRefusal(await harness.readReply(agent, before[agent]('deploy')));
    const [, id = ''] =
      /nhipol guard approve ([0-9a-f-]+)`, then repeat it$/.exec(String(refused)) ?? [];
    const [request] = harness.store.pending(Date.now());
    expect(request).toMatchObject({ id, summary: expect.stringContaining(' in /work/shop\n') });
    const { digest = '', expiresAt = 0 } = request ?? {};
    const approval = { id, digest, channel: 'terminal', approver: 'ann' } as const;
    harness.store.approve({ ...approval, grantedAt: Date.now(), expiresAt });
    // Another call, and another agent.
    expect(findRefusal(await harness.readReply(agent, before[agent]('deploy all')))).toBeDefined();
    expect(findRefusal(await harness.readReply(agent, before[agent]('deploy')))).toBeUndefined();
    expect(findRefusal(await harness.readReply(agent, before[agent]('deploy')))).toBeDefined();
  });

  test('with `--ask terminal`, the use waits', async () => {
    const harness = new Harness({ ask: 'terminal', askTimeout: 10_000 });
    const waiting = harness.readReply('codex', before.codex('deploy'));
    await expect.poll(() => harness.store.pending(Date.now()).length).toBe(1);
    const [request] = harness.store.pending(Date.now());
    const { id = '', digest = '', expiresAt = 0 } = request ?? {};
    const approval = { id, digest, channel: 'terminal', approver: 'ann' } as const;
    harness.store.approve({ ...approval, grantedAt: Date.now(), expiresAt });
    expect(await waiting).toEqual({});
  });

  test('with `--ask terminal`, a person refuses', async () => {
    const harness = new Harness({ ask: 'terminal', askTimeout: 10_000 });
    const waiting = harness.readReply('claude-code', before['claude-code']('deploy'));
    await expect.poll(() => harness.store.pending(Date.now()).length).toBe(1);
    harness.store.refuse(harness.store.pending(Date.now())[0]?.id ?? '');
    expect(findRefusal(await waiting)).toBe(
      'not permitted: a deployment needs an approval; it was refused',
    );
  });

  test('with `--ask terminal`, nobody answers', async () => {
    const harness = new Harness({ ask: 'terminal', askTimeout: 300 });
    const printed = await harness.readReply('claude-code', before['claude-code']('deploy'));
    expect(findRefusal(printed)).toContain('nhipol guard approve');
  });

  test('with `--ask never`, it is refused', async () => {
    const harness = new Harness({ ask: 'never' });
    const printed = await harness.readReply('claude-code', before['claude-code']('deploy'));
    expect(findRefusal(printed)).toBe('not permitted: a deployment needs an approval');
    expect(harness.store.pending(Date.now())).toEqual([]);
  });
});

describe('lower values', () => {
  const read = (agent: Agent, tool: string, values: Json) => ({
    ...before[agent](''),
    tool_name: tool,
    tool_input: { file_path: '/work/long.txt', ...values },
  });

  test('Claude Code gets them as the input of the tool, without a permission', async () => {
    const printed = await new Harness().readReply(
      'claude-code',
      read('claude-code', 'Read', { limit: 50, offset: 1 }),
    );
    expect(printed).toEqual({
      hookSpecificOutput: {
        hookEventName: 'PreToolUse',
        updatedInput: { file_path: '/work/long.txt', limit: 2, offset: 1 },
      },
    });
  });

  test('Gemini CLI gets them, too', async () => {
    const printed = await new Harness().readReply(
      'gemini',
      read('gemini', 'read_file', { end_line: 9 }),
    );
    expect(printed).toMatchObject({ hookSpecificOutput: { tool_input: { end_line: 2 } } });
  });

  test('Codex would skip its own permissions, so the model repeats the use', async () => {
    const printed = await new Harness().readReply(
      'codex',
      read('codex', 'read_file', { end_line: 9 }),
    );
    expect(findRefusal(printed)).toBe(
      'not permitted: few; it is permitted with {"file_path":"/work/long.txt","end_line":2}',
    );
  });
});

describe('tools of MCP servers', () => {
  test.each([
    ['claude-code', { tool_name: 'mcp__files__read' }],
    ['claude-code', { tool_name: 'mcp__f__read', mcp_server: { name: 'files', source: 'user' } }],
    ['codex', { tool_name: 'mcp__files__read' }],
    [
      'gemini',
      { tool_name: 'mcp_files_read', mcp_context: { server_name: 'files', tool_name: 'read' } },
    ],
  ] as const)('%s names a tool as the guard does', async (agent, members) => {
    const harness = new Harness();
    const input = { ...before[agent](''), ...members, tool_input: { path: 'a' } };
    expect(await harness.readReply(agent, input)).toEqual({});
    expect(harness.logged.at(-1)).toMatchObject({
      request: { action: { name: 'files:read' }, resource: { type: 'mcp_server', id: 'files' } },
    });
  });

  test('servers and the agent share the history of a session', async () => {
    const harness = new Harness();
    const use = (event: string, tool: string, given: Json) => ({
      ...(event === 'before' ? before['claude-code']('') : after['claude-code']),
      tool_name: tool,
      tool_input: given,
    });
    const send = use('before', 'mcp__peer__send', { text: 'hi' });
    expect(await harness.readReply('claude-code', send)).toEqual({});
    await harness.readReply('claude-code', use('before', 'mcp__files__read', { path: 'a' }));
    await harness.readReply('claude-code', use('after', 'mcp__files__read', { path: 'a' }));
    expect(findRefusal(await harness.readReply('claude-code', send))).toBe(
      'not permitted: the agent has read files',
    );
    // One session at three places is opened once.
    expect(harness.logged.filter(({ kind }) => kind === 'opened')).toHaveLength(1);
  });

  test('an operator revokes one server', async () => {
    const harness = new Harness();
    const scope = { subjectType: 'ai_agent', subjectId: 'local', server: 'files' };
    harness.store.revoke({ ...scope, at: 0, reasons: ['by_hand'], message: 'closed' });
    const read = { ...before.codex(''), tool_name: 'mcp__files__read', tool_input: { path: 'a' } };
    expect(findRefusal(await harness.readReply('codex', read))).toBe('not permitted: closed');
    expect(await harness.readReply('codex', before.codex('ls'))).toEqual({});
  });
});

test('statements of the agent about itself are context', async () => {
  const input = { ...before['claude-code']('ls'), permission_mode: 'plan' };
  expect(findRefusal(await new Harness().readReply('claude-code', input))).toBe(
    'not permitted: the agent only plans',
  );
});

test('an agent without hooks is refused', async () => {
  expect(await new Harness().reply('other', {})).toMatchObject({ exitCode: 2 });
  expect(hookAgents.map(({ name }) => name)).toEqual(agents);
});

test('a failed tool of Claude Code and Gemini CLI is an outcome', async () => {
  for (const [agent, input] of [
    ['claude-code', readInput('claude-code-failed')],
    ['gemini', readInput('gemini-failed')],
  ] as const) {
    const harness = new Harness();
    await harness.readReply(agent, input);
    await harness.readReply(agent, input);
    expect(harness.logged.at(-1)).toMatchObject({ kind: 'event', signal: 'failed' });
  }
});

attack('hooks-inexact-number', async () => {
  const harness = new Harness();
  const input = (given: string) => {
    const text = JSON.stringify(
      readInput('claude-code-before', { tool_name: 'mcp__files__read', tool_input: 'GIVEN' }),
    );
    return text.replace('"GIVEN"', given);
  };
  const sendInput = async (given: string) =>
    findRefusal(await harness.readReply('claude-code', input(given)));
  expect(await sendInput('{"path":"a","price":100.5}')).toBeUndefined();
  expect(await sendInput('{"path":"a","price":100.0000004}')).toContain('found 100.0000004');
  expect(await sendInput('{"path":"a","lines":[9007199254740993]}')).toBe(
    'not permitted: the number 9007199254740993 is not exact for every reader',
  );
});

describe('a text is delivered', () => {
  let delivery: Uint8Array;
  beforeAll(async () => {
    delivery = await compileForGuard(deliveryPolicy);
  });

  const post = readInput('claude-code-before', {
    tool_name: 'mcp__peer__post',
    tool_input: { text: 'hello' },
  });
  const read = readInput('claude-code-before', {
    tool_name: 'mcp__files__read',
    tool_input: { path: 'a' },
  });
  const afterRead = 'not permitted: the agent may have read a file';

  attack('hooks-unreported-error', async () => {
    const harness = new Harness({}, delivery);
    expect(findRefusal(await harness.readReply('claude-code', post))).toBeUndefined();
    expect(findRefusal(await harness.readReply('claude-code', read))).toBeUndefined();
    // The agent reports no outcome of a use that fails.
    expect(findRefusal(await harness.readReply('claude-code', post))).toBe(afterRead);
  });

  test('as soon as the user of the agent is asked', async () => {
    const harness = new Harness({}, delivery);
    const asked = await harness.readReply('claude-code', before['claude-code']('deploy'));
    expect(JSON.stringify(asked)).toContain('"ask"');
    expect(findRefusal(await harness.readReply('claude-code', post))).toBe(afterRead);
  });

  test('not by a use that is refused', async () => {
    const harness = new Harness({}, delivery);
    const refused = { ...read, tool_input: { path: 'a', price: 1e-7 } };
    expect(findRefusal(await harness.readReply('claude-code', refused))).toBeDefined();
    expect(findRefusal(await harness.readReply('claude-code', post))).toBeUndefined();
  });

  test('and withheld, as far as the agent can do that, if it cannot be recorded', async () => {
    const harness = new Harness({}, delivery);
    await harness.readReply('claude-code', read);
    const spy = vi.spyOn(EngineSession.prototype, 'recordOutcomes').mockReturnValue(false);
    const refusal = 'not permitted: the outcome cannot be recorded';
    expect(findRefusal(await harness.readReply('claude-code', read))).toBe(refusal);
    expect(await harness.readReply('claude-code', after['claude-code'])).toMatchObject({
      continue: false,
      reason: refusal,
    });
    spy.mockRestore();
  });
});
