// What came of a step beside what is expected: as JSON, members in any order, numbers by their exact value. Of an answer that the
// host itself had to give, what went wrong is each host's to say.

import { stringify } from '@nhipol/runtime';

const names = /** @type {const} */ ([
  'answer',
  'possible',
  'reasons',
  'valid_until',
  'error',
  'changes',
  'text',
  'session',
  'mismatch',
]);

/** @typedef {import('../../../test/support/conformance/steps.ts').Outcome} Outcome */
/** @typedef {import('../../../test/support/conformance/steps.ts').Step} Step */

/**
 * JSON whose numbers keep their digits: those that a JavaScript number would write otherwise are objects of their text.
 *
 * @param {string} text
 * @returns {any}
 */
export function exactly(text) {
  return JSON.parse(
    text,
    /** @param {string} _ @param {unknown} value @param {{ source?: string }} [context] */
    (_, value, { source } = {}) => {
      if (typeof value !== 'number') return value;
      if (source === undefined)
        throw new Error('This browser does not tell how numbers are written.');
      return String(value) === source ? value : { digits: source };
    },
  );
}

/** `undefined` if there is none. @param {Outcome} outcome @param {Step} step Read exactly. */
export function difference(outcome, step) {
  const given = step.do === 'restore' ? 'text' : 'session';
  const told = names
    .filter((name) => name !== given && name in step)
    .map((name) => [name, /** @type {any} */ (step)[name]]);
  const expected = printOrdered(essence(Object.fromEntries(told)));
  const found = printOrdered(exactly(stringify(essence(outcome))));
  return found === expected ? undefined : `expected ${expected}, found ${found}`;
}

/** @param {Outcome} outcome */
function essence(outcome) {
  const context = outcome.answer?.context;
  if (context?.error?.code !== 'engine_error') return outcome;
  const { effect, reasons, error } = context;
  return { decision: outcome.answer?.decision, effect, reasons, code: error.code };
}

/** @param {any} value @returns {string} */
function printOrdered(value) {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(printOrdered).join(',')}]`;
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${printOrdered(value[name])}`);
  return `{${members.join(',')}}`;
}
