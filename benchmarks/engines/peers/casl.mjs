// @casl/ability: one ability for all requests. A condition compares a field with a constant, so relations
// between two fields are computed beforehand, which is timed as well. Rules are found by action and
// resource type.

import { toEffect } from '../engine.mjs';
import { toRegex, withFacts } from './facts.mjs';

/** @typedef {import('../engine.mjs').Workload} Workload */
/** @typedef {import('../../workloads/p3/kind.mjs').Rule} Rule */

const everything = { action: 'manage', subject: 'all' };
const p1 = [
  {
    action: 'tool.invoke',
    subject: 'all',
    conditions: {
      'request.subject.type': 'agent',
      tool_in_scopes: true,
      'request.context.risk': { $lt: 70 },
      same_environment: true,
    },
  },
  { ...everything, inverted: true, conditions: { 'request.context.credential_exposed': true } },
  {
    ...everything,
    inverted: true,
    conditions: { 'request.context.geo': { $nin: ['US', 'DE', 'FR', 'GB'] } },
  },
  {
    ...everything,
    inverted: true,
    conditions: {
      'request.action.name': { $regex: '^admin\\.' },
      'request.context.session.age': { $gt: 900 },
    },
  },
];

const p2 = [
  {
    action: 'secrets.read',
    subject: 'all',
    conditions: {
      'request.subject.type': 'ci',
      'request.context.change_ticket.status': 'approved',
      'request.subject.properties.spiffe': { $regex: '^spiffe://prod\\.example/ci/' },
      'request.weekday': { $gte: 1, $lte: 5 },
      'request.second': { $gte: 32_400, $lt: 61_200 },
      'request.address': { $gte: 0x0a000000, $lte: 0x0affffff },
    },
  },
];

/** @type {Readonly<Record<string, (rule: Rule) => object>>} */
const distinctions = {
  action: () => ({}),
  attribute: ({ owner }) => ({ 'request.resource.properties.owner': owner }),
  cidr: ({ first, last }) => ({ 'request.address': { $gte: first, $lte: last } }),
  glob: ({ glob = '' }) => ({ 'request.subject.properties.workload': { $regex: toRegex(glob) } }),
};

/** @type {import('../engine.mjs').Engine} */
export const casl = {
  name: '@casl/ability',
  way: 'object',
  isPeer: true,
  prepare: async (workload) => {
    const { createMongoAbility } = await import('@casl/ability');
    const ability = createMongoAbility(/** @type {any} */ (listRules(workload)), {
      detectSubjectType: (/** @type {any} */ { request }) => request.resource.type,
    });
    const { requests } = workload;
    const facts = withFacts(workload);
    const toDocument = workload.case.name === 'p1' ? documentOfP1 : document;
    return {
      decide: (index) => {
        const asked = toDocument(facts(/** @type {any} */ (requests[index])));
        return toEffect(ability.can(asked.request.action.name, /** @type {any} */ (asked)));
      },
    };
  },
};

/** @param {any} request */
function document(request) {
  return {
    request,
    same_environment:
      request.subject.properties.environment === request.resource.properties.environment,
  };
}

/** @param {any} request */
function documentOfP1(request) {
  return {
    request,
    same_environment:
      request.subject.properties.environment === request.resource.properties.environment,
    tool_in_scopes: request.subject.properties.scopes.includes(request.resource.properties.tool),
  };
}

/** @param {Workload} workload */
function listRules({ case: { name, kind }, rules }) {
  if (name === 'p1') return p1;
  if (name === 'p2') return p2;
  return rules.map((rule) => ({
    action: rule.action ?? 'tool.invoke',
    subject: rule.type ?? 'all',
    conditions: {
      ...distinctions[kind ?? '']?.(rule),
      'request.context.risk': { $lt: rule.risk },
      same_environment: true,
      'request.subject.properties.scopes': rule.scope,
    },
  }));
}
