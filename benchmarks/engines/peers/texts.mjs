// The rules of a workload as expressions, for engines whose rules differ in little but the discriminator.

/** @typedef {import('../engine.mjs').Workload} Workload */
/** @typedef {import('../../workloads/p3/kind.mjs').Rule} Rule */

/**
 * @param {Workload} workload
 * @param {readonly [p1: string, p2: string]} single
 * @param {Readonly<Record<string, (rule: Rule) => string>>} distinctions By the kind of P3.
 * @returns {readonly string[]}
 */
export function writeTexts({ case: { name, kind }, rules }, [p1, p2], distinctions) {
  if (name === 'p1') return [p1];
  if (name === 'p2') return [p2];
  return rules.map(
    (rule) =>
      `${distinctions[kind ?? '']?.(rule)} && context.risk < ${rule.risk} && ` +
      'subject.properties.environment == resource.properties.environment && ' +
      `("${rule.scope}" in subject.properties.scopes)`,
  );
}
