// The sections of a policy page on constraints, obligations, invariants and tests.

import type { PolicyModel } from '@nhipol/language/model';
import { pluralize } from '@nhipol/language/support';
import {
  type ChangeNode,
  type GrantNode,
  printChangeText,
  printExprText,
  type StepNode,
} from '@nhipol/language/syntax';
import type { RunTest } from '../controls/coverage.ts';
import { mergeWords } from '../english/effects.ts';
import { English } from '../english/expressions.ts';
import { scopeWords } from '../english/scopes.ts';
import { describeDuration, describeTypedValue, typeWords } from '../english/words.ts';
import {
  createItems,
  createParagraph,
  createTable,
  type Item,
  type PageBlock,
} from '../pages/page.ts';
import {
  capitalizePhrase,
  createInlineCode,
  joinAsList,
  joinPhrases,
  mark,
  type Phrase,
  say,
} from '../pages/phrase.ts';
import type { SourceTexts } from '../source-texts.ts';

export function buildConstraintBlocks({ constraints }: PolicyModel): readonly PageBlock[] {
  if (constraints.length === 0) return [];
  return [
    createTable(
      'Constraints that a narrow can set',
      ['Name', 'Type', 'If several rules set it', 'Limits'],
      constraints.map(({ name, type, merge, limits, lowers }) => [
        [createInlineCode(name)],
        typeWords(type),
        [lowers ? `${mergeWords[merge]}, and may be offered a lower value` : mergeWords[merge]],
        limits === undefined ? ['—'] : [createInlineCode([limits.root, ...limits.names].join('.'))],
      ]),
    ),
  ];
}

export function buildObligationBlocks({ obligations, rules }: PolicyModel): readonly PageBlock[] {
  if (obligations.length === 0) return [];
  return [
    createTable(
      'Obligations that an answer can contain',
      ['Name', 'Type', 'Members', 'Required by'],
      obligations.map((obligation) => {
        const demanding = rules.filter(({ demands }) =>
          demands.some((demand) => demand.obligation === obligation),
        );
        const ids = [...new Set(demanding.map(({ id }) => id))];
        return [
          [createInlineCode(obligation.name)],
          [createInlineCode(obligation.type)],
          joinPhrases(
            [...obligation.members.values()].map(({ name, type, optional, default: filled }) => {
              const rest =
                filled !== undefined
                  ? say`, default ${describeTypedValue(type, filled)}`
                  : [optional ? ', optional' : ''];
              return say`${createInlineCode(name)}: ${typeWords(type)}${rest}`;
            }),
            '; ',
          ),
          ids.length === 0 ? ['no rule'] : joinPhrases(ids.map(createInlineCode), ', '),
        ];
      }),
    ),
  ];
}

export function buildInvariantBlocks(
  { invariants }: PolicyModel,
  sources: SourceTexts,
): readonly PageBlock[] {
  if (invariants.length === 0) return [];
  const list = invariants.map(({ name, scope, claim }): Item => {
    const english = new English(sources);
    const clauses = joinAsList(english.conditions(claim));
    return {
      text: say`“${name}”, for ${scopeWords(scope)}: ${clauses}.`,
      below: english.notes.map((note) =>
        createParagraph(say`Here ${createInlineCode(note.name)} ${note.meaning}.`),
      ),
    };
  });
  return [createItems(list)];
}

export function testBlocks(tests: readonly RunTest[], sources: SourceTexts): readonly PageBlock[] {
  if (tests.length === 0) return [];
  return [createItems(tests.map((test) => testItem(test, sources)))];
}

function testItem({ test, passed }: RunTest, sources: SourceTexts): Item {
  const result = passed ? mark('tested', 'passes') : mark('none', 'fails');
  const steps = sources.test(test.span)?.steps ?? [];
  return {
    text: say`“${test.name}” ${result}`,
    below: [
      createItems(
        steps.map((step, index) => {
          const first = test.opens === undefined ? 'Unchanged' : 'On opening';
          return say`${describeRequest(step, index === 0 ? first : undefined)}: ${describeExpectation(step)}.`;
        }),
      ),
    ],
  };
}

/** Returns the request of a step, with its changes. `first`: the words for an unchanged first step. */
function describeRequest(step: StepNode, first: string | undefined): Phrase {
  const { at, after, grants, signals, asks, times, changes } = step;
  const often = times === undefined ? '' : `, ${pluralize(Number(times.value), 'time')}`;
  const parts: readonly Phrase[] = [
    ...(first === undefined ? [['then']] : []),
    ...(at === undefined ? [] : [say`at ${createInlineCode(at.text)}`]),
    ...(after === undefined ? [] : [say`${describeDuration(after.milliseconds)} later`]),
    ...(grants.length === 0 ? [] : [say`after ${joinAsList(grants.map(describeApproval))}`]),
    ...signals.map((signal) => say`on signal ${createInlineCode(signal.name.value)}`),
    ...(asks ? [[`requested${often}`]] : []),
    ...(changes.length === 0
      ? []
      : [
          say`with ${joinAsList(changes.map((change) => createInlineCode(printChangeText(change))))}`,
        ]),
  ];
  return parts.length === 0 ? [first ?? 'Then'] : capitalizePhrase(joinPhrases(parts, ' '));
}

function describeApproval({ lasts, approver }: GrantNode): Phrase {
  const by = approver === undefined ? [] : say` by ${createInlineCode(approver.value)}`;
  return say`an approval for ${describeDuration(lasts.milliseconds)}${by}`;
}

function describeExpectation({
  outcome,
  reasons,
  settings,
  demands,
  lower,
  until,
}: StepNode): Phrase {
  const because =
    reasons === undefined
      ? []
      : say`, because ${joinAsList(reasons.map(({ text }) => createInlineCode(text)))}`;
  const within =
    settings === undefined
      ? []
      : say`, with ${joinAsList(settings.map(({ name, value }) => createInlineCode(`${name.text}: ${printExprText(value)}`)))}`;
  const requiring =
    demands === undefined
      ? []
      : say`, requiring ${joinAsList(demands.map(({ name }) => createInlineCode(name.text)))}`;
  const offering = lower === undefined ? [] : describeOffering(lower);
  const lasting = until === undefined ? [] : say`, until ${createInlineCode(until.text)}`;
  return say`${describeOutcome(outcome)}${because}${within}${requiring}${offering}${lasting}`;
}

function describeOutcome(outcome: StepNode['outcome']): Phrase {
  if (outcome === 'possible') return ['could be permitted'];
  return outcome === 'impossible' ? ['could not be permitted'] : [mark(outcome)];
}

function describeOffering(lower: readonly ChangeNode[]): Phrase {
  if (lower.length === 0) return [', without a counter-offer'];
  return say`, or lower ${joinAsList(lower.map((change) => createInlineCode(printChangeText(change))))}`;
}
