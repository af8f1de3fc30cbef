// Bugs in what a proxy checks: the configuration and the mapping of docs/envoy.md, which Envoy itself runs with, and the
// decisions about the sessions of its clients.

const envoy = ['test/service/grpc/envoy.test.ts'];
const nhipolEnvoy = ['test/service/grpc/nhipol-envoy-server.test.ts'];

export const proxies = [
  {
    id: 'session-of-a-header',
    file: 'docs/envoy.md',
    find: '"session": "$token.sid"\n',
    replace: `"session": "$request.headers[?'nhipol-session']"
`,
    does: 'A client whose session was revoked leaves the header with its session out, and goes on.',
    by: envoy,
  },
  {
    id: 'without-session-permitted',
    file: 'docs/envoy.md',
    find: 'revoke session_revoked when once(signal "session-revoked")\n',
    replace: 'revoke session_revoked when once(signal "session-revoked"), if unknown skip\n',
    does: 'A request that has no session is permitted by the policy of the page.',
    by: envoy,
  },
  {
    id: 'token-for-any-audience',
    file: 'docs/envoy.md',
    find: '                          audiences: [https://api.example.com]\n',
    replace: '',
    does: 'A token that the issuer made for another API opens this one.',
    by: envoy,
  },
  {
    id: 'paths-as-sent',
    file: 'docs/envoy.md',
    find: '                normalize_path: true\n',
    replace: '                normalize_path: false\n',
    does: 'The upstream serves another path than the policy read.',
    by: envoy,
  },
  {
    id: 'escaped-slashes-pass',
    file: 'docs/envoy.md',
    find: '                path_with_escaped_slashes_action: REJECT_REQUEST\n',
    replace: '                path_with_escaped_slashes_action: KEEP_UNCHANGED\n',
    does: 'An upstream that decodes `%2f` serves a path that the policy denies.',
    by: envoy,
  },
  {
    id: 'decision-of-the-client',
    file: 'docs/envoy.md',
    find: '                        - remove: x-nhipol-effect\n',
    replace: '',
    does: 'The upstream reads a decision that the client wrote itself.',
    by: envoy,
  },
  {
    id: 'session-of-another-subject',
    file: 'service/pdp/sessions/live-sessions.ts',
    find: 'if (!owner.isSubject(request.subject)) return createOtherSubjectAnswer();',
    replace:
      'if (!owner.isSubject(request.subject) && request.action === undefined) return createOtherSubjectAnswer();',
    does: 'A client with a token of its own is decided in the session of another subject.',
    by: [...envoy, 'test/service/signals/remembered/signals-waiting.test.ts'],
  },
  {
    id: 'optional-session-unreported',
    file: 'service/grpc/mapping.ts',
    find: '|\\.\\s*\\?|\\[\\s*\\?|\\boptional\\b|\\bhas\\s*\\(/',
    replace: '/',
    does: 'A mapping whose session a client can leave out is used without a warning.',
    by: ['test/service/grpc/grpc-ext-authz.test.ts'],
  },
  {
    id: 'history-decided-without-sessions',
    file: 'hosts/go/envoy/cmd/nhipol-envoy/open.go',
    find: 'if _, ok := sessions.Map().Get("signals"); ok {',
    replace: 'if _, ok := sessions.Map().Get("shared_keys"); ok {',
    does: 'A server without sessions decides by a policy whose revokes read the history of sessions, and never fire.',
    by: nhipolEnvoy,
  },
  {
    id: 'context-session-unnoticed',
    file: 'hosts/go/envoy/internal/mapping/mapping.go',
    find: 'if _, ok := value.Map().Get("session"); ok {',
    replace: 'if _, ok := value.Map().Get("session_id"); ok {',
    does: 'A mapping whose context names a session is accepted by a server without sessions.',
    by: nhipolEnvoy,
  },
];
