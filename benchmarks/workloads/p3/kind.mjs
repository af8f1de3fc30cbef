// The interface of a kind of P3: how its rules differ, and their source in nhipol.

/** @typedef {import('../request.mjs').Random} Random */
/** @typedef {import('../request.mjs').Request} Request */

/**
 * @typedef {object} Rule
 * @property {number} index
 * @property {number} risk
 * @property {string} scope
 * @property {string} [action] For the kind `action`, like the next one.
 * @property {string} [type]
 * @property {string} [owner] For the kind `attribute`.
 * @property {string} [network] For the kind `cidr`, like the next two: its first and last address.
 * @property {number} [first]
 * @property {number} [last]
 * @property {string} [glob] For the kind `glob`.
 */

/**
 * @typedef {Request & {
 *   subject: { properties: { address?: string, workload?: string } },
 *   resource: { properties: { owner?: string } },
 * }} ScaledRequest
 */

/**
 * @typedef {object} Kind
 * @property {(random: Random) => (index: number) => Partial<Rule>} distinguish The properties that distinguish a rule from
 *   all earlier ones.
 * @property {(request: ScaledRequest, rule: Rule, random: Random, rules: readonly Rule[]) => void} aim
 *   Moves a request into the scope of the rule.
 * @property {(request: ScaledRequest) => (rule: Rule) => boolean} about Whether a request is in the scope of a rule,
 *   in the simplest form: the expected decisions are computed from it.
 * @property {(rules: readonly Rule[]) => (request: ScaledRequest) => boolean} byHand The policy as a
 *   handwritten function, with an index for the kind.
 * @property {string} [subject] Additional members that the policy declares, like the next one.
 * @property {string} [resource]
 * @property {(rules: readonly Rule[]) => string} group The rules in nhipol.
 */

/**
 * Whether the three conditions that all rules have are met.
 *
 * @param {Rule} rule
 * @param {ScaledRequest} request
 */
export function holds(rule, { subject, resource, context }) {
  return (
    context.risk < rule.risk &&
    subject.properties.environment === resource.properties.environment &&
    subject.properties.scopes.includes(rule.scope)
  );
}

/**
 * The permit of a rule, with the condition that distinguishes it.
 * @param {Rule} rule
 * @param {string} [condition]
 */
export function permit({ index, risk, scope }, condition) {
  const conditions = [
    ...(condition === undefined ? [] : [condition]),
    `context.risk < ${risk}`,
    'subject.environment is resource.environment',
    `"${scope}" in subject.scopes`,
  ];
  return `  permit rule_${index}\n    when ${conditions.join('\n    and ')}\n`;
}

/** All rules in one group. @param {readonly Rule[]} rules @param {(rule: Rule) => string} condition */
export function oneGroup(rules, condition) {
  const permits = rules.map((rule) => permit(rule, condition(rule)));
  return `for any doing "tool.invoke" {\n${permits.join('\n')}}\n`;
}
