// Bugs in what a guard knows about who sent a message, and in what it stores and remembers of it.

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: some of the texts are templates.

import { serviceTests as tests } from '../../service-tests.mjs';

export const guardSessions = [
  {
    id: 'relay-by-body-in-session',
    file: 'service/mcp/http/take-post.ts',
    find: '    sessionProblem(headers, message) ??\n',
    replace: '',
    does: 'A message of a session of MCP can be one of a revision without sessions.',
    by: tests('http-request-origin'),
  },
  {
    id: 'header-facts-for-all',
    file: 'service/mcp/gate.ts',
    find: 'const { facts = this.#client.facts } = client;',
    replace: 'const { facts } = this.#client;',
    does: 'A question of the server is decided with the facts of the latest request instead of those of its connection.',
    by: tests('http-request-origin'),
  },
  {
    id: 'list-by-latest-facts',
    file: 'service/mcp/messages/server-answers.ts',
    find: 'usableItems(list, items, options, client.openSession(), facts)',
    replace: 'usableItems(list, items, options, client.openSession(), client.facts)',
    does: 'A list shows what another token of the same subject could use.',
    by: tests('http-request-origin'),
  },
  {
    id: 'revocation-not-retried',
    file: 'service/engine/pending-revocations.ts',
    find: '(`the revocation was not stored: ${formatErrorMessage(error)}`);\n      this.#retryLater();',
    replace: '(`the revocation was not stored: ${formatErrorMessage(error)}`);',
    does: 'An agent that a rule revoked while the disk was full acts again after a restart.',
    by: tests('pending-revocations'),
  },
  {
    id: 'permits-while-revocation-pending',
    file: 'service/engine/engine.ts',
    find: 'isStoreReadable: () => this.#isStoreReadable && this.#pending.isEmpty,',
    replace: 'isStoreReadable: () => this.#isStoreReadable,',
    does: 'Calls are permitted while a revocation is known to nobody but this process.',
    by: tests('pending-revocations'),
  },
  {
    id: 'delivered-before-stored',
    file: 'service/engine/engine-session.ts',
    find: "const isStored = this.#storeHistory() || this.#engine.mode === 'observe';",
    replace: 'const isStored = true;',
    does: 'A guard that is killed after a delivery does not know of it when it is started again.',
    by: tests('stored-before-sent'),
  },
  {
    id: 'permitted-before-stored',
    file: 'service/engine/engine-session.ts',
    find: 'const isStored = this.#storeHistory();',
    replace: 'const isStored = true;',
    does: 'A call that is permitted once is permitted again after the guard was killed.',
    by: tests('stored-before-sent'),
  },
  {
    id: 'refused-call-goes-on-as-task',
    file: 'service/mcp/calls/call-results.ts',
    find: '    if (task !== undefined) serverTasks.refuse(this.#session, task.id, problem);\n',
    replace: '',
    does: 'A call whose answer the client must not get goes on as a task.',
    by: tests('limited-tasks'),
  },
  {
    id: 'long-token-kept',
    file: 'service/mcp/work/progress-tokens.ts',
    find: 'if (text.length <= maxKeyLength) return text;',
    replace: 'if (text.length > 0) return text;',
    does: 'A client takes the memory of the guard by long progress tokens.',
    by: tests('progress-tokens'),
  },
  {
    id: 'cancelled-requests-free',
    file: 'service/mcp/work/open-requests.ts',
    find: 'this.#open.set(String(id), { ...open, request: undefined });',
    replace:
      'this.#bytes -= open.bytes;\n    this.#open.set(String(id), { ...open, request: undefined, bytes: 0 });',
    does: 'Requests that were cancelled count nothing while the server still has them.',
    by: tests('open-work'),
  },
  {
    id: 'costly-shape-parsed',
    file: 'service/json/unambiguous.ts',
    find: '  if (cost !== undefined) return { problem: `the text has ${cost}` };\n',
    replace: '',
    does: 'One message with a million members holds the guard of all clients for seconds.',
    by: tests('costly-json'),
  },
  {
    id: 'cluster-drops-a-budget',
    file: 'service/cluster/partitions/partition-log.ts',
    find: 'if ([...tooLong].some(isRecordKey)) {',
    replace: 'if ([...tooLong].some((id) => isRecordKey(id) && id === undefined)) {',
    does: 'An identity has its budget again when another node of a cluster takes its sessions.',
    by: ['test/service/cluster/cluster-history.test.ts'],
  },
  {
    id: 'cluster-divides-a-budget',
    file: 'service/cluster/calls/whole-history.ts',
    find: 'sessions.shared_keys?.every((key) =>',
    replace: 'sessions.shared_keys?.some((key) =>',
    does: 'An identity has its budget once for each partition of a cluster.',
    by: ['test/service/cluster/cluster-history.test.ts'],
  },
];
