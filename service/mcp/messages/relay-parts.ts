// The parts of a relay that the messages of both sides need.

import { ToolCalls } from '../calls/tool-calls.ts';
import type { ClientFacts } from '../client.ts';
import { Gate } from '../gate.ts';
import { buildIdKey } from '../protocol/message.ts';
import { ServerQuestions } from '../questions/server-questions.ts';
import { RelayClient } from '../relay-client.ts';
import type { RelayOptions } from '../relay-options.ts';
import { ToolLister } from '../tools/tool-lister.ts';
import { OpenRequests } from '../work/open-requests.ts';
import { RelayWork } from '../work/open-work.ts';
import { ProgressTokens } from '../work/progress-tokens.ts';
import { MethodDecisions } from './method-decisions.ts';
import { PendingRequests } from './pending-requests.ts';
import { TaskAccess } from './task-access.ts';

export interface RelayParts {
  readonly options: RelayOptions;
  readonly client: RelayClient;
  readonly gate: Gate;
  readonly lister: ToolLister;
  readonly calls: ToolCalls;
  readonly questions: ServerQuestions;
  readonly decisions: MethodDecisions;
  readonly tasks: TaskAccess;
  /** Requests of the client, and of the server, that are not answered yet. */
  readonly fromClient: PendingRequests;
  readonly fromServer: OpenRequests<true>;
  readonly clientProgress: ProgressTokens;
  readonly serverProgress: ProgressTokens;
  readonly work: RelayWork;
}

/** `onForgotten`: called when a request is forgotten whose answer was lost. */
export function createRelayParts(
  options: RelayOptions,
  facts: ClientFacts,
  onForgotten: () => void,
): RelayParts {
  const client: RelayClient = new RelayClient(options, facts, () => ({
    calls: () => [...calls.running, ...fromClient.calls],
    recheck: (trigger) => {
      calls.recheckAll(trigger);
      fromClient.recheckAll(trigger);
    },
    end: (reason) => {
      calls.end(reason);
      fromClient.end(reason);
    },
    stopTask: (taskId, reason) => {
      for (const { id, method } of fromClient.stopTask(taskId, reason)) {
        client.refuse(`${method} ${buildIdKey(id)}: ${reason}`);
      }
    },
  }));
  const session = () => client.openSession();
  const lister = new ToolLister(options.inventory);
  const questions = new ServerQuestions(options, session);
  const calls: ToolCalls = new ToolCalls({
    options,
    session,
    onForgotten,
    lister,
    questions,
  });
  const fromClient: PendingRequests = new PendingRequests({ ...options, session, onForgotten });
  return {
    options,
    client,
    lister,
    questions,
    calls,
    fromClient,
    gate: new Gate(client, options),
    decisions: new MethodDecisions(options, client, calls),
    tasks: new TaskAccess(client, options.state.serverTasks, options.resultLimits.size > 0),
    fromServer: new OpenRequests(),
    clientProgress: new ProgressTokens(),
    serverProgress: new ProgressTokens(),
    work: new RelayWork(options.state.openWorks, () => ({
      requests: fromClient.size + calls.size,
      bytes: fromClient.bytes + calls.bytes,
    })),
  };
}
