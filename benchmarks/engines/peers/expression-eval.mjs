// @casbin/expression-eval, the evaluator of node-casbin's matchers: JavaScript-like expressions, parsed
// once and interpreted. `in` is added as casbin adds it; `starts_with` and `matches` are added here.

import { toEffect } from '../engine.mjs';
import { combineConditions, toRegex, withFacts } from './facts.mjs';
import { writeTexts } from './texts.mjs';

/** @typedef {import('../../workloads/p3/kind.mjs').Rule} Rule */

const p1 =
  '!(context.credential_exposed || !(context.geo in ["US", "DE", "FR", "GB"])) && ' +
  '!(starts_with(action.name, "admin.") && context.session.age > 900) && ' +
  'subject.type == "agent" && action.name == "tool.invoke" && ' +
  '(resource.properties.tool in subject.properties.scopes) && context.risk < 70 && ' +
  'subject.properties.environment == resource.properties.environment';

const p2 =
  'subject.type == "ci" && action.name == "secrets.read" && ' +
  'context.change_ticket.status == "approved" && ' +
  'starts_with(subject.properties.spiffe, "spiffe://prod.example/ci/") && ' +
  'weekday >= 1 && weekday <= 5 && second >= 32400 && second < 61200 && ' +
  `address >= ${0x0a000000} && address <= ${0x0affffff}`;

/** @type {Readonly<Record<string, (rule: Rule) => string>>} */
const distinctions = {
  action: ({ action, type }) => `action.name == "${action}" && resource.type == "${type}"`,
  attribute: ({ owner }) => `${tool} && resource.properties.owner == "${owner}"`,
  cidr: ({ first, last }) => `${tool} && address >= ${first} && address <= ${last}`,
  glob: ({ index }) => `${tool} && matches(subject.properties.workload, ${index})`,
};
const tool = 'action.name == "tool.invoke"';

/** @type {import('../engine.mjs').Engine} */
export const expressionEval = {
  name: '@casbin/expression-eval',
  way: 'object',
  isPeer: true,
  prepare: async (workload) => {
    const imported = await import('@casbin/expression-eval');
    const { compile, addBinaryOp } = imported.default ?? imported;
    const { requests, rules } = workload;
    addBinaryOp('in', 1, (element, /** @type {any} */ list) => list.includes(element));
    const globs = rules.map(({ glob = '' }) => new RegExp(toRegex(glob)));
    const functions = {
      starts_with: (/** @type {string} */ text, /** @type {string} */ start) =>
        text.startsWith(start),
      matches: (/** @type {string} */ text, /** @type {number} */ index) =>
        globs[index]?.test(text),
    };
    const decide = combineConditions(
      writeTexts(workload, [p1, p2], distinctions).map((text) => compile(text)),
    );
    const facts = withFacts(workload);
    return {
      decide: (index) =>
        toEffect(decide({ ...facts(/** @type {any} */ (requests[index])), ...functions })),
    };
  },
};
