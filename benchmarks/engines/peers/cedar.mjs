// Cedar, the Rust engine compiled to WebAssembly: policies are parsed once, entities are built for each
// request. It has no remainder operator, so the weekday is computed beforehand, which is timed as well;
// times and addresses are Cedar's own. A `*` in its `like` does not stop at a separator.

import { wallClock } from '../../workloads/p2.mjs';
import { toEffect } from '../engine.mjs';

/** @typedef {import('../engine.mjs').Workload} Workload */
/** @typedef {import('../../workloads/p3/kind.mjs').Rule} Rule */

const p1 = `
permit (principal is agent, action == Action::"tool.invoke", resource)
when {
  principal.scopes.contains(resource.tool) && context.risk < 70 &&
  principal.environment == resource.environment
};
forbid (principal, action, resource)
when { context.credential_exposed || !(["US", "DE", "FR", "GB"].contains(context.geo)) };
forbid (principal, action, resource)
when { context.action_name like "admin.*" && context.session.age > 900 };
`;

const p2 = `
permit (principal is ci, action == Action::"secrets.read", resource)
when {
  context.change_ticket.status == "approved" &&
  principal.spiffe like "spiffe://prod.example/ci/*" &&
  context.weekday >= 1 && context.weekday <= 5 &&
  context.time.toTime() >= duration("9h") && context.time.toTime() < duration("17h") &&
  context.ip.isInRange(ip("10.0.0.0/8"))
};
`;

const tool = 'action == Action::"tool.invoke", resource';
/** @type {Readonly<Record<string, (rule: Rule) => { scope: string, condition?: string }>>} */
const distinctions = {
  action: ({ action, type }) => ({
    scope: `action == Action::"${action}", resource is ${type}`,
  }),
  attribute: ({ owner }) => ({ scope: tool, condition: `resource.owner == "${owner}" && ` }),
  cidr: ({ network }) => ({
    scope: tool,
    condition: `principal.address.isInRange(ip("${network}")) && `,
  }),
  glob: ({ glob = '' }) => ({
    scope: tool,
    condition: `principal.workload like "${glob.replace('**', '*')}" && `,
  }),
};

/** @type {import('../engine.mjs').Engine} */
export const cedar = {
  name: '@cedar-policy/cedar-wasm',
  way: 'object',
  isPeer: true,
  // Node 20 aborts when V8 deoptimizes a hot function into which it has inlined calls of this module.
  flags: ['--no-turbo-inline-js-wasm-calls'],
  prepare: async (workload) => {
    const { preparsePolicySet, statefulIsAuthorized } = await import(
      '@cedar-policy/cedar-wasm/nodejs'
    );
    const parsed = preparsePolicySet('policies', { staticPolicies: writePolicy(workload) });
    if (parsed.type !== 'success') throw new Error(JSON.stringify(parsed.errors));
    const { requests } = workload;
    const toCall = workload.case.name === 'p2' ? callOfP2 : call;
    return {
      decide: (index) => {
        const answer = statefulIsAuthorized(toCall(/** @type {any} */ (requests[index])));
        if (answer.type !== 'success' || answer.response.diagnostics.errors.length > 0) {
          throw new Error(JSON.stringify(answer));
        }
        return toEffect(answer.response.decision === 'allow');
      },
    };
  },
};

/** @param {Pick<Workload, 'case' | 'rules'>} workload */
export function writePolicy({ case: { name, kind }, rules }) {
  if (name === 'p1') return p1;
  if (name === 'p2') return p2;
  return rules
    .map((rule) => {
      const { scope = '', condition = '' } = distinctions[kind ?? '']?.(rule) ?? {};
      return `permit (principal, ${scope})
when {
  ${condition}context.risk < ${rule.risk} && principal.environment == resource.environment &&
  principal.scopes.contains("${rule.scope}")
};`;
    })
    .join('\n');
}

/** @param {any} request */
function call(request) {
  return createCall(request, request.context);
}

/** @param {any} request */
function callOfP2(request) {
  const { time, ip } = request.context;
  return createCall(request, {
    ...request.context,
    time: { __extn: { fn: 'datetime', arg: time } },
    ip: { __extn: { fn: 'ip', arg: ip } },
    weekday: wallClock(time).weekday,
  });
}

/** @param {any} request @param {object} context */
function createCall({ subject, action, resource }, context) {
  const principal = { type: subject.type, id: subject.id };
  const target = { type: resource.type, id: resource.id };
  const { address } = subject.properties;
  const attributes =
    address === undefined
      ? subject.properties
      : { ...subject.properties, address: { __extn: { fn: 'ip', arg: address } } };
  return {
    principal,
    action: { type: 'Action', id: action.name },
    resource: target,
    context: { ...context, action_name: action.name },
    entities: [
      { uid: principal, attrs: attributes, parents: [] },
      { uid: target, attrs: resource.properties, parents: [] },
    ],
    preparsedPolicySetId: 'policies',
  };
}
