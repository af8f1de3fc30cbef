// A page about a tested policy for reviewers who do not know the language: its vocabulary, rules, controls and tests.

import { isVocabulary } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { pluralize } from '@nhipol/language/support';
import { computeControlCoverage, type TestedPolicy } from '../controls/coverage.ts';
import { buildControlsTable } from '../controls/page.ts';
import { formatFrameworkTitle } from '../controls/words.ts';
import { effectMeanings } from '../english/effects.ts';
import {
  createHeading,
  createItems,
  createParagraph,
  type Page,
  type PageBlock,
} from '../pages/page.ts';
import { createInlineCode, joinAsList, mark, type Phrase, say } from '../pages/phrase.ts';
import { SourceTexts } from '../source-texts.ts';
import {
  buildConstraintBlocks,
  buildInvariantBlocks,
  buildObligationBlocks,
  testBlocks,
} from './claims.ts';
import { buildRuleBlocks } from './rules.ts';
import {
  buildConstantBlocks,
  buildTableBlocks,
  buildVocabularyBlocks,
  buildWindowBlocks,
  typeBlocks,
} from './vocabulary.ts';

export function docPage(tested: TestedPolicy): Page {
  const { policy, tests } = tested;
  const sources = new SourceTexts(policy);
  const passed = tests.filter((test) => test.passed).length;
  return {
    title: `Policy ${policy.name}, version ${policy.version}`,
    lead: describePolicy(policy),
    blocks: [
      ...buildSection('How to read this', howToRead),
      ...buildSection('Rules', buildRuleBlocks(policy, sources)),
      ...buildSection('Constraints', buildConstraintBlocks(policy)),
      ...buildSection('Obligations', buildObligationBlocks(policy)),
      ...buildSection('Windows', buildWindowBlocks(policy, sources)),
      ...buildSection('Invariants', buildInvariantBlocks(policy, sources)),
      ...buildSection('Controls', controlBlocks(tested)),
      ...buildSection('Tests', [
        ...(tests.length === 0
          ? []
          : [
              createParagraph([
                `${passed} of ${pluralize(tests.length, 'test')} ${passed === 1 ? 'passes' : 'pass'}.`,
              ]),
            ]),
        ...testBlocks(tests, sources),
      ]),
      ...buildSection('Requests', buildVocabularyBlocks(policy)),
      ...buildSection('Types', typeBlocks(policy)),
      ...buildSection('Constants', buildConstantBlocks(sources)),
      ...buildSection('Tables', buildTableBlocks(policy)),
    ],
  };
}

/** Returns a section; nothing if it has no blocks. */
function buildSection(title: string, blocks: readonly PageBlock[]): readonly PageBlock[] {
  return blocks.length === 0 ? [] : [createHeading(2, [title]), ...blocks];
}

function describePolicy({ rules, scores, sources }: PolicyModel): Phrase {
  const files = sources
    .filter(({ path }) => !isVocabulary(path))
    .map(({ name }) => createInlineCode(name));
  const adds = scores.length === 0 ? [] : say` and ${pluralize(scores.length, 'score')}`;
  return say`${pluralize(rules.length, 'rule')}${adds}, from ${joinAsList(files)}. Everything that no rule permits is denied.`;
}

const howToRead: readonly PageBlock[] = [
  createParagraph([
    'In each request, a subject requests an action on a resource, in a context. All rules with a matching scope are evaluated, in no particular order, and the strictest effect that fires is the answer. From the strictest to the loosest:',
  ]),
  createItems(effectMeanings.map(([effect, meaning]) => say`${mark(effect)}: ${meaning}.`)),
  createParagraph([
    'A condition is true, false or unknown. It is unknown if a value that it reads is missing, stale or out of range. An unknown condition never permits; rules that restrict also fire on unknown, unless they state otherwise.',
  ]),
];

/** The controls that the rules of the policy cover, by framework. */
function controlBlocks(tested: TestedPolicy): readonly PageBlock[] {
  const { frameworks, other } = computeControlCoverage([tested]);
  const named = frameworks.flatMap((framework) => {
    const controls = framework.controls.filter(({ status }) => status !== 'none');
    return controls.length === 0
      ? []
      : [buildControlsTable(formatFrameworkTitle(framework), controls)];
  });
  return other.length === 0 ? named : [...named, buildControlsTable('Other ids', other)];
}
