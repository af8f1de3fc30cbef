// The kinds of answers that hosts are measured with: each is what all requests of a workload get. Requests are permitted
// ones of P1, changed for the kind; policies/answers.nhipol decides them.

/** @typedef {import('./request.mjs').Request} Request */

/**
 * @typedef {object} AnswerKind
 * @property {string} title
 * @property {import('./workload.mjs').Effect} expected
 * @property {(request: Request) => void} change
 */

/** @type {Readonly<Record<string, AnswerKind>>} */
export const answerKinds = {
  permit: { title: 'plain permit', expected: 'permit', change: () => {} },
  default: {
    title: 'default deny',
    expected: 'deny',
    change: ({ resource }) => {
      resource.properties.tool = 'tool.unknown';
    },
  },
  message: {
    title: 'deny with a message',
    expected: 'deny',
    change: ({ context }) => {
      context.credential_exposed = true;
    },
  },
  obligation: {
    title: 'permit with an obligation',
    expected: 'permit',
    change: ({ action }) => {
      action.name = 'tool.record';
    },
  },
  narrow: {
    title: 'narrow',
    expected: 'narrow',
    change: ({ action }) => {
      action.name = 'tool.query';
    },
  },
};
