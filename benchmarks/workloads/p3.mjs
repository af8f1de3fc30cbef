// P3, scale: N permits, which differ by their kind, each with three more conditions. A seeded generator
// creates the rules, and requests that are in the scope of one of them (sometimes of two).

import { action } from './p3/action.mjs';
import { attribute } from './p3/attribute.mjs';
import { cidr } from './p3/cidr.mjs';
import { glob } from './p3/glob.mjs';
import { holds } from './p3/kind.mjs';
import { createRandom } from './random.mjs';
import { ordinary, otherEnvironment } from './request.mjs';

/** @typedef {import('./request.mjs').Random} Random */
/** @typedef {import('./p3/kind.mjs').Rule} Rule */
/** @typedef {import('./p3/kind.mjs').ScaledRequest} ScaledRequest */

const rulesInFile = 2500;
export const entryName = 'policy.nhipol';

/** @type {Readonly<Record<string, import('./p3/kind.mjs').Kind>>} */
export const kinds = { action, attribute, cidr, glob };

/** @param {string} name */
export function findKind(name) {
  const kind = kinds[name];
  if (kind === undefined) throw new Error(`broken invariant: P3 has no kind ${name}`);
  return kind;
}

/** @param {string} kind @param {number} count @returns {readonly Rule[]} */
export function generateRules(kind, count) {
  const random = createRandom(7000 + count);
  const { distinguish } = findKind(kind);
  const next = distinguish(random);
  return Array.from({ length: count }, (_, index) => ({
    index,
    risk: random.integer(40, 90),
    scope: `scope:${random.integer(0, 199)}`,
    ...next(index),
  }));
}

/**
 * The policy in files, the entry first: a single file cannot contain all rules of a large policy.
 *
 * @param {string} kind
 * @param {readonly Rule[]} rules
 * @returns {ReadonlyMap<string, string>}
 */
export function writePolicy(kind, rules) {
  const { group, subject = '', resource = '' } = findKind(kind);
  const head = `policy benchmarks.p3_${kind} version "1.0.0"\n`;
  const declarations = `
subject any { environment: String, scopes: Set<String>${subject} }
resource any { environment: String${resource} }
context { risk: Int }
`;
  if (rules.length <= rulesInFile) {
    return new Map([[entryName, `${head}${declarations}\n${group(rules)}`]]);
  }
  const parts = Array.from({ length: Math.ceil(rules.length / rulesInFile) }, (_, part) => {
    const some = rules.slice(part * rulesInFile, (part + 1) * rulesInFile);
    return /** @type {const} */ ([`rules-${part}.nhipol`, group(some)]);
  });
  const uses = parts.map(([name]) => `use "${name}"\n`).join('');
  return new Map([[entryName, `${head}\n${uses}${declarations}`], ...parts]);
}

/** @param {string} kind @param {readonly Rule[]} rules @param {Random} random */
export function generator(kind, rules, random) {
  const { aim, about } = findKind(kind);
  return () => {
    const request = createAimed(
      random.pick(rules),
      (scaled, rule) => aim(scaled, rule, random, rules),
      random,
    );
    const isAbout = about(request);
    const permits = rules.some((rule) => isAbout(rule) && holds(rule, request));
    /** @type {import('./workload.mjs').Effect} */
    const expected = permits ? 'permit' : 'deny';
    return { request, expected };
  };
}

/**
 * A request in the scope of the rule that meets all its conditions in four of ten cases, and otherwise all except one.
 *
 * @param {Rule} rule
 * @param {(request: ScaledRequest, rule: Rule) => void} aim
 * @param {Random} random
 */
function createAimed(rule, aim, random) {
  const { integer, chance, sample } = random;
  /** @type {ScaledRequest} */
  const request = ordinary(random);
  const { subject, resource, context } = request;
  aim(request, rule);
  const others = Array.from({ length: integer(2, 5) }, () => `scope:${integer(200, 399)}`);
  const missed = chance(0.4) ? undefined : integer(0, 2);
  context.risk = missed === 0 ? integer(rule.risk, 100) : integer(0, rule.risk - 1);
  const { environment } = subject.properties;
  resource.properties.environment =
    missed === 1 ? otherEnvironment(environment, random) : environment;
  subject.properties.scopes =
    missed === 2 ? others : sample([...others, rule.scope], others.length + 1);
  return request;
}
