// P2, a deployment reads a secret within working hours: requests with the expected decisions, and the
// policy as a handwritten function. policies/p2.nhipol is the same policy.

import { addressNumber, parseNetwork } from './addresses.mjs';
import { insideTen, ordinary, outsideTen, perhapsSpoilt } from './request.mjs';

/** @typedef {import('./request.mjs').Request} Request */
/** @typedef {import('./request.mjs').Random} Random */

const daySeconds = 86_400;
const [opens, closes] = [9 * 3600, 17 * 3600];
const { first, last } = parseNetwork('10.0.0.0/8');
/** A Wednesday, in days since the epoch: 2025-01-01. */
const wednesday = 20_089;

/** @param {Request} request */
export function decide({ subject, action, context }) {
  if (subject.type !== 'ci' || action.name !== 'secrets.read') return false;
  if (context.change_ticket.status !== 'approved') return false;
  if (!subject.properties.spiffe.startsWith('spiffe://prod.example/ci/')) return false;
  const { weekday, second } = wallClock(context.time);
  if (weekday < 1 || weekday > 5 || second < opens || second >= closes) return false;
  const address = addressNumber(context.ip);
  return address >= first && address <= last;
}

/** The reading of a clock in UTC; 0 is Sunday. @param {string} time RFC 3339 */
export function wallClock(time) {
  const seconds = Math.floor(Date.parse(time) / 1000);
  return { weekday: (Math.floor(seconds / daySeconds) + 4) % 7, second: seconds % daySeconds };
}

/** @param {Random} random */
export function generate(random) {
  const week = random.integer(0, 99) * 7;
  /** @param {number} days From Wednesday. @param {number} second */
  const at = (days, second) =>
    new Date(((wednesday + week + days) * daySeconds + second) * 1000).toISOString();
  return perhapsSpoilt(() => createPermitted(random, at), waysToSpoil(random, at), random);
}

/** @typedef {(days: number, second: number) => string} At */

/** @param {Random} random @param {At} at */
function createPermitted(random, at) {
  const { integer, pick } = random;
  const request = ordinary(random);
  const { subject, action, resource, context } = request;
  subject.type = 'ci';
  subject.properties.spiffe = `spiffe://prod.example/ci/repo-${integer(1, 400)}/deploy`;
  action.name = 'secrets.read';
  resource.type = 'secret';
  context.time = at(pick([-2, -1, 0, 1, 2]), integer(opens, closes - 1));
  context.change_ticket.status = 'approved';
  context.ip = insideTen(random);
  return request;
}

/** @param {Random} random @param {At} at @returns {readonly ((request: Request) => void)[]} */
function waysToSpoil(random, at) {
  const { integer, pick, chance } = random;
  return [
    ({ subject }) => {
      subject.type = pick(['user', 'agent']);
    },
    ({ action }) => {
      action.name = pick(['secrets.write', 'files.read']);
    },
    ({ context }) => {
      context.time = at(pick([3, 4]), integer(opens, closes - 1));
    },
    ({ context }) => {
      const second = chance(0.5) ? integer(0, opens - 1) : integer(closes, daySeconds - 1);
      context.time = at(pick([-2, -1, 0, 1, 2]), second);
    },
    ({ context }) => {
      context.change_ticket.status = pick(['pending', 'rejected']);
    },
    ({ context }) => {
      context.ip = outsideTen(random);
    },
    ({ subject }) => {
      const place = pick(['prod.example/web', 'dev.example/ci', 'prod.example/ci-x']);
      subject.properties.spiffe = `spiffe://${place}/repo-${integer(1, 400)}`;
    },
  ];
}
