// Bugs in who may do what at a service: whose sessions are, who approves, and which tokens identify a caller.

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: some of the texts are templates.

const tests = (...names) => names.map((name) => `test/service/${name}.test.ts`);
const callers = tests('callers');

export const serviceCallers = [
  {
    id: 'sessions-of-everybody',
    file: 'service/pdp/session-caller.ts',
    find: 'return caller.isOperator || (owner !== undefined && owner === ownerOf(caller));',
    replace: 'return caller.isOperator || owner !== undefined;',
    does: 'A caller reads and changes the sessions of all others.',
    by: callers,
  },
  {
    id: 'evaluate-in-any-session',
    file: 'service/pdp/live-sessions.ts',
    find: 'const session = this.#isOf(by, id) ? this.#sessions.get(id) : undefined;',
    replace: 'const session = this.#sessions.get(id);',
    does: 'An evaluation that names the session of another caller is decided in it.',
    by: [...callers, ...tests('grpc-ext-authz')],
  },
  {
    id: 'approve-own-session',
    file: 'service/pdp/live-sessions.ts',
    find: 'if (this.#owners.get(id)?.users.has(by.id) !== false) {',
    replace: 'if (this.#owners.get(id) === undefined) {',
    does: 'A caller with the role approves its own calls.',
    by: callers,
  },
  {
    id: 'use-own-approval',
    file: 'service/store/sqlite-store.ts',
    find: 'AND (approver IS NULL OR approver IS NOT ?)',
    replace: 'AND (approver IS NULL OR approver IS NOT ? OR 1)',
    does: 'A caller approves an evaluation and then uses the approval itself.',
    by: callers,
  },
  {
    id: 'approver-of-the-body',
    file: 'service/http/routes/sessions.ts',
    find: 'if (approver !== undefined && approver !== by.id) {',
    replace: 'if (approver === undefined && by.id === undefined) {',
    does: 'The body of an approval names somebody else as its approver.',
    by: callers,
  },
  {
    id: 'key-like-a-subject',
    file: 'service/access/access.ts',
    find: '...grantedTo(`token:${iss}#${sub}`, issuer),',
    replace: '...grantedTo(`key:${sub}`, issuer),',
    does: 'A token whose subject is the id of a key has the sessions of the key.',
    by: callers,
  },
  {
    id: 'any-type-of-token',
    file: 'service/tokens/verify-token.ts',
    find: "if (accepted.has(normalType(typeof type === 'string' ? type : 'JWT'))) return undefined;",
    replace: 'if (accepted.size > 0) return undefined;',
    does: 'An ID token or a security event token identifies a caller.',
    by: tests('access'),
  },
  {
    id: 'body-after-removal',
    file: 'service/http/requests.ts',
    find: 'if (generationOf(access) === generation) return;',
    replace: 'if (generationOf(access) >= generation) return;',
    does: 'A caller that began a request before its key was removed finishes it later.',
    by: tests('reload'),
  },
  {
    id: 'streams-of-removed-keys',
    file: 'service/http/admissions.ts',
    find: 'if (!isUnknown) this.#end(admission);',
    replace: 'if (isUnknown) this.#end(admission);',
    does: 'The event stream of a removed key goes on.',
    by: tests('reload'),
  },
  {
    id: 'endless-policy',
    file: 'service/support/download.ts',
    find: '      if (read > maxBytes) throw tooLong;\n',
    replace: '',
    does: 'The server of a policy fills the memory of the service.',
    by: tests('download'),
  },
  {
    id: 'policy-of-another-origin',
    file: 'service/support/download.ts',
    find: 'if (next?.origin !== first.origin) {',
    replace: 'if (next === undefined) {',
    does: 'The server of a policy leads the service to any other server.',
    by: tests('download'),
  },
];
