// Two implementations of CEL, the Common Expression Language. Neither supports addresses: they compare
// the numbers that facts.mjs computes.

import { addressNumber } from '../../workloads/addresses.mjs';
import { toEffect } from '../engine.mjs';
import { combineConditions, toRegex, withFacts } from './facts.mjs';
import { writeTexts } from './texts.mjs';

/** @typedef {import('../engine.mjs').Engine} Engine */
/** @typedef {import('../engine.mjs').Workload} Workload */
/** @typedef {import('../../workloads/p3/kind.mjs').Rule} Rule */

const p1 =
  '!(context.credential_exposed || !(context.geo in ["US", "DE", "FR", "GB"])) && ' +
  '!(action.name.startsWith("admin.") && context.session.age > 900) && ' +
  'subject.type == "agent" && action.name == "tool.invoke" && ' +
  'resource.properties.tool in subject.properties.scopes && context.risk < 70 && ' +
  'subject.properties.environment == resource.properties.environment';

const time = 'timestamp(context.time)';
const p2 =
  'subject.type == "ci" && action.name == "secrets.read" && ' +
  'context.change_ticket.status == "approved" && ' +
  'subject.properties.spiffe.startsWith("spiffe://prod.example/ci/") && ' +
  `${time}.getDayOfWeek() >= 1 && ${time}.getDayOfWeek() <= 5 && ` +
  `${time}.getHours() >= 9 && ${time}.getHours() < 17 && ` +
  `address >= ${0x0a000000} && address <= ${0x0affffff}`;

const tool = 'action.name == "tool.invoke"';
/** @type {Readonly<Record<string, (rule: Rule) => string>>} */
const distinctions = {
  action: ({ action, type }) => `action.name == "${action}" && resource.type == "${type}"`,
  attribute: ({ owner }) => `${tool} && resource.properties.owner == "${owner}"`,
  cidr: ({ first, last }) => `${tool} && address >= ${first} && address <= ${last}`,
  glob: ({ glob = '' }) => `${tool} && subject.properties.workload.matches("${toRegex(glob)}")`,
};

/** An expression for each rule. @param {Workload} workload */
export function writeCel(workload) {
  return writeTexts(workload, [p1, p2], distinctions);
}

/** @type {Engine} */
export const marcbachmannCel = {
  name: '@marcbachmann/cel-js',
  way: 'object',
  isPeer: true,
  prepare: async (workload) => {
    const { Environment } = await import('@marcbachmann/cel-js');
    const environment = new Environment({ unlistedVariablesAreDyn: true });
    const decide = combineConditions(writeCel(workload).map((text) => environment.parse(text)));
    const facts = toFacts(workload);
    return { decide: (index) => toEffect(decide(facts(index))) };
  },
};

/** @type {Engine} */
export const bufbuildCel = {
  name: '@bufbuild/cel',
  way: 'object',
  isPeer: true,
  prepare: async (workload) => {
    const { celEnv, parse, plan } = await import('@bufbuild/cel');
    const environment = celEnv();
    const decide = combineConditions(
      writeCel(workload).map((text) => plan(environment, parse(text))),
    );
    const facts = toFacts(workload);
    return { decide: (index) => toEffect(decide(bindings(facts(index)))) };
  },
};

/** CEL reads times itself. @param {Workload} workload */
function toFacts(workload) {
  const { requests } = workload;
  if (workload.case.name !== 'p2') {
    const facts = withFacts(workload);
    return (/** @type {number} */ index) => facts(/** @type {any} */ (requests[index]));
  }
  return (/** @type {number} */ index) => {
    const { subject, action, resource, context } = /** @type {any} */ (requests[index]);
    return { subject, action, resource, context, address: addressNumber(context.ip) };
  };
}

/**
 * This implementation does not accept plain objects as CEL maps.
 *
 * @param {Readonly<Record<string, any>>} facts
 */
function bindings(facts) {
  /** @type {Record<string, any>} */
  const bound = {};
  for (const name in facts) bound[name] = asMap(facts[name]);
  return bound;
}

/** @param {any} value @returns {any} */
function asMap(value) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const map = new Map();
  for (const name in value) map.set(name, asMap(value[name]));
  return map;
}
