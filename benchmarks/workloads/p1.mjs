// P1, an agent calls a tool: the requests, as they come over a wire, and the policy as a function
// written by hand. policies/p1.nhipol is the same policy.

import { seeded } from '../random.mjs';

/** @typedef {ReturnType<typeof ordinary>} Request */

const environments = ['prod', 'staging', 'dev'];
const served = ['US', 'DE', 'FR', 'GB'];
const notServed = ['CN', 'RU', 'BR', 'IN', 'NG'];
const tools = [
  ...['search', 'browser', 'shell', 'db.query', 'db.write'],
  ...['email.send', 'calendar', 'payments', 'files.read', 'files.write'],
];
const start = Date.parse('2025-01-01T00:00:00Z');
const seconds = 700 * 86_400;

export const name = 'p1';
export const policy = 'policies/p1.nhipol';

/** @param {Request} request */
export function decide({ subject, action, resource, context }) {
  if (context.credential_exposed) return false;
  const { geo } = context;
  if (geo !== 'US' && geo !== 'DE' && geo !== 'FR' && geo !== 'GB') return false;
  if (action.name.startsWith('admin.') && context.session.age > 900) return false;
  return (
    subject.type === 'agent' &&
    action.name === 'tool.invoke' &&
    context.risk < 70 &&
    subject.properties.environment === resource.properties.environment &&
    subject.properties.scopes.includes(resource.properties.tool)
  );
}

/**
 * About four in ten are permitted; each other one breaks one or two of the policy's conditions.
 *
 * @param {number} count
 * @returns {Request[]}
 */
export function requests(count) {
  const random = seeded(1000);
  const made = Array.from({ length: count }, () => {
    const request = permitted(random);
    if (random.chance(0.4)) return request;
    random.pick(breaks)(request, random);
    if (random.chance(0.3)) random.pick(breaks)(request, random);
    return request;
  });
  // No string is shared between requests, or with the policy, as over a wire.
  return JSON.parse(JSON.stringify(made));
}

/** @typedef {ReturnType<typeof seeded>} Random */

/** @param {Random} random */
function ordinary(random) {
  const { integer, pick, chance, sample } = random;
  return {
    subject: {
      type: pick(['agent', 'user', 'ci']),
      id: `p-${integer(1, 5000)}`,
      properties: {
        environment: pick(environments),
        scopes: sample(tools, integer(3, 6)),
        spiffe: `spiffe://prod.example/${pick(['ci', 'agent', 'web'])}/w-${integer(1, 999)}`,
      },
    },
    action: { name: pick(['tool.invoke', 'secrets.read', 'files.read', 'admin.users.delete']) },
    resource: {
      type: pick(['tool', 'secret', 'file']),
      id: `r-${integer(1, 9999)}`,
      properties: { tool: pick(tools), environment: pick(environments) },
    },
    context: {
      time: new Date(start + integer(0, seconds) * 1000).toISOString(),
      risk: integer(0, 100),
      geo: pick([...served, ...notServed]),
      ip: address(random),
      credential_exposed: chance(0.1),
      session: { age: integer(0, 3600) },
      change_ticket: { status: pick(['approved', 'pending', 'rejected']) },
    },
  };
}

/** @param {Random} random */
function address({ integer, pick, chance }) {
  const first = chance(0.5) ? 10 : pick([11, 100, 172, 192, 203, 1]);
  return [first, integer(0, 255), integer(0, 255), integer(0, 255)].join('.');
}

/** @param {Random} random */
function permitted(random) {
  const request = ordinary(random);
  const { subject, action, resource, context } = request;
  subject.type = 'agent';
  action.name = 'tool.invoke';
  resource.type = 'tool';
  resource.properties.environment = subject.properties.environment;
  resource.properties.tool = random.pick(subject.properties.scopes);
  context.risk = random.integer(0, 69);
  context.geo = random.pick(served);
  context.credential_exposed = false;
  return request;
}

/** @type {readonly ((request: Request, random: Random) => void)[]} */
const breaks = [
  ({ subject }, { pick }) => {
    subject.type = pick(['user', 'ci']);
  },
  ({ action }, { pick }) => {
    action.name = pick(['secrets.read', 'files.read']);
  },
  ({ action, context }, { pick, integer }) => {
    action.name = pick(['admin.users.delete', 'admin.keys.rotate']);
    context.session.age = integer(0, 3600);
  },
  ({ subject, resource }, { pick }) => {
    const { scopes } = subject.properties;
    resource.properties.tool = pick(tools.filter((tool) => !scopes.includes(tool)));
  },
  ({ context }, { integer }) => {
    context.risk = integer(70, 100);
  },
  ({ subject, resource }, { pick }) => {
    const { environment } = subject.properties;
    resource.properties.environment = pick(environments.filter((each) => each !== environment));
  },
  ({ context }) => {
    context.credential_exposed = true;
  },
  ({ context }, { pick }) => {
    context.geo = pick(notServed);
  },
];
