// Control coverage as a page: a summary of all frameworks, or one framework in full.

import {
  heading,
  type Item,
  items,
  type Page,
  type PageBlock,
  paragraph,
  table,
} from '../pages/page.ts';
import { code, joinPhrases, lineBreak, mark, type Phrase, say, strong } from '../pages/phrase.ts';
import { source } from '../pages/source.ts';
import {
  type ControlCoverage,
  type Coverage,
  type CoveredPolicy,
  type CoveringRule,
  coversAny,
  type FrameworkCoverage,
} from './coverage.ts';
import {
  controlSummaryWords,
  frameworkTitle,
  legend,
  listRuleConditions,
  nothingCovered,
  policyWords,
  rulesWords,
  statusWords,
} from './words.ts';

export interface CoveragePageOptions {
  /** The framework to report in full, or `undefined` for a summary of all. */
  readonly only: string | undefined;
  /** Whether the sources of rules are shown. */
  readonly sources: boolean;
}

export function coveragePage(
  { policies, frameworks, other }: Coverage,
  { only, sources }: CoveragePageOptions,
): Page {
  const one = frameworks.find(({ framework }) => framework.id === only);
  const blocks = !coversAny({ policies, frameworks, other })
    ? [paragraph([nothingCovered])]
    : one === undefined
      ? frameworks.flatMap(summaryBlocks)
      : fullBlocks(one, policies.length > 1, sources);
  const [policy] = policies;
  const name =
    policies.length === 1 && policy !== undefined ? policy.name : `${policies.length} policies`;
  return {
    title:
      one === undefined
        ? `Controls covered by ${name}`
        : `${one.framework.title}, covered by ${name}`,
    lead: [legend],
    blocks: [...policyBlocks(policies), ...blocks, ...otherBlocks(other)],
  };
}

function policyBlocks(policies: readonly CoveredPolicy[]): readonly PageBlock[] {
  const phrases = policies.map(
    (policy): Phrase => say`${policyWords(policy)}: ${code(policy.file)}`,
  );
  return [phrases.length === 1 ? paragraph(phrases[0] ?? []) : items(phrases)];
}

function about({ framework, controls }: FrameworkCoverage): readonly PageBlock[] {
  return [paragraph([`${framework.description} ${controlSummaryWords(controls)}.`])];
}

/** A table of controls with their rules. */
export function controlsTable(caption: string, controls: readonly ControlCoverage[]): PageBlock {
  return table(
    caption,
    ['Control', 'State', 'Rules'],
    controls.map(({ control, status, rules }) => [
      control.title === '' ? [code(control.id)] : say`${strong(control.id)} ${control.title}`,
      [mark(status, statusWords[status])],
      ruleNames(rules),
    ]),
  );
}

function ruleNames(rules: readonly CoveringRule[]): Phrase {
  if (rules.length === 0) return ['—'];
  const names = [...new Set(rules.map(({ id }) => id))];
  return say`${joinPhrases(names.map(code), ', ')}${lineBreak}${rulesWords(rules)}`;
}

function summaryBlocks(coverage: FrameworkCoverage): readonly PageBlock[] {
  const title = frameworkTitle(coverage);
  return [heading(2, [title]), ...about(coverage), controlsTable(title, coverage.controls)];
}

function fullBlocks(
  coverage: FrameworkCoverage,
  severalPolicies: boolean,
  sources: boolean,
): readonly PageBlock[] {
  const title = frameworkTitle(coverage);
  return [
    heading(2, ['All controls']),
    ...about(coverage),
    paragraph(say`Published at ${code(coverage.framework.source)}.`),
    controlsTable(title, coverage.controls),
    heading(2, ['Rules by control']),
    ...coverage.controls.flatMap(({ control, status, rules }) => [
      heading(3, say`${control.id} ${control.title} ${mark(status, statusWords[status])}`),
      paragraph([control.description]),
      ...(rules.length === 0
        ? []
        : [items(rules.map((rule) => ruleItem(rule, severalPolicies, sources)))]),
    ]),
  ];
}

function ruleItem(rule: CoveringRule, severalPolicies: boolean, sources: boolean): Item {
  const tested =
    rule.tests.length === 0
      ? 'not tested'
      : `tested by ${rule.tests.map((name) => `“${name}”`).join(', ')}`;
  const of = severalPolicies ? ` of ${rule.policy}` : '';
  const conditions = joinPhrases(listRuleConditions(rule).map(code), '; ');
  const text = rule.message ?? (conditions.length === 0 ? 'always' : conditions);
  const place = code(`${rule.file}:${rule.line}`);
  return {
    text: say`${mark(rule.effect)} ${code(rule.id)}${of}: ${text}${lineBreak}${place}, ${tested}`,
    below: sources ? [source(rule.source)] : [],
  };
}

function otherBlocks(other: readonly ControlCoverage[]): readonly PageBlock[] {
  if (other.length === 0) return [];
  const caption = 'Ids that are not in a known framework';
  return [heading(2, ['Other ids']), controlsTable(caption, other)];
}
