// P1, an agent calls a tool: requests with the expected decisions, and the policy as a handwritten
// function. policies/p1.nhipol is the same policy.

import { notServed, ordinary, otherEnvironment, perhapsSpoilt, served, tools } from './request.mjs';

/** @typedef {import('./request.mjs').Request} Request */
/** @typedef {import('./request.mjs').Random} Random */

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

/** @param {Random} random */
export function generate(random) {
  return perhapsSpoilt(() => createPermitted(random), waysToSpoil(random), random);
}

/** @param {Random} random */
export function createPermitted(random) {
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

/** @param {Random} random @returns {readonly ((request: Request) => void)[]} */
function waysToSpoil(random) {
  const { integer, pick } = random;
  return [
    ({ subject }) => {
      subject.type = pick(['user', 'ci']);
    },
    ({ action }) => {
      action.name = pick(['secrets.read', 'files.read']);
    },
    ({ action, context }) => {
      action.name = pick(['admin.users.delete', 'admin.keys.rotate']);
      context.session.age = integer(0, 3600);
    },
    ({ subject, resource }) => {
      const { scopes } = subject.properties;
      resource.properties.tool = pick(tools.filter((tool) => !scopes.includes(tool)));
    },
    ({ context }) => {
      context.risk = integer(70, 100);
    },
    ({ subject, resource }) => {
      resource.properties.environment = otherEnvironment(subject.properties.environment, random);
    },
    ({ context }) => {
      context.credential_exposed = true;
    },
    ({ context }) => {
      context.geo = pick(notServed);
    },
  ];
}
