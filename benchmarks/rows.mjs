// What is measured: each engine on each path, and the check beforehand that all of them decide alike.
// A row's `decide(index)` decides the request of that index and says whether it is permitted.

import { load } from '@nhipol/runtime';
import { createAssembler } from '../dist/cli/assembler.js';
import { checkFiles } from '../dist/cli/files.js';
import { compile } from '../dist/compiler/index.js';
import { evaluate } from '../dist/language/index.js';
import { sameAnswer } from '../dist/testing/index.js';

/** @typedef {import('../dist/language/index.js').Answer} Answer */

/**
 * @typedef {object} Row
 * @property {string} engine
 * @property {'decide' | 'object' | 'json'} path
 * @property {(index: number) => boolean} decide
 * @property {(index: number) => void} [prepare] Not timed: for a decision that is asked again and again.
 */

/**
 * @template Request
 * @typedef {object} Workload
 * @property {string} name
 * @property {string} policy
 * @property {(request: Request) => boolean} decide
 * @property {(count: number) => Request[]} requests
 */

const now = Date.parse('2026-01-01T00:00:00Z');
const instant = { now };

/**
 * @template Request
 * @param {Workload<Request>} workload
 * @param {number} count
 */
export async function rowsOf(workload, count) {
  const requests = workload.requests(count);
  const texts = requests.map((request) => JSON.stringify(request));
  const bytes = texts.map((text) => new TextEncoder().encode(text));
  const at = (/** @type {number} */ index) => /** @type {Request} */ (requests[index]);
  const textAt = (/** @type {number} */ index) => /** @type {string} */ (texts[index]);
  const bytesAt = (/** @type {number} */ index) => /** @type {Uint8Array} */ (bytes[index]);

  const { policy, diagnostics } = await checkFiles(workload.policy);
  if (policy === undefined) throw new Error(JSON.stringify(diagnostics));
  const { wasm } = await compile(policy, createAssembler());
  const module = load(wasm);
  for (const each of bytes) {
    const answer = /** @type {Answer} */ (module.decideJson(each, instant));
    if (!sameAnswer(evaluate(policy, each, { now: BigInt(now), by: 'host' }), answer)) {
      throw new Error(`module and evaluator disagree on ${new TextDecoder().decode(each)}`);
    }
  }

  const byHand = workload.decide;
  /** @type {readonly Row[]} */
  const rows = [
    {
      engine: 'nhipol',
      path: 'decide',
      prepare: (index) => void module.decideJson(bytesAt(index), instant),
      decide: () => module.again(now).decision,
    },
    { engine: 'handwritten', path: 'decide', decide: (index) => byHand(at(index)) },
    {
      engine: 'nhipol',
      path: 'object',
      decide: (index) => module.decide(at(index), instant).decision,
    },
    { engine: 'handwritten', path: 'object', decide: (index) => byHand(at(index)) },
    {
      engine: 'nhipol',
      path: 'json',
      decide: (index) => module.decideJson(bytesAt(index), instant).decision,
    },
    {
      engine: 'json-parse+handwritten',
      path: 'json',
      decide: (index) => byHand(JSON.parse(textAt(index))),
    },
  ];
  const expected = requests.map(byHand);
  expectAgreement(rows, expected);
  return { rows, permitted: expected.filter(Boolean).length, moduleBytes: wasm.length };
}

/**
 * @param {readonly Row[]} rows
 * @param {readonly boolean[]} expected
 */
function expectAgreement(rows, expected) {
  for (const { engine, path, prepare, decide } of rows) {
    for (const [index, decision] of expected.entries()) {
      prepare?.(index);
      if (decide(index) !== decision) {
        throw new Error(`${engine} (${path}) decides request ${index} otherwise than by hand`);
      }
    }
  }
}
