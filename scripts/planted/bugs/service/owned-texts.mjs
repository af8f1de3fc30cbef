// Bugs in whose outcome a text of a server is, and in what is withheld after its owner was stopped.

import { serviceTests as tests } from '../../service-tests.mjs';

const ownedTexts = tests('owned-texts');

export const ownedTextsBugs = [
  {
    id: 'stopped-task-cancelled-by-client',
    file: 'service/mcp/messages/client-messages.ts',
    find: '    const stopped = tasks.explainStop(params.taskId);\n',
    replace:
      "    const stopped = method === 'tasks/cancel' ? undefined : tasks.explainStop(params.taskId);\n",
    does: 'The answer to `tasks/cancel` shows the agent what a constraint withholds.',
    by: ownedTexts,
  },
  {
    id: 'waiting-for-stopped-task',
    file: 'service/mcp/tasks/server-tasks.ts',
    find: '    for (const listener of [...listeners]) listener(task.id, formatStop(reason));\n',
    replace: '',
    does: 'Progress of a waiting `tasks/result` shows the agent texts of a task that was stopped.',
    by: ownedTexts,
  },
  {
    id: 'cancel-answer-not-delivered',
    file: 'service/mcp/protocol/methods.ts',
    find: "'tasks/cancel': { handling: 'pass', answer: 'task' },",
    replace: "'tasks/cancel': { handling: 'pass', answer: 'description' },",
    does: 'The answer to `tasks/cancel` is a text of a stranger, and rules about what the agent has read do not notice.',
    by: ownedTexts,
  },
  {
    id: 'reason-of-server-passed',
    file: 'service/mcp/protocol/methods.ts',
    find: "'notifications/cancelled': { about: 'question', hasText: false },",
    replace: "'notifications/cancelled': { about: 'question', hasText: true },",
    does: 'The reason of a cancellation of the server reaches the agent.',
    by: ownedTexts,
  },
  {
    id: 'members-of-signal-passed',
    file: 'service/mcp/messages/server-messages.ts',
    find: 'passage.passToClient(removeNotificationText(message) ?? bytes);',
    replace: 'passage.passToClient(bytes);',
    does: 'A text in a notification that a list has changed reaches the agent, and counts for nothing.',
    by: ownedTexts,
  },
  {
    id: 'stopped-subscription-goes-on',
    file: 'service/mcp/messages/pending-requests.ts',
    find: 'subscriptions.every(({ work }) => work.isAwaited)',
    replace: 'subscriptions.every(({ work }) => work !== undefined)',
    does: 'A subscription that was denied goes on to send texts to the agent.',
    by: ownedTexts,
  },
  {
    id: 'listed-tasks-not-delivered',
    file: 'service/mcp/messages/server-answers.ts',
    find: "if (method.answer === 'tasks') return this.#parts.tasks.findShown(result);",
    replace: "if (method.answer === 'tasks') return [];",
    does: 'The states of tasks in a list are texts of a stranger, and rules about what the agent has read do not notice.',
    by: ownedTexts,
  },
  {
    id: 'cancelled-approval-waits',
    file: 'service/mcp/questions/terminal-questions.ts',
    find: '      this.#options.store.withdraw(id);\n',
    replace: '',
    does: 'A person approves a call that its client has cancelled, and the next one passes without a question.',
    by: tests('withdrawn-approvals'),
  },
];
