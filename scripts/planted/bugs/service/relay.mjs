// Bugs in the relay of the guard: the framing of messages, ids, and questions of servers.

import { serviceTests as tests } from '../../service-tests.mjs';

const framing = tests('framing');
const ids = tests('relay-ids');
const questions = tests('relay-questions');
const taskEnds = tests('task-ends');
const limitedTasks = tests('limited-tasks');
const longWork = tests('long-work');
const leftWork = tests('left-work');
const pendingRevocations = tests('pending-revocations');

export const relay = [
  {
    id: 'cr-within-message',
    file: 'service/mcp/protocol/framing.ts',
    find: 'return index >= 0 && index < bytes.length - 1;',
    replace: 'return index === 0;',
    does: 'A server of the Python SDK ends a line at a lone CR, and carries out a call that was not decided.',
    by: framing,
  },
  {
    id: 'line-separator-as-is',
    file: 'service/mcp/stdio/stdio-relay.ts',
    find: 'const message = toOneLine(given);',
    replace: 'const message = typeof given === "string" ? toOneLine(given) : given;',
    does: 'A reader that ends lines at U+2028 does not see a permitted message as one.',
    by: framing,
  },
  {
    id: 'id-free-after-cancel',
    file: 'service/mcp/calls/running-calls.ts',
    find: '    this.#running.get(key)?.work.leave(reason);\n',
    replace: '    this.#running.get(key)?.work.leave(reason);\n    this.#running.delete(key);\n',
    does: 'The result of a cancelled call arrives as the answer to a `ping`, without an outcome and without limits.',
    by: ids,
  },
  {
    id: 'request-free-after-cancel',
    file: 'service/mcp/messages/pending-requests.ts',
    find: '    this.#open.find(id)?.work.leave(cancelledByClient);\n',
    replace: '    this.#open.find(id)?.work.leave(cancelledByClient);\n    this.#open.take(id);\n',
    does: 'The answer to a cancelled request arrives as the answer to a call.',
    by: ids,
  },
  {
    id: 'id-in-any-spelling',
    file: 'service/mcp/protocol/message.ts',
    find: "typeof id === 'string' || text.slice(span?.start, span?.end) === String(id)",
    replace: "typeof id === 'string' || span !== undefined",
    does: 'A request with the id 1.0 runs at the same time as one with the id 1, and a server answers both with 1.',
    by: ids,
  },
  {
    id: 'questions-without-type',
    file: 'service/mcp/questions/server-questions.ts',
    find: "    'inputRequests' in result ||\n",
    replace: '',
    does: 'A client that acts on `inputRequests` alone samples for a server whose requests the policy denies.',
    by: questions,
  },
  {
    id: 'state-of-other-request',
    file: 'service/mcp/questions/server-questions.ts',
    find: 'if (state === undefined || state.digest !== digest || digest === undefined) return undefined;',
    replace: 'if (state === undefined) return undefined;',
    does: 'A client sends the answers for one resource with the request for another one.',
    by: questions,
  },
  {
    id: 'elicitation-by-error',
    file: 'service/mcp/questions/server-questions.ts',
    find: 'return readElicitations(error) !== undefined || (result !== undefined && asks(result));',
    replace: 'return result !== undefined && asks(result);',
    does: 'A server asks the user for a password by the error -32042, although the policy denies it.',
    by: questions,
  },
  {
    id: 'task-cancelled-once',
    file: 'service/mcp/tasks/task-cancellations.ts',
    find: 'if (error !== undefined && !hasEnded) this.#repeatLater(sent.cancellation);\n    else this.#forget(sent.cancellation);',
    replace: 'this.#forget(sent.cancellation);',
    does: 'A task that began in a session of MCP which has ended goes on after its client was revoked.',
    by: taskEnds,
  },
  {
    id: 'cancelled-where-it-began',
    file: 'service/mcp/tasks/task-cancellations.ts',
    find: '(this.#latest.get(session) ?? first)',
    replace: 'first',
    does: 'A task is cancelled only in the session of MCP in which it began, which has ended.',
    by: taskEnds,
  },
  {
    id: 'timer-of-the-whole-time',
    file: 'service/mcp/work/decide-again.ts',
    find: 'const delay = Math.min(Math.max(at - now(), 0), interval);',
    replace: 'const delay = Math.min(Math.max(at - now(), 0), 1_000_000 * interval);',
    does: 'A task goes on after the token of its client has expired, because the machine was suspended meanwhile.',
    by: longWork,
  },
  {
    id: 'attempts-used-up',
    file: 'service/mcp/tasks/task-cancellations.ts',
    find: '      if (cancellation.sentAt <= before) this.#repeat(cancellation);\n',
    replace: '      if (before > 0) this.#repeat(cancellation);\n',
    does: 'A client uses up the attempts to cancel its task by many messages, while its server is busy.',
    by: taskEnds,
  },
  {
    id: 'progress-of-stopped-task',
    file: 'service/mcp/work/progress-tokens.ts',
    find: 'isAwaited(use.id) : isRunning(use.task);',
    replace: 'isAwaited(use.id) : true;',
    does: 'Rows that a constraint withholds reach the client as the progress of a task that was cancelled.',
    by: limitedTasks,
  },
  {
    id: 'left-work-undecided',
    file: 'service/mcp/work/unanswered-work.ts',
    find: 'undefined && !this.#isStopped && this',
    replace: 'undefined && this.#isAwaited && !this.#isStopped && this',
    does: 'A client cancels its call in a form that its server does not accept, and the call goes on although it is no longer permitted.',
    by: leftWork,
  },
  {
    id: 'left-requests-go-on',
    file: 'service/mcp/relay.ts',
    find: 'of [this.#parts.calls, this.#parts.fromClient]) work.leave',
    replace: 'of [this.#parts.calls]) work.leave',
    does: 'A request such as `resources/read` goes on at the server after its client has left and was revoked.',
    by: leftWork,
  },
  {
    id: 'command-of-a-subject',
    file: 'cli/commands/guard/people/revoke-command.ts',
    find: '.map(quoteShownWord)',
    replace: '.map((word): string | undefined => word)',
    does: 'An operator who runs the printed command runs a command of the revoked subject.',
    by: pendingRevocations,
  },
  {
    id: 'task-of-any-request',
    file: 'service/mcp/messages/unexpected-task.ts',
    find: "  if (method.answer === 'task' && isDescribed) return undefined;\n",
    replace: "  if (method.answer !== 'call' || isDescribed) return undefined;\n",
    does: 'What a server reads for `resources/read` as a task goes on after the policy has stopped the request.',
    by: tests('server-texts'),
  },
  {
    id: 'task-of-cancelled-request',
    file: 'service/mcp/messages/server-answers.ts',
    find: 'if (problem !== undefined) stopUnexpectedTask(',
    replace: 'if (problem !== undefined && pending.isAwaited) stopUnexpectedTask(',
    does: 'A task that a server begins for a request which was stopped goes on.',
    by: tests('server-texts'),
  },
  {
    id: 'limit-of-the-first-decision',
    file: 'service/mcp/messages/pending-requests.ts',
    find: 'const problem = limitProblem(newer, this.#options);',
    replace: 'const problem = limitProblem(pending.permitted?.permission ?? newer, this.#options);',
    does: 'What the policy limits while a request such as `resources/read` runs reaches the agent as a whole.',
    by: tests('decided-again'),
  },
  {
    id: 'obligation-not-logged-again',
    file: 'service/engine/logged-answers.ts',
    find: '({ effect, decision, constraints, lower, obligations }: Answer): string {\n  return stringify([effect, decision, constraints, lower, obligations]);',
    replace:
      '({ effect, decision, constraints, lower }: Answer): string {\n  return stringify([effect, decision, constraints, lower]);',
    does: 'A call goes on with an obligation that no line in the log carries out.',
    by: tests('decided-again'),
  },
  {
    id: 'narrowed-call-not-logged-again',
    file: 'service/engine/logged-answers.ts',
    find: '({ effect, decision, constraints, lower, obligations }: Answer): string {\n  return stringify([effect, decision, constraints, lower, obligations]);',
    replace:
      '({ decision, obligations }: Answer): string {\n  return stringify([decision, obligations]);',
    does: 'The log says that a call was permitted without a limit whose result was cut.',
    by: tests('decided-again'),
  },
  {
    id: 'logged-answer-not-noted',
    file: 'service/engine/engine-session.ts',
    find: 'if (id !== undefined) this.#loggedAnswers.note(call, answer);',
    replace:
      'if (id !== undefined && details.trigger === undefined) this.#loggedAnswers.note(call, answer);',
    does: 'Each outcome writes a line for each call that runs with a changed answer, and carries out its obligations again.',
    by: tests('decided-again'),
  },
];
