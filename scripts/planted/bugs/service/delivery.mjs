// Bugs in what a call and its outcome are for the policy: numbers, and the outcome of what reaches the agent.

import { serviceTests as tests } from '../../service-tests.mjs';

const delivered = tests('delivered');
const numbers = tests('numbers');

const revoked = ['test/service/guard/revoked-guard.test.ts'];
export const delivery = [
  {
    id: 'errors-not-delivered',
    file: 'service/mcp/calls/outcome.ts',
    find: "isDelivered ? ['delivered', end] : [end],",
    replace: "isDelivered && !isFailed ? ['delivered', end] : [end],",
    does: 'A page that answers with an error instructs the agent, and rules about what it has read do not notice.',
    by: delivered,
  },
  {
    id: 'notifications-not-delivered',
    file: 'service/mcp/protocol/methods.ts',
    find: "'notifications/message': { about: 'anything', hasText: true },",
    replace: "'notifications/message': { about: 'anything', hasText: false },",
    does: 'A log message of a server reaches the agent, and rules about what it has read do not notice.',
    by: delivered,
  },
  {
    id: 'unreadable-outcome-lost',
    file: 'service/engine/engine-session.ts',
    find: 'const results = [...(isShort ? [{ bytes, structured }] : []), { bytes }, {}];',
    replace: 'const results = [isShort ? { bytes, structured } : { bytes }];',
    does: 'The agent does not get a result with a member that the policy declares otherwise.',
    by: delivered,
  },
  {
    id: 'unrecorded-result-sent',
    file: 'service/mcp/calls/call-results.ts',
    find: 'if (isRecorded) this.#sendResult',
    replace: 'if (running !== undefined) this.#sendResult',
    does: 'A result reaches the agent although it is not in the history of the session.',
    by: delivered,
  },
  {
    id: 'use-delivered-when-reported',
    file: 'service/hooks/hooks.ts',
    find: "const isRecorded = session.recordOutcomes(['delivered'], [call], { bytes: 0 });",
    replace: 'const isRecorded = call !== undefined && session !== undefined;',
    does: 'A use that fails without a report of the agent is not in the history of the session.',
    by: ['test/hooks/hooks.test.ts'],
  },
  {
    id: 'inexact-integer',
    file: 'service/json/exact.ts',
    find: 'if (!isSafeNumber(digits)) inexact ??= digits;',
    replace: 'if (!Number.isFinite(Number(digits))) inexact ??= digits;',
    does: 'A policy decides about 9007199254740993, and a server with doubles carries out 9007199254740992.',
    by: numbers,
  },
  {
    id: 'rounded-amount',
    file: 'service/engine/declared.ts',
    find: 'if (places === undefined || isWhole(digits, places)) return undefined;',
    replace: 'if (places === undefined || isWhole(digits, places + 1)) return undefined;',
    does: 'A call with 100.0000004 passes a rule for amounts up to 100.',
    by: numbers,
  },
  {
    id: 'short-number-bound',
    file: 'service/json/exact.ts',
    find: 'const unusual = /[\\d.]{13}|\\.\\d{4}|\\d[eE]/;',
    replace: 'const unusual = /[\\d.]{20}|\\.\\d{4}|\\d[eE]/;',
    does: 'An integer of 17 digits passes, and a server with doubles rounds it.',
    by: numbers,
  },
  {
    id: 'revoked-before-use',
    file: 'service/engine/engine.ts',
    find: '    if (revocation !== undefined) return describeRevocation(revocation);\n',
    replace: '',
    does: 'A revoked agent starts a guard, and exchanges everything with the server that is not decided.',
    by: revoked,
  },
  {
    id: 'revoked-notifications',
    file: 'service/engine/engine-session.ts',
    find: `    if (this.#revocation !== undefined) return this.revokedReason;
    return isKnown`,
    replace: '    return isKnown',
    does: 'A revoked client goes on to read the messages of a server over HTTP.',
    by: [...revoked, 'test/service/http/http-sessions.test.ts'],
  },
  {
    id: 'ambiguous-tool',
    file: 'service/mcp/tools/inventory.ts',
    find: 'const isKnown = !ambiguous.has(tool.name);',
    replace: 'const isKnown = true;',
    does: 'A server shows a description that nobody reviewed next to the reviewed one.',
    by: revoked,
  },
  {
    id: 'unlogged-outcome',
    file: 'service/engine/engine-session.ts',
    find: 'return id !== undefined || !this.#isLogRequired;',
    replace: 'return true;',
    does: 'A result reaches the agent while its outcome is in no log.',
    by: revoked,
  },
];
