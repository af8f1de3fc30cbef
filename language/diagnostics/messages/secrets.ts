// Diagnostics about secret members.

import type { Entry } from './entry.ts';

const agent = 'subject agent { api_key: secret String, owner: String }';
const makeTimedPolicy = (member: string) =>
  `policy p\nsubject agent { ends: ${member} }\ncontext { time: Timestamp }\nfor agent { permit ok when context.time < subject.ends }`;

export const secretMessages = {
  'secret-in-answer': {
    severity: 'error',
    message: (p: { name: string; where: string }) =>
      `\`${p.name}\` is secret and cannot be part of ${p.where}`,
    help: 'decide about it in a condition, and show a member that is not secret, such as an id',
    why: 'The value of a secret member must not leave the policy. Messages, constraints and obligations are sent to the caller and to other systems, and are written to logs. What is computed from a secret is secret as well; only the `Bool` of a condition is not, because the answer shows what the condition decided.',
    avoid: `policy p\n${agent}\nfor agent { permit ok when subject.api_key is "a" because "{subject.api_key}" }`,
    prefer: `policy p\n${agent}\nfor agent { permit ok when subject.api_key is "a" because "{subject.owner}" }`,
  },
  'secret-with-time': {
    severity: 'error',
    message: (p: { name: string }) =>
      `\`${p.name}\` is secret and cannot be compared with the time of evaluation`,
    help: 'compare an instant that is not secret, or remove `secret` from this one',
    why: 'An answer is valid until time alone can change it, and `valid_until` states this instant. A comparison of a secret with the time would write the secret into it.',
    avoid: makeTimedPolicy('secret Timestamp'),
    prefer: makeTimedPolicy('Timestamp'),
  },
} satisfies Record<string, Entry>;
