// Decides what coding agents report through their hooks: takes the input of a hook, and returns what its command
// answers. It never throws: everything that cannot be decided is refused.

import { setTimeout as delay } from 'node:timers/promises';
import { explainAnswer } from '../engine/answers.ts';
import type { Call, CallerFacts } from '../engine/call.ts';
import type { Engine } from '../engine/engine.ts';
import type { Decision, EngineSession } from '../engine/engine-session.ts';
import { readUnambiguous } from '../json/unambiguous.ts';
import { lowerArguments } from '../mcp/calls/lowered.ts';
import { recordEnd } from '../mcp/calls/outcome.ts';
import { createApprovalRequest, createQuestion } from '../mcp/questions/asking.ts';
import type { Store } from '../store/store.ts';
import { formatErrorMessage } from '../support/message-of.ts';
import { blockCall, type HookAgent, type HookEvent, type HookReply } from './agents/agent.ts';
import { findHookAgent } from './agents/index.ts';
import { GuardedFiles } from './guarded-files.ts';
import { listRealPaths } from './named-paths.ts';
import { nameServer, toUseCall } from './tool-use-call.ts';

/** Who approves: the user of the agent, if its hooks can ask; a person at a terminal; or nobody. */
export type HookAskMode = 'agent' | 'terminal' | 'never';

export interface HooksOptions {
  readonly engine: Engine;
  readonly store: Store;
  readonly facts: CallerFacts;
  readonly ask: HookAskMode;
  /** How long a use waits for a person at a terminal, in milliseconds. */
  readonly askTimeout: number;
  /** Whether a permit replaces the agent's own question. */
  readonly isAllowing: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Paths of the files that configure the guard, besides the files of agents. Those of folders end with a separator. */
  readonly guardedFiles: () => readonly string[];
}

type CallEvent = Extract<HookEvent, { kind: 'call' }>;
type OutcomeEvent = Extract<HookEvent, { kind: 'outcome' }>;

/** A use that the agent asks its user about. */
interface AskedUse {
  readonly key: string;
  readonly digest: string;
}

/** How often the store is read while a use waits, in milliseconds. */
const pollInterval = 100;
/** The number of questions of agents that are remembered. */
const maxAsked = 1_000;

export class Hooks {
  readonly #options: HooksOptions;
  readonly #asked: AskedUse[] = [];
  readonly #guarded: GuardedFiles;

  constructor(options: HooksOptions) {
    this.#options = options;
    this.#guarded = new GuardedFiles(options.guardedFiles);
  }

  async handle(agentName: string, input: Uint8Array): Promise<HookReply> {
    try {
      return await this.#handle(agentName, input);
    } catch (error) {
      return blockCall(`nhipol: not permitted: ${formatErrorMessage(error)}`);
    }
  }

  async #handle(agentName: string, input: Uint8Array): Promise<HookReply> {
    const agent = findHookAgent(agentName);
    if (agent === undefined) return blockCall(`nhipol: there are no hooks for ${agentName}`);
    const read = readUnambiguous(input);
    if ('problem' in read) return blockCall(`nhipol: the input of the hook: ${read.problem}`);
    const event = agent.read(read);
    if (event === undefined) {
      return blockCall(
        `nhipol: the input of the hook is not that of ${agentName} ${agent.testedVersion}`,
      );
    }
    switch (event.kind) {
      case 'other':
        return agent.pass();
      case 'call':
        return this.#call(agent, event);
      case 'outcome':
        return this.#outcome(agent, event);
    }
  }

  async #call(agent: HookAgent, event: CallEvent): Promise<HookReply> {
    const session = await this.#openSession(agent, event);
    const call = this.#readCall(agent, event);
    const { ask } = agent;
    const isAsked = this.#options.ask === 'agent' && ask !== undefined;
    const decision = session.decide(call, { isAsked });
    const passes = { session, call, reply: () => this.#passCall(agent) };
    if (decision.isPassed) return this.#deliverReply(agent, passes);
    const reason = explainAnswer(decision.answer);
    switch (decision.answer.effect) {
      case 'revoke':
        return agent.stop(formatRefusal(reason));
      case 'challenge':
        if (ask === undefined || !isAsked) {
          return this.#askElsewhere(agent, { event, session, call, decision, reason });
        }
        this.#remember(event, decision);
        return this.#deliverReply(agent, { ...passes, reply: () => ask(reason) });
      default:
        decision.answer.effect satisfies 'permit' | 'narrow' | 'deny';
        return (
          this.#lowerCall(agent, event, session, decision) ?? agent.refuse(formatRefusal(reason))
        );
    }
  }

  /**
   * Records that something of a use reaches the model before the tool is used: agents do not report all uses that fail, and
   * the model reads the texts of their errors.
   */
  #deliverReply(agent: HookAgent, { session, call, reply }: Passed): HookReply {
    const isRecorded = session.recordOutcomes(['delivered'], [call], { bytes: 0 });
    return isRecorded ? reply() : agent.refuse(formatRefusal('the outcome cannot be recorded'));
  }

  #passCall(agent: HookAgent): HookReply {
    return this.#options.isAllowing ? agent.allow() : agent.pass();
  }

  /** The use with the values that the policy offers, if it is permitted. */
  #lowerCall(
    agent: HookAgent,
    event: CallEvent,
    session: EngineSession,
    { answer }: Decision,
  ): HookReply | undefined {
    const values = lowerArguments(event.use.arguments, answer);
    if (values === undefined) return undefined;
    if (agent.lower === undefined) {
      const offers = JSON.stringify(values);
      return agent.refuse(
        `${formatRefusal(explainAnswer(answer))}; it is permitted with ${offers}`,
      );
    }
    const use = { ...event.use, arguments: values, text: JSON.stringify(values) };
    const { lower } = agent;
    const call = this.#readCall(agent, { ...event, use });
    if (!session.decide(call, { isLowered: true }).isPassed) return undefined;
    return this.#deliverReply(agent, { session, call, reply: () => lower(values) });
  }

  /** Asks a person who is not the user of the agent. */
  async #askElsewhere(agent: HookAgent, asked: Asked): Promise<HookReply> {
    const { event, session, call, decision, reason } = asked;
    const { ask, askTimeout, store, now } = this.#options;
    const { use } = event;
    const named = {
      server: nameServer(use, agent.name),
      tool: use.tool,
      arguments: use.arguments,
      folder: use.server === undefined ? event.workspace : undefined,
    };
    const question = createQuestion(decision, session, named, now());
    if (question === undefined || ask === 'never') return agent.refuse(formatRefusal(reason));
    const id = store.request(createApprovalRequest(question, session, now()));
    if (id === undefined) {
      return agent.refuse(formatRefusal(`${reason}; too many uses wait for an approval already`));
    }
    const how = `${reason}. To approve it, run \`nhipol guard approve ${id}\`, then repeat it`;
    if (ask !== 'terminal') return agent.refuse(formatRefusal(how));
    const deadline = Math.min(now() + askTimeout, question.expiresAt);
    while (store.stateOf(id) === 'pending' && now() < deadline) await delay(pollInterval);
    const state = store.stateOf(id);
    if (state === 'refused') return agent.refuse(formatRefusal(`${reason}; it was refused`));
    if (state !== 'approved') return agent.refuse(formatRefusal(how));
    const again = session.decide(call, { trigger: 'approval' });
    return again.isPassed
      ? this.#deliverReply(agent, { session, call, reply: () => this.#passCall(agent) })
      : agent.refuse(formatRefusal(explainAnswer(again.answer)));
  }

  async #outcome(agent: HookAgent, event: OutcomeEvent): Promise<HookReply> {
    const session = await this.#openSession(agent, event);
    const call = this.#readCall(agent, event);
    this.#storeAgreement(event, session);
    const { isFailed, response } = event;
    const bytes = Buffer.byteLength(JSON.stringify(response) ?? '');
    const result = { structured: response, bytes, isFailed, isDelivered: true };
    if (!recordEnd(session, [call], result)) {
      return agent.stopAfter(formatRefusal('the outcome cannot be recorded'));
    }
    if (session.revocation === undefined) return agent.pass();
    return agent.stopAfter(formatRefusal(session.revokedReason));
  }

  #readCall({ name }: HookAgent, event: CallEvent | OutcomeEvent): Call {
    const { use, workspace, agent } = event;
    const { identity, context } = this.#options.facts;
    return toUseCall(use, {
      agent: name,
      workspace,
      facts: { identity, context: { ...context, agent } },
      isGuardNamed: this.#guarded.hasNaming(use, workspace),
      realPaths: use.server === undefined ? listRealPaths(use, workspace) : [],
    });
  }

  async #openSession(
    agent: HookAgent,
    { session: own, use }: CallEvent | OutcomeEvent,
  ): Promise<EngineSession> {
    const { engine, facts } = this.#options;
    const id = `${agent.name}-${own}`;
    const server = nameServer(use, agent.name);
    const opening = { id, ...facts, server, entryPoint: 'hook' as const };
    if (engine.events.isAttached) await engine.events.announce(opening);
    return engine.get(id, server) ?? engine.open(opening);
  }

  #remember({ session, use }: CallEvent, { digest }: Decision): void {
    if (use.id === undefined || digest === undefined) return;
    this.#asked.push({ key: toKey(session, use.id), digest });
    if (this.#asked.length > maxAsked) this.#asked.shift();
  }

  /** The tool was used, so the user of the agent agreed. */
  #storeAgreement({ session, use }: OutcomeEvent, opened: EngineSession): void {
    if (use.id === undefined) return;
    const key = toKey(session, use.id);
    const index = this.#asked.findIndex((asked) => asked.key === key);
    const [asked] = index < 0 ? [] : this.#asked.splice(index, 1);
    if (asked !== undefined) opened.storeAgreement(asked.digest, use.id);
  }
}

/** A use that goes on. */
interface Passed {
  readonly session: EngineSession;
  readonly call: Call;
  readonly reply: () => HookReply;
}

interface Asked {
  readonly event: CallEvent;
  readonly session: EngineSession;
  readonly call: Call;
  readonly decision: Decision;
  readonly reason: string;
}

function formatRefusal(reason: string): string {
  return `not permitted: ${reason}`;
}

function toKey(session: string, use: string): string {
  return JSON.stringify([session, use]);
}
