// Generates policies of any size whose rules have every effect, and versions of them that another policy differs from.

/** @typedef {ReadonlyMap<string, string>} Files A policy in files, by path, the entry first. */
/** @typedef {(index: number) => string} WriteRule The source of the rule with an index. */

/** A file has a maximum size, so that the rules of a large policy are in several. */
const rulesInFile = 2500;

/** @type {WriteRule} */
export function writeRule(index) {
  const tool = `tool-${index % 200}`;
  const forms = [
    `permit team_${index} when subject.team is "team-${index % 97}" and action.tool in { "${tool}", "tool-${(index + 1) % 200}" }`,
    `permit path_${index} when action.path matches glob"/service-${index % 100}/**" and subject.team is "team-${index % 89}"`,
    `deny amount_${index} when action.tool is "${tool}" and action.amount > ${index * 10}`,
    `narrow risk_${index} when action.tool is "${tool}" and context.risk.level >= MEDIUM to { max_rows: ${index + 1} }`,
    `challenge scope_${index} when resource.tenant is "tenant-${index % 150}" and "scope-${index % 120}" not in subject.scopes`,
  ];
  return /** @type {string} */ (forms[index % forms.length]);
}

/** One threshold is raised. @type {WriteRule} */
export function loosenRule(index) {
  return index === 12 ? writeRule(index).replace(/> \d+/, '> 999999') : writeRule(index);
}

/** Each deny is split by a fact that is always known, and each permit of a set by its elements. @type {WriteRule} */
export function rewriteRule(index) {
  const rule = writeRule(index);
  const other = rule.replace(`_${index} `, `_other_${index} `);
  if (index % 5 === 2) return `${rule} and subject.exposed\n  ${other} and not subject.exposed`;
  const set = /in \{ ("[^"]+"), ("[^"]+") \}/;
  if (index % 5 !== 0) return rule;
  return `${rule.replace(set, 'is $1')}\n  ${other.replace(set, 'is $2')}`;
}

const declarations = `
enum Level { LOW < MEDIUM < HIGH }
enum State { active, suspended, gone }

subject agent { team?: String, exposed: Bool = false, scopes: Set<String> = {}, state?: State }
action any { tool?: String, path?: String, amount?: Int }
resource any { tenant?: String }
context { time: Timestamp, risk?: { level?: Level, observed_at?: Timestamp } fresh 5m }

for agent {
  revoke leaked when subject.exposed
  deny not_active when subject.state is not active
}

invariant "only active agents act" for agent
  subject.state is not active implies effect >= deny
`;

/**
 * A policy with the rules of the indices below the count.
 *
 * @param {number} count
 * @param {WriteRule} write
 * @returns {Files}
 */
export function writePolicy(count, write) {
  const parts = Array.from({ length: Math.ceil(count / rulesInFile) }, (_, part) => {
    const first = part * rulesInFile;
    const length = Math.min(rulesInFile, count - first);
    const rules = Array.from({ length }, (_, offset) => `  ${write(first + offset)}`);
    return `use { max_rows } from "constraints.nhipol"\n\nfor agent {\n${rules.join('\n')}\n}\n`;
  });
  const head = 'policy benchmarks.proving version "1.0.0"\n';
  const paths = parts.map((_, part) => `part-${part}.nhipol`);
  const uses = paths.map((path) => `use "${path}"\n`).join('');
  return new Map([
    ['policy.nhipol', `${head}\n${uses}${declarations}`],
    ['constraints.nhipol', 'constraint max_rows: Int smallest wins\n'],
    ...parts.map((text, part) => /** @type {const} */ ([paths[part], text])),
  ]);
}
