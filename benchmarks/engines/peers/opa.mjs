// OPA: Rego compiled to WebAssembly, run by @open-policy-agent/opa-wasm. opa/policy.wasm is committed,
// because npm has no Rego compiler; opa/build.sh builds it. P3 is one rule over N entries of data.

import { readFileSync } from 'node:fs';
import { toEffect } from '../engine.mjs';
import { withFacts } from './facts.mjs';

/** @typedef {import('../engine.mjs').Engine} Engine */
/** @typedef {import('../engine.mjs').Workload} Workload */

/** The initial pages of memory, for the data of 10,000 rules. */
const pages = 200;

/** @type {readonly Engine[]} */
export const opa = [
  {
    name: '@open-policy-agent/opa-wasm',
    way: 'object',
    isPeer: true,
    prepare: async (workload) => {
      const decide = await loadModule(workload);
      const facts = withFacts(workload);
      const { requests } = workload;
      return { decide: (index) => decide(facts(/** @type {any} */ (requests[index]))) };
    },
  },
  {
    name: '@open-policy-agent/opa-wasm',
    way: 'bytes',
    isPeer: true,
    // The weekday must be computed from the request, which requires an object.
    takes: ({ name }) => name !== 'p2',
    prepare: async (workload) => {
      const decide = await loadModule(workload);
      const buffers = workload.texts.map((text) => new TextEncoder().encode(text).slice().buffer);
      return { decide: (index) => decide(/** @type {ArrayBuffer} */ (buffers[index])) };
    },
  },
];

/** @param {Workload} workload */
async function loadModule({ case: { name, kind }, rules }) {
  const imported = /** @type {any} */ (await import('@open-policy-agent/opa-wasm'));
  const { loadPolicySync } = imported.default ?? imported;
  const wasm = readFileSync(new URL('../../opa/policy.wasm', import.meta.url));
  const policy = loadPolicySync(wasm, { initial: pages });
  if (name === 'p3')
    policy.setData({ rules: kind === 'cidr' || kind === 'glob' ? rules : indexRules(rules) });
  const entry = `bench/${kind === null ? name : `${name}_${kind}`}`;
  return (/** @type {object | ArrayBuffer} */ input) =>
    toEffect(policy.evaluate(input, entry)[0]?.result === true);
}

/** The rules by their discriminator, if that is one value. @param {Workload['rules']} rules */
export function indexRules(rules) {
  return Object.fromEntries(rules.map((rule) => [rule.action ?? rule.owner, rule]));
}
