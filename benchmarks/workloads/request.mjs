// The request that all workloads start from, in the form of AuthZEN. Every member is present with the
// same type in each, whether or not a policy reads it.

/** @typedef {ReturnType<typeof import('./random.mjs').createRandom>} Random */
/** @typedef {ReturnType<typeof ordinary>} Request */

export const environments = ['prod', 'staging', 'dev'];
export const served = ['US', 'DE', 'FR', 'GB'];
export const notServed = ['CN', 'RU', 'BR', 'IN', 'NG'];
export const tools = [
  'search',
  'browser',
  'shell',
  'db.query',
  'db.write',
  'email.send',
  'calendar',
  'payments',
  'files.read',
  'files.write',
];

const start = Date.parse('2025-01-01T00:00:00Z');
const seconds = 700 * 86_400;

/** @param {Random} random */
export function ordinary(random) {
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
      ip: chance(0.5) ? insideTen(random) : outsideTen(random),
      credential_exposed: chance(0.1),
      session: { age: integer(0, 3600) },
      change_ticket: { status: pick(['approved', 'pending', 'rejected']) },
    },
  };
}

/** An address in 10.0.0.0/8. @param {Random} random */
export function insideTen({ integer }) {
  return [10, integer(0, 255), integer(0, 255), integer(0, 255)].join('.');
}

/** @param {Random} random */
export function outsideTen({ integer, pick }) {
  const first = pick([11, 100, 172, 192, 203, 1]);
  return [first, integer(0, 255), integer(0, 255), integer(0, 255)].join('.');
}

/** An environment other than this. @param {string} environment @param {Random} random */
export function otherEnvironment(environment, { pick }) {
  return pick(environments.filter((each) => each !== environment));
}

/**
 * A permitted request in four of ten cases; otherwise one or two of the changes are applied to it,
 * each of which causes a deny.
 *
 * @param {() => Request} permitted
 * @param {readonly ((request: Request) => void)[]} ways
 * @param {Random} random
 * @returns {{ request: Request, expected: import('./workload.mjs').Effect }}
 */
export function perhapsSpoilt(permitted, ways, { chance, pick }) {
  const request = permitted();
  if (chance(0.4)) return { request, expected: 'permit' };
  pick(ways)(request);
  if (chance(0.3)) pick(ways)(request);
  return { request, expected: 'deny' };
}
