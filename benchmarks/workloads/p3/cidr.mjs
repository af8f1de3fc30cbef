// Rules for subjects in one network each. Three in ten networks are inside an earlier one, so that an
// address can be in several.

import { addressNumber, addressText, parseNetwork } from '../addresses.mjs';
import { holds, oneGroup } from './kind.mjs';

/** @typedef {import('./kind.mjs').Rule} Rule */

const inside = 0.3;

/** @type {import('./kind.mjs').Kind} */
export const cidr = {
  subject: ', address: Ip',
  distinguish: (random) => {
    const taken = new Set();
    /** @type {{ first: number, length: number }[]} */
    const wide = [];
    const make = () => {
      const outer = wide.length > 0 && random.chance(inside) ? random.pick(wide) : undefined;
      if (outer === undefined) {
        const length = random.pick([16, 20, 24, 24, 28]);
        return { length, first: atStart(random.integer(1, 2 ** 24 * 223 - 1), length) };
      }
      const length = outer.length + random.pick([4, 8]);
      const within = outer.first + random.integer(0, 2 ** (32 - outer.length) - 1);
      return { length, first: atStart(within, length) };
    };
    return () => {
      for (;;) {
        const made = make();
        const network = `${addressText(made.first)}/${made.length}`;
        if (taken.has(network)) continue;
        taken.add(network);
        if (made.length <= 20) wide.push(made);
        return { network, ...parseNetwork(network) };
      }
    };
  },
  aim: (request, { first = 0, last = 0 }, random) => {
    request.action.name = 'tool.invoke';
    request.subject.properties.address = addressText(random.integer(first, last));
  },
  about: (request) => {
    const octets = (request.subject.properties.address ?? '').split('.').map(Number);
    const address = octets.reduce((value, octet) => value * 256 + octet, 0);
    return ({ first = 0, last = 0 }) => address >= first && address <= last;
  },
  byHand: (rules) => {
    const { starts, lists } = stretches(rules);
    return (request) => {
      if (request.action.name !== 'tool.invoke') return false;
      const address = addressNumber(request.subject.properties.address ?? '');
      let [low, high] = [0, starts.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (/** @type {number} */ (starts[middle]) <= address) low = middle + 1;
        else high = middle;
      }
      const list = low === 0 ? undefined : lists[low - 1];
      if (list === undefined) return false;
      for (let at = 0; at < list.length; at += 1) {
        if (holds(/** @type {Rule} */ (list[at]), request)) return true;
      }
      return false;
    };
  },
  group: (rules) => oneGroup(rules, ({ network }) => `subject.address in ${network}`),
};

/** @param {number} address @param {number} length */
function atStart(address, length) {
  const size = 2 ** (32 - length);
  return Math.floor(address / size) * size;
}

/**
 * The stretches of addresses between the boundaries of all networks, and the rules of each.
 *
 * @param {readonly Rule[]} rules
 */
function stretches(rules) {
  const edges = new Set(rules.flatMap(({ first = 0, last = 0 }) => [first, last + 1]));
  const starts = Float64Array.from(edges).sort();
  const place = new Map(Array.from(starts, (start, index) => [start, index]));
  /** @type {Rule[][]} */
  const lists = Array.from(starts, () => []);
  for (const rule of rules) {
    const end = /** @type {number} */ (place.get((rule.last ?? 0) + 1));
    for (let at = /** @type {number} */ (place.get(rule.first ?? 0)); at < end; at += 1) {
      lists[at]?.push(rule);
    }
  }
  return { starts, lists };
}
