// What a kind of P3 is: how its rules are told apart, and what they look like in nhipol.

/** @typedef {import('../request.mjs').Random} Random */
/** @typedef {import('../request.mjs').Request} Request */

/**
 * @typedef {object} Rule
 * @property {number} index
 * @property {number} risk
 * @property {string} scope
 * @property {string} [action] Of the kind `action`, like the next.
 * @property {string} [type]
 * @property {string} [owner] Of the kind `attribute`.
 * @property {string} [network] Of the kind `cidr`, like the next two: its first and last address.
 * @property {number} [first]
 * @property {number} [last]
 * @property {string} [glob] Of the kind `glob`.
 */

/**
 * @typedef {Request & {
 *   subject: { properties: { address?: string, workload?: string } },
 *   resource: { properties: { owner?: string } },
 * }} ScaledRequest
 */

/**
 * @typedef {object} Kind
 * @property {(random: Random) => (index: number) => Partial<Rule>} distinguish What tells a rule from
 *   all that were made before.
 * @property {(request: ScaledRequest, rule: Rule, random: Random, rules: readonly Rule[]) => void} aim
 *   Makes a request one that the rule is about.
 * @property {(request: ScaledRequest) => (rule: Rule) => boolean} about Which rules a request is about,
 *   as plainly as it can be said: what is expected comes from it.
 * @property {(rules: readonly Rule[]) => (request: ScaledRequest) => boolean} byHand The policy as a
 *   function written by hand, with an index fit for the kind.
 * @property {string} [subject] Members that the policy declares besides, like the next.
 * @property {string} [resource]
 * @property {(rules: readonly Rule[]) => string} group The rules in nhipol.
 */

/**
 * The three conditions that all rules have.
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

/** A permit of a group, with what tells it apart. @param {Rule} rule @param {string} [condition] */
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
