import type { AttackRows } from './row.ts';

export const guardAttacks = {
  'guard-gate': {
    attack:
      'A client that is revoked, whose token has expired, or whose state cannot be read, and its server send each other messages of all kinds and revisions, in any order, before and after that',
    result:
      'Nothing passes in either direction but refusals and cancellations of the guard, and each request is refused in the log',
  },
  'guard-gate-stdio': {
    attack:
      'The same messages on standard input and output, after the client or its server has sent others',
    result: 'Nothing passes but refusals and cancellations, and each request is refused in the log',
  },
  'guard-gate-http': {
    attack:
      'The same messages over HTTP: by POST with the headers of each revision, on the stream of the server, in the ids of its events, and at the end of a session of MCP',
    result:
      'Nothing passes in either direction, and a new stream and the end of the session are refused',
  },
  'guard-request-goes-on': {
    attack:
      'A request that the policy permitted, such as `resources/read` or `subscriptions/listen`, is not answered, and the agent reads a text of a stranger, the policy changes, or the answer ends',
    result:
      'The request is decided again like a call that runs: the client gets an error, the server a cancellation, and the late answer reaches nobody',
  },
  'guard-task-of-another': {
    attack:
      'A subject gets, changes, cancels or lists a task of another subject, whose id it knows or guesses, or reads its states on its own connection',
    result:
      'The error is that of an unknown task, the list has only its own tasks, and the server gets no such request',
  },
  'guard-task-said-to-end': {
    attack:
      'A client requests the result of its running task, and the server answers with an error, another state, questions, or the state of another task; then the agent reads a text of a stranger, or is revoked',
    result: 'The task still counts as one that runs: it is decided again, and cancelled',
  },
  'guard-task-same-id': {
    attack:
      'A server gives tasks of several clients, or of two connections of one subject, the same id, and one of them ends',
    result: 'Each other one is still decided again, and cancelled at its own connection',
  },
  'guard-task-of-other-request': {
    attack:
      'A server answers a request that is not a call of a tool with a task, which no decision would stop, while the request runs or after it was stopped, cancelled, left or revoked',
    result:
      'The answer and everything about the task reach nobody, and the task is cancelled at the server',
  },
  'guard-tasks-memory': {
    attack: 'A client begins tasks with long calls that do not end',
    result:
      'From 64 MiB of calls of one subject on, its calls are refused until a task ends; no running task is forgotten, and other subjects go on',
  },
  'guard-task-after-token': {
    attack: 'A call goes on as a task of the server after the token of its client has expired',
    result:
      'The task is cancelled when the last token of its subject has expired, and its result reaches nobody',
  },
  'guard-task-cancel-refused': {
    attack:
      'A client ends the session of MCP in which its task began, or its token expires, so that the server refuses the cancellation of the task',
    result:
      'It is sent again after growing delays: on the connection on which the client came last, and on the first',
  },
  'guard-task-progress': {
    attack:
      'A call with a progress token goes on as a task, which is refused or stopped, and the server sends texts as its progress',
    result: 'They are dropped; the progress of a running task is recorded as a text of its call',
  },
  'guard-http-delete-running': {
    attack: 'A client ends its session of MCP over HTTP while its call runs',
    result:
      'The server gets the cancellation of the call before the end of the session, for which it would refuse it',
  },
  'guard-http-cancel-expired': {
    attack:
      'The token with which a call began has expired at the server when the guard cancels the call, and the client has come with a newer one since',
    result: 'The cancellation is sent again with the newer token',
  },
  'guard-revoke-command': {
    attack:
      'A subject with a name that a shell would run, or that has characters which are not shown, is revoked by a rule while the state, which is not the default one, cannot be written',
    result:
      'The printed command names the state, and a shell reads the name as one word, also if the command is copied from a terminal',
  },
  'guard-clock-jump': {
    attack:
      'A machine is suspended while a task and a request run, so that their token and their answer end while no timer runs',
    result: 'They are cancelled within a second or two after it has resumed',
  },
  'guard-signals-removed': {
    attack:
      'A sender of events whose secret was replaced, or that was removed from the settings of a guard or daemon, goes on to send events',
    result:
      'The settings are read again within a second or two, all or nothing: the old secret gets 401, and a sender that was removed 404',
  },
  'guard-other-connection': {
    attack:
      'A call runs that the policy permits only until a text of a stranger is read, and the agent reads one by another connection or at another server of the same session',
    result: 'The call is decided again before the text reaches the agent, and is stopped',
  },
  'guard-text-elsewhere': {
    attack:
      'A server sends a text of a call that runs by another connection of the same subject, such as the stream of a second session of MCP that has used nothing',
    result:
      'It is an outcome `delivered` of the call, in the session that all connections of the subject share',
  },
  'guard-http-ended-relay': {
    attack:
      'A client initializes a session of MCP with the headers of a revision without sessions, so that its calls are not decided again when the policy changes',
    result: '`initialize` begins a session in any revision, whose calls are decided again',
  },
  'guard-http-late-body': {
    attack:
      'The rest of a call arrives after its session of MCP has ended, so that it runs where no revoke is heard of',
    result: 'The call is refused, and the server does not get it',
  },
  'guard-http-delete-answer': {
    attack: 'A server answers the end of a session with messages for the client',
    result: 'The client gets the status of the answer and nothing else',
  },
  'guard-revoked-answer': {
    attack: 'A revoked client answers questions that the server asked it before',
    result: 'The server gets no answer, and each one is refused in the log',
  },
  'guard-task-goes-on': {
    attack:
      'A call goes on as a task of the server, and the agent reads a text of a stranger, the policy changes, or the answer ends',
    result:
      'The task is decided again like a call that runs, and cancelled; its result and its states reach nobody',
  },
  'guard-state-gone-running': {
    attack: 'The state is removed while a call runs and the server sends messages',
    result:
      'The call is cancelled, and nothing passes in either direction until the state is back: a revoke would not be heard of',
  },
  'guard-abandoned-elsewhere': {
    attack:
      'A client abandons long calls without end, each by a connection of its own, to use up the memory of the guard',
    result:
      'The limits of 10,000 unanswered requests and of 64 MiB of them are those of the session, by any connection',
  },
  'guard-renamed-policy': {
    attack:
      'The policy gets another name, and the guard or daemon is started again, so that what the agent has read is forgotten',
    result:
      'The history goes on: sessions are stored under a name that does not depend on the policy',
  },
  'guard-two-sessions': {
    attack:
      'Two guards with the same `--session` run at the same time, so that each has a part of the history, or a guard or daemon overwrites the sessions of another one',
    result:
      'The second one does not start, and names the process that has the session; what a process has not reserved it neither reads nor writes',
  },
  'guard-revoked-start': {
    attack:
      'A revoked subject starts a guard, and only initializes, pings, or listens to messages of the server',
    result:
      'Nothing passes in either direction, each request is refused in the log, and the server is stopped',
  },
  'guard-http-revoked-stream': {
    attack:
      'A client is revoked while it reads the stream of a server over HTTP, opens a new stream, or waits for an answer',
    result:
      'It gets no message any more, and no new stream; running calls and tasks are cancelled at the server',
  },
  'guard-http-unknown-session': {
    attack:
      'A client names sessions of MCP that the server has not opened through this guard, thousands of them, or that of another subject after a restart of the guard',
    result: 'The guard answers with 404, remembers nothing, and the server gets nothing',
  },
  'guard-http-no-sessions': {
    attack: 'Two subjects use a server that opens no sessions of MCP',
    result: 'Each has a relay of its own; none is refused because of the other',
  },
  'guard-http-hang-up': {
    attack:
      'A client closes the connection before the server has answered its call, so that the call does not count',
    result: 'The guard waits for the answer, and records the outcome',
  },
  'guard-http-long-answer': {
    attack:
      'A server over HTTP answers with more than `--max-message`: as JSON, compressed, as one event, or with a page of many kilobytes and an error',
    result:
      'The guard reads no more than the limit, the client gets an error, the outcome is `failed`, and standard error shows the first 1,000 characters of a page',
  },
  'guard-http-slow-bodies': {
    attack: 'A client opens many connections and sends most of a long message on each',
    result:
      'Connections of the client that has more bytes than others on their way are closed, and the calls of others are answered',
  },
  'guard-http-unread-answers': {
    attack: 'A client makes many calls with long answers and reads none of them',
    result: 'Its calls fail or its connections are closed, and the calls of others are answered',
  },
  'guard-http-unread-stream': {
    attack: 'A client opens the stream of a server that sends without end, and does not read it',
    result: 'The guard reads no more of the server than the client does',
  },
  'guard-http-many-streams': {
    attack: 'A client opens streams of the server without end',
    result: 'It gets 429 after 100 of them, and others open theirs',
  },
  'guard-unanswered-relays': {
    attack:
      'A client of 2026-07-28, or with many sessions of MCP, sends long requests that the server does not answer, and closes each connection',
    result:
      'From 10,000 requests or 64 MiB of one subject on, each further one is refused until the server answers; other subjects go on',
  },
  'guard-http-expired-token': {
    attack:
      'A client over HTTP reads the stream of the server, or waits for a call, until after its token has expired or its key was removed, or sends the rest of a call then',
    result:
      'The stream ends and the call is cancelled, a second or two after the token has expired, and within about a minute and a half after its key was removed; the late call gets 401',
  },
  'guard-slow-schema': {
    attack:
      'The arguments of a call make the schema of the tool slow: a list that must have different elements, or a pattern that backtracks',
    result: 'The call is refused after half a second',
  },
  'guard-twice-listed': {
    attack:
      'A server lists a tool twice, with a description that nobody reviewed and with the reviewed one',
    result: 'The client gets neither, and the tool cannot be called',
  },
  'guard-unlogged-outcome': {
    attack: 'The decision log cannot be written when a server answers a call',
    result: 'The agent does not get the answer',
  },
  'guard-many-open-calls': {
    attack:
      'Thousands of calls are open that the server does not answer, and each message makes the guard decide them again',
    result:
      'They are decided in one copy of the session, which takes milliseconds for each hundred of them',
  },
  'guard-burst-of-answers': {
    attack:
      'The server of one client over HTTP answers hundreds of its calls at once, or sends a message for each, and each makes the guard decide the others again',
    result:
      'Each is decided before its text is passed on; in between, messages for other subjects have their turn, and other requests are answered',
  },
  'guard-looser-tools': {
    attack:
      'The agent changes the file of reviewed tools so that it accepts a changed tool, or removes the file, and the guard starts again',
    result: 'The tools that were confirmed last stay until a person confirms the change',
  },
  'guard-upstream-redirect': {
    attack:
      'A server redirects a call, the stream of its messages, or the end of a session to another address',
    result:
      'The guard follows no redirect: the other address gets neither the call nor the credentials, and the client none of its messages',
  },
  'guard-parameter-headers': {
    attack:
      'The header `Mcp-Param-Region`, with which an intermediary decides, differs from the argument in the body',
    result:
      'The guard answers with 400 and the error -32020; the server gets the headers of the arguments that were decided',
  },
  'guard-error-result': {
    attack:
      'A page answers with an error that contains instructions, and the policy waits for a completed call',
    result: 'The error is an outcome `delivered` before the agent reads it, as any other text is',
  },
  'guard-cancelled-text': {
    attack: 'A server sends the text of a page in a log message after the call was cancelled',
    result: 'A message counts for each call that the server has not answered, cancelled or not',
  },
  'guard-unrecordable-outcome': {
    attack: 'A call or a result is so long, or so unusual, that its outcome cannot be an event',
    result:
      'The event is recorded without the result, so that rules about it are unknown; if nothing can be recorded, the agent gets nothing',
  },
  'guard-rounded-decimal': {
    attack:
      'A call contains 100.0000004, which a policy with six decimal places would compare as 100',
    result: 'The guard refuses a number that the policy cannot read exactly',
  },
  'guard-large-integer': {
    attack:
      'A call contains 9007199254740993, or another number that servers with doubles read as a different one',
    result: 'The guard refuses it wherever it is in the arguments, declared or not',
  },
  'guard-lone-cr': {
    attack:
      'A second call after a lone CR within a message, where servers of the Python SDK and of `node:readline` end a line',
    result: 'The message is refused, in both directions',
  },
  'guard-line-separators': {
    attack:
      'U+2028, U+2029 or U+0085 within a string, where `node:readline` and `str.splitlines` end a line',
    result: 'The character is passed on as an escape, and every reader sees one message',
  },
  'guard-trailing-space': {
    attack: 'White space after a message, after which a server of the Go SDK reads nothing more',
    result: 'The message is passed on without it',
  },
  'guard-other-encodings': {
    attack:
      'A message in UTF-16, with a byte order mark, a NUL, a vertical tab, a form feed or an overlong encoding',
    result: 'The message is refused, in both directions',
  },
  'guard-lone-surrogate': {
    attack:
      'Two ids or paths that differ in a single surrogate, which some readers replace and others keep',
    result:
      'The message of a client is refused; in one of a server it becomes U+FFFD for every reader',
  },
  'guard-cancelled-id': {
    attack:
      'A call, its cancellation and a `ping` with the same id, to get the result of the call as the answer to the `ping`',
    result:
      'The `ping` is refused; the late result is recorded as the outcome of the call and reaches nobody',
  },
  'guard-stopped-id': {
    attack: 'The id of a call that the guard stopped, used again before its server has answered',
    result: 'The request is refused until the server has answered',
  },
  'guard-waiting-id': {
    attack:
      'The id of a call that is cancelled while it waits for the list of tools, used again by another call',
    result: 'Only the other call is decided and passed on',
  },
  'guard-id-spelling': {
    attack: 'The id of a call that runs in another spelling: `1.0`, `1e0`, `-0` or `"1"`',
    result: 'The request is refused',
  },
  'guard-progress': {
    attack: 'Progress of a call that was cancelled or stopped, whose text would reach the client',
    result: 'It is dropped, and a token of a request without an answer cannot be used again',
  },
  'guard-unanswered': {
    attack: 'Cancelled requests without end, to use up the memory of the guard with their ids',
    result:
      'From 10,000 requests without an answer on, each further one is refused with the reason',
  },
  'guard-server-cancels': {
    attack:
      'A server cancels a question that its policy denied or that belongs to another, and the client answers late',
    result: 'The cancellation of no open request and the late answer are dropped',
  },
  'guard-input-result': {
    attack:
      'Sampling, roots or elicitation by `inputRequests` in the result of any method, for a client of any revision',
    result:
      'Each is decided like a request of the server; where the revision has no such result, the client gets an error',
  },
  'guard-input-task': {
    attack:
      'Sampling by `inputRequests` of a task, in `tasks/get` or in a notification of its status',
    result: 'Each is decided like a request of the server',
  },
  'guard-input-error': {
    attack: 'Elicitation by the error -32042 of any request',
    result: 'Each elicitation is decided like a request of the server',
  },
  'guard-input-unknown': {
    attack:
      'An input request of a name in unusual case, or with members that only some readers know',
    result: 'The result is refused',
  },
  'guard-request-state': {
    attack:
      'The request state of one request sent with another one, changed, or with answers to no question',
    result: 'The request is refused: the state is sealed for one request and its questions',
  },
  'guard-http-media-type': {
    attack:
      'An answer over HTTP of another media type, or in another spelling of it, that a client reads as messages',
    result: 'It is decided if it is a message of MCP; anything else is replaced by an error',
  },
  'guard-http-event-id': {
    attack:
      'A message in the id of a server-sent event, after a character where some clients end a line',
    result: 'The id is left out',
  },
  'guard-http-session-id': {
    attack: '`initialize` again within a session over HTTP, to use the ids of calls that still run',
    result: 'The session keeps its ids, and they stay reserved',
  },
  'guard-http-status': {
    attack:
      'A call over HTTP whose server answers with a status and no message, to keep its outcome from the history',
    result: 'The call is recorded as failed, and the client gets an error with the status',
  },
  'scan-hidden-instruction': {
    attack:
      'A server hides instructions to the model in the description of a tool: in characters without a shape, in letters that look like others, or in plain words',
    result:
      '`nhipol guard scan` shows and marks them, and the policy that it writes challenges each call of the tool',
  },
  'scan-read-only-exit': {
    attack:
      'A server states that a tool only reads, and the arguments of the tool carry data to the outside',
    result:
      'The policy of `guard scan` challenges each call unless the server also states that the tool reaches nothing outside',
  },
  'scan-terminal': {
    attack:
      'The name or description of a tool contains an escape sequence for the terminal of the person who reviews it',
    result: '`nhipol guard scan` shows it as text',
  },
  'guard-approve-prefix': {
    attack:
      'A call waits whose id begins like that of another one, and a person approves by the first characters, or by none',
    result: 'Nothing is approved, and the calls are listed',
  },
  'guard-approve-unseen': {
    attack:
      'The harmful part of a call follows after thousands of characters, or a program approves it',
    result:
      'A person sees the whole call before the prompt; without a terminal, only the whole digest approves it',
  },
  'guard-approve-hidden': {
    attack:
      'Arguments contain characters that move the cursor, are invisible, or change the direction of text',
    result: 'They are shown as their codes',
  },
  'guard-approve-flood': {
    attack: 'An agent sends calls without end that need an approval',
    result: 'At most 20 of a subject wait, each call once, and those of others are not hidden',
  },
  'guard-approve-clock': {
    attack: 'The clock of a new process is slow, after an approval has expired',
    result: 'The approval and the request stay expired',
  },
  'guard-approve-changed': {
    attack: 'A call is approved twice, after it was refused, or with the digest of another one',
    result: 'The first answer counts, and only for its call',
  },
  'guard-approve-revoked': {
    attack:
      'A subject is revoked while its call waits or was approved, and the revocation is lifted later',
    result: 'The request is refused, and the approval withdrawn',
  },
  'guard-server-state-again': {
    attack:
      'A client sends the sealed state of a question of the server again and again, with other answers, after its user approved the call once',
    result: 'The approval permits each round of the call once: the repetitions are refused',
  },
  'guard-elicitation-revoked': {
    attack:
      'A subject is revoked after its user approved a call that another rule denied, and the revocation is lifted later',
    result: 'The approval is withdrawn',
  },
  'guard-revoke-while-disk-full': {
    attack:
      'A rule revokes an agent while the state cannot be written for a moment, and the guard is started again later',
    result:
      'The revocation is stored as soon as the state can be written, and nothing is permitted until then',
  },
  'guard-http-session-other-revision': {
    attack:
      'A client uses the id of a call that runs again in a request of a revision without sessions that names the session of MCP, so that the answer to one counts as the answer to the other',
    result:
      'All messages of a session are decided by one relay, and a message whose revision contradicts its session is refused',
  },
  'guard-http-facts-of-another-request': {
    attack:
      'A client sends the headers of a call with a narrow token, a request with a wide token of the same subject, and then the body of the call',
    result: 'The call is decided and logged with the facts of its own token',
  },
  'guard-question-facts-of-another-request': {
    attack:
      'A server asks a client on the connection of a request with a narrow token, after a request with a wide token of the same subject',
    result: 'The question is decided with the facts of the connection on which it is asked',
  },
  'guard-killed-after-delivery': {
    attack:
      'A client kills the guard of a stored session as soon as it has a text of a stranger, so that the next guard does not know of it',
    result: 'The delivery was on the disk before the text was sent',
  },
  'guard-killed-after-permit': {
    attack:
      'A client kills the guard of a stored session as soon as the server has a call that is permitted once',
    result: 'The decision was on the disk before the call was sent',
  },
  'guard-history-not-stored': {
    attack:
      'The history of a stored session cannot be written, so that a restart would forget what is permitted and delivered',
    result: 'Nothing is permitted or delivered until it can be',
  },
  'guard-task-result-not-limited': {
    attack:
      'A server answers a call by a task, although a constraint limits its result, and the client requests the result of the task',
    result: 'The task is cancelled, and neither its result nor its states reach the client',
  },
  'guard-question-result-not-limited': {
    attack: 'A server puts the rows that a constraint would cut next to a question to the user',
    result: 'The answer is withheld',
  },
  'guard-cancelled-requests': {
    attack:
      'A client sends long requests other than calls of tools to a server that does not answer, and cancels each at once',
    result: 'Each counts until the server has answered, and further ones are refused',
  },
  'guard-refused-progress-tokens': {
    attack:
      'A client sends many requests that are refused, each with another progress token of a megabyte',
    result: 'Nothing of a refused request is remembered, and of a long token only its digest',
  },
  'guard-many-members': {
    attack:
      'A client sends one message below the limit with a million members, objects or strings, which takes seconds to read',
    result: 'It is refused before it is parsed',
  },
  'guard-http-odd-target': {
    attack: 'A request over HTTP has a target that is not a path, such as two slashes',
    result: 'The answer has the status 404, and the server gets nothing',
  },
} as const satisfies AttackRows;
