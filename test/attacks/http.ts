import type { AttackRows } from './row.ts';

export const httpAttacks = {
  'http-undeclared-fact': {
    attack:
      'A change of a session or a decision names a part or a member that the policy does not declare, so that a restriction is lost',
    result:
      'the change is refused with status 400, the decision is a deny, both name the member, and the session stays as it was',
  },
  'http-other-session': {
    attack:
      'Another caller names the id of a session in any route: a key of its own, a key or a token whose id or `sub` is that of the caller, a token of another issuer',
    result: 'The reply is that to an id that does not exist, and the session is unchanged',
  },
  'http-session-takeover': {
    attack:
      'A caller opens a session with the id of one of another caller, or after that one was closed',
    result:
      '409 while it is open; later the id is a new session, which streams of the earlier caller do not show',
  },
  'http-self-approval': {
    attack:
      'A caller approves a call of the session that it opened: by the role `sessions`, by `approve`, or by a second token of the same `iss` and `sub`',
    result: '403, and the call stays challenged',
  },
  'http-approver-name': {
    attack: 'The body of an approval names another approver',
    result: '403; the approver in the log is the caller',
  },
  'http-own-evaluation-approval': {
    attack:
      'A caller with the roles `evaluate` and `approve` approves an evaluation and then sends it',
    result: 'The approval is not used up by its approver, nor by callers of another tenant',
  },
  'http-other-token': {
    attack:
      'A caller sends an ID token, a security event token or a logout token of the trusted issuer for the audience of the service, or one without `sub`',
    result:
      '401: only tokens of the types that the access file lists, by default `at+jwt`, are access tokens',
  },
  'http-sniffed-answer': {
    attack:
      'A caller puts markup into names, so that a browser shows an answer as a page, or a cache stores it',
    result: 'every answer is `nosniff` and `no-store`, and no answer is HTML',
  },
  'http-console-bidi': {
    attack:
      'An identity has invisible or bidirectional characters in its name, so that the console shows another one',
    result: 'the console shows them as `\\u{…}`',
  },
  'http-large-batch': {
    attack: 'A caller sends the largest batch, or a search over 10,000 entities, to hold others up',
    result: 'other requests have their turn after some milliseconds',
  },
  'http-search-approval': {
    attack: 'A caller searches for a call that was approved, so that the approval is used up',
    result:
      'The call is not a result, the approval still permits it once, and the search has no line in the log',
  },
  'http-search-history': {
    attack:
      'A caller searches in a session, so that later requests count what nobody did, or are permitted because of it',
    result: 'Nothing becomes history of the session, and the log has no line',
  },
  'http-hidden-permit': {
    attack:
      'With `--context none` or `profiles`, a caller requests what is permitted with a constraint that it does not get to know, so that the log says that it passed',
    result:
      'The answer and its line are a refusal, on every route, and an approval of the call is not used up',
  },
  'http-dot-session': {
    attack:
      'A caller opens a session with the id `.` or `..`, so that clients which resolve URLs cannot revoke or close it, and approve outside of it',
    result: '400, and the client sends nothing for such an id',
  },
  'http-other-held': {
    attack:
      'The policy that was held back is replaced by another one after an operator has seen it, and before it is activated',
    result: '409: the request names the digest of the one that was shown',
  },
  'http-all-streams': {
    attack: 'A caller opens event streams until no other caller gets one',
    result: '429 with `Retry-After`, after a tenth of the streams that the service has',
  },
  'http-request-flood': {
    attack: 'A caller sends more requests than its `max_rate`, by every route',
    result: '429 with `Retry-After` and without a decision; other callers are answered',
  },
  'http-batch-flood': {
    attack: 'A caller sends its requests in batches, so that they count as one',
    result: 'Each evaluation counts: the next request waits until the batch is made up for',
  },
  'http-session-flood': {
    attack: 'A caller, or several of one tenant, open sessions until no other caller can',
    result: '429 at their `max_sessions`; other callers open theirs',
  },
  'http-removed-key': {
    attack:
      'A caller whose key is removed from the access file goes on: with an open event stream, or with a request whose body it sends later',
    result: 'The stream ends, and the request gets 401; streams of other callers go on',
  },
  'http-stream-after-expiry': {
    attack: 'A caller keeps an event stream open after its token has expired',
    result: 'The stream ends within a second or two of the expiry',
  },
  'http-policy-flood': {
    attack:
      'The server of a policy by URL sends endless bytes, announces 700 MB, a compressed file, or a byte every now and then',
    result:
      'The download ends at its limit of bytes or time, nothing is unpacked, and the version in use stays',
  },
  'http-policy-elsewhere': {
    attack:
      'The server of a policy by URL redirects to another origin, or the URL is plain HTTP on another machine',
    result:
      'The other origin is not called; the start fails with exit code 2, and later the version in use stays',
  },
  'http-policy-copy': {
    attack:
      'A process damages the copy of the policy that a start without its server uses, or replaces it by a symbolic link',
    result: 'The copy does not have the digest in its first line, and the service does not start',
  },
  'http-unread-streams': {
    attack: 'A caller opens event streams, reads none of them, and opens and closes sessions',
    result:
      'Nothing is sent until the reader reads; a stream that is not read for 30 seconds, or for which too many sessions wait, ends',
  },
  'http-all-sessions': {
    attack: 'A caller opens sessions until no other caller can open one',
    result:
      'A caller with more than half of the sessions gets 429 for the last tenth; others are answered',
  },
  'http-slow-bodies': {
    attack:
      'Many connections send most of a long body and then nothing: without a credential, to a source that does not exist, or as one of several callers',
    result:
      'Those without a right get their error before the body; of the others, connections of the caller that holds more bytes than others are closed, and other callers are answered',
  },
  'http-cluster-long-answer': {
    attack:
      'In a cluster, a caller opens many sessions with long ids, so that a list of them, or those that an event changes, is longer than a message of NATS',
    result:
      'The list has fewer sessions than were requested, the event is applied and acknowledged, and no node ends',
  },
  'http-renamed-policy': {
    attack:
      'The policy gets another name, and the service starts again, so that it knows neither its sessions nor the ids that were revoked',
    result: 'The sessions go on under the new version, and a revoked id stays revoked',
  },
  'http-other-held-table': {
    attack:
      'The policy that was held back stays, and the contents of its table are replaced, after an operator has seen it',
    result: 'The activation is refused with 409, as the digest covers the tables',
  },
  'http-held-facts': {
    attack:
      'Facts of the service, entities, a mapping of gRPC or settings of signals are deployed with a version that is held back, so that the version in use believes what a caller states; also after a restart',
    result: 'They wait with the version, and are kept with the one in use',
  },
  'http-held-facts-edited': {
    attack:
      'Facts of the service are deployed some seconds after a version that is held back, or are edited while they wait, so that the version in use has them',
    result: 'They wait until the version is activated, or they are those in use again',
  },
  'http-held-renamed-facts': {
    attack:
      'The service starts again with a version that is held back, and its facts have another name, another spelling of their path, or none on the command line',
    result: 'The facts in use are those from before, whatever the name of their file was',
  },
  'http-held-secrets': {
    attack:
      'A version is held back, and a secret of a webhook, a header of pushes, a key of a source or a sender is replaced or removed, in its file or in the settings of signals that wait',
    result:
      'What was removed is refused a second or two later, and what replaced it is accepted, also after a restart; what events mean is as before',
  },
  'http-held-table': {
    attack:
      'A version is held back, for example by the server of its URL, so that what the operator removes from a table stays permitted',
    result:
      'The table is used with the version in use, and the one that is held back is compared again',
  },
  'http-held-table-inputs': {
    attack:
      'A version is held back, and the operator removes a row from a table while the service does not run, together with another version, or while the server of the URL has another version each time or does not answer',
    result: 'The table is used with the version in use',
  },
  'http-held-large-removal': {
    attack:
      'A version is held back, so that a removal from a table that is held back itself can be activated only with this version',
    result:
      '`held_tables` has the version in use with the table, which can be activated alone; then the other version is compared again',
  },
  'http-held-signals-unnamed': {
    attack:
      'The service starts without `--signals` while a version is held back, so that remembered leaks no longer revoke sessions that are opened',
    result:
      'Events that are remembered mean what they meant before, nobody may send others, and a warning names the option',
  },
  'http-waiting-evaluation': {
    attack:
      'An evaluation that names a session waits for remembered events; meanwhile a change or an event sets the risk that it states, or the session gets another subject',
    result:
      'What the session has by now counts: the risk stays as it was set, and the request about another subject is denied',
  },
  'http-waiting-approver': {
    attack: 'A caller approves a call of a session while its own change of the session waits',
    result:
      'The change is refused, and it is as it was before; a caller that changed the session first approves nothing',
  },
  'http-waiting-removed-key': {
    attack:
      'A key is removed while a change, an evaluation, a decision or an opening with it waits for remembered events',
    result: 'The request is refused, and nothing has changed',
  },
  'http-facts-of-another-token': {
    attack:
      'A session is opened with a token whose claims permit an action; another caller of the tenant, without these claims or without a token, has it decided in the session',
    result:
      'The facts of the service are those of its own credential: the others are absent for its decision',
  },
  'http-refused-url-version': {
    attack:
      'The version at the URL of the policy does not fit a table, so that it is refused, and fits it after the table was changed',
    result: 'It is offered again with each change of a file, and `refused` shows it until then',
  },
  'http-slow-policy-url': {
    attack:
      'The server of the policy by URL sends a byte now and then, so that what the operator removes from files stays in use',
    result: 'The files do not wait for the URL: they are in use a second or two later',
  },
  'http-key-twice': {
    attack:
      'Two keys of the access file have the same value, so that one has the roles of the other',
    result: 'The file is refused with the place of the second one',
  },
  'http-held-after-none': {
    attack:
      'The service runs once without `--hold-above`, and then with it again, so that it begins with an older version that was in use before',
    result: 'It begins with the version that was in use last',
  },
  'http-held-full-disk': {
    attack:
      'The disk is full when an operator activates a version that was held back, so that a restart begins with the one before it',
    result: 'The activation is answered with 503, and nothing changes',
  },
  'http-held-restart': {
    attack:
      'The service is killed, or started again, while a version is held back, so that it begins with this version',
    result:
      'The version in use is kept with its tables next to the state: the service begins with it, and holds the other one back again',
  },
} as const satisfies AttackRows;
