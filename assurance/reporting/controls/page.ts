// Control coverage as a page: a summary of all frameworks, or one framework in full.

import {
  createHeading,
  createItems,
  createParagraph,
  createTable,
  type Item,
  type Page,
  type PageBlock,
} from '../pages/page.ts';
import {
  createInlineCode,
  createStrong,
  joinPhrases,
  lineBreak,
  mark,
  type Phrase,
  say,
} from '../pages/phrase.ts';
import { createSourceBlock } from '../pages/source.ts';
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
  describeCoveredPolicy,
  describeRules,
  formatFrameworkTitle,
  legend,
  listRuleConditions,
  nothingCovered,
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
    ? [createParagraph([nothingCovered])]
    : one === undefined
      ? frameworks.flatMap(buildSummaryBlocks)
      : buildFullBlocks(one, policies.length > 1, sources);
  const [policy] = policies;
  const name =
    policies.length === 1 && policy !== undefined ? policy.name : `${policies.length} policies`;
  return {
    title:
      one === undefined
        ? `Controls covered by ${name}`
        : `${one.framework.title}, covered by ${name}`,
    lead: [legend],
    blocks: [...buildPolicyBlocks(policies), ...blocks, ...buildOtherBlocks(other)],
  };
}

function buildPolicyBlocks(policies: readonly CoveredPolicy[]): readonly PageBlock[] {
  const phrases = policies.map(
    (policy): Phrase => say`${describeCoveredPolicy(policy)}: ${createInlineCode(policy.file)}`,
  );
  return [phrases.length === 1 ? createParagraph(phrases[0] ?? []) : createItems(phrases)];
}

function describeFramework({ framework, controls }: FrameworkCoverage): readonly PageBlock[] {
  return [createParagraph([`${framework.description} ${controlSummaryWords(controls)}.`])];
}

/** A table of controls with their rules. */
export function buildControlsTable(
  caption: string,
  controls: readonly ControlCoverage[],
): PageBlock {
  return createTable(
    caption,
    ['Control', 'State', 'Rules'],
    controls.map(({ control, status, rules }) => [
      control.title === ''
        ? [createInlineCode(control.id)]
        : say`${createStrong(control.id)} ${control.title}`,
      [mark(status, statusWords[status])],
      listRuleNames(rules),
    ]),
  );
}

function listRuleNames(rules: readonly CoveringRule[]): Phrase {
  if (rules.length === 0) return ['—'];
  const names = [...new Set(rules.map(({ id }) => id))];
  return say`${joinPhrases(names.map(createInlineCode), ', ')}${lineBreak}${describeRules(rules)}`;
}

function buildSummaryBlocks(coverage: FrameworkCoverage): readonly PageBlock[] {
  const title = formatFrameworkTitle(coverage);
  return [
    createHeading(2, [title]),
    ...describeFramework(coverage),
    buildControlsTable(title, coverage.controls),
  ];
}

function buildFullBlocks(
  coverage: FrameworkCoverage,
  severalPolicies: boolean,
  sources: boolean,
): readonly PageBlock[] {
  const title = formatFrameworkTitle(coverage);
  return [
    createHeading(2, ['All controls']),
    ...describeFramework(coverage),
    createParagraph(say`Published at ${createInlineCode(coverage.framework.source)}.`),
    buildControlsTable(title, coverage.controls),
    createHeading(2, ['Rules by control']),
    ...coverage.controls.flatMap(({ control, status, rules }) => [
      createHeading(3, say`${control.id} ${control.title} ${mark(status, statusWords[status])}`),
      createParagraph([control.description]),
      ...(rules.length === 0
        ? []
        : [createItems(rules.map((rule) => buildRuleItem(rule, severalPolicies, sources)))]),
    ]),
  ];
}

function buildRuleItem(rule: CoveringRule, severalPolicies: boolean, sources: boolean): Item {
  const tested =
    rule.tests.length === 0
      ? 'not tested'
      : `tested by ${rule.tests.map((name) => `“${name}”`).join(', ')}`;
  const of = severalPolicies ? ` of ${rule.policy}` : '';
  const conditions = joinPhrases(listRuleConditions(rule).map(createInlineCode), '; ');
  const text = rule.message ?? (conditions.length === 0 ? 'always' : conditions);
  const place = createInlineCode(`${rule.file}:${rule.line}`);
  return {
    text: say`${mark(rule.effect)} ${createInlineCode(rule.id)}${of}: ${text}${lineBreak}${place}, ${tested}`,
    below: sources ? [createSourceBlock(rule.source)] : [],
  };
}

function buildOtherBlocks(other: readonly ControlCoverage[]): readonly PageBlock[] {
  if (other.length === 0) return [];
  const caption = 'Ids that are not in a known framework';
  return [createHeading(2, ['Other ids']), buildControlsTable(caption, other)];
}
