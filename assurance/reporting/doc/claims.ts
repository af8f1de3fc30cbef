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
import { durationWords, typeWords, valueWords } from '../english/words.ts';
import { type Item, items, type PageBlock, paragraph, table } from '../pages/page.ts';
import {
  capitalizePhrase,
  code,
  joinAsList,
  joinPhrases,
  mark,
  type Phrase,
  say,
} from '../pages/phrase.ts';
import type { SourceTexts } from '../source-texts.ts';

export function constraintBlocks({ constraints }: PolicyModel): readonly PageBlock[] {
  if (constraints.length === 0) return [];
  return [
    table(
      'Constraints that a narrow can set',
      ['Name', 'Type', 'If several rules set it', 'Limits'],
      constraints.map(({ name, type, merge, limits, lowers }) => [
        [code(name)],
        typeWords(type),
        [lowers ? `${mergeWords[merge]}, and may be offered a lower value` : mergeWords[merge]],
        limits === undefined ? ['—'] : [code([limits.root, ...limits.names].join('.'))],
      ]),
    ),
  ];
}

export function obligationBlocks({ obligations, rules }: PolicyModel): readonly PageBlock[] {
  if (obligations.length === 0) return [];
  return [
    table(
      'Obligations that an answer can contain',
      ['Name', 'Type', 'Members', 'Required by'],
      obligations.map((obligation) => {
        const demanding = rules.filter(({ demands }) =>
          demands.some((demand) => demand.obligation === obligation),
        );
        const ids = [...new Set(demanding.map(({ id }) => id))];
        return [
          [code(obligation.name)],
          [code(obligation.type)],
          joinPhrases(
            [...obligation.members.values()].map(({ name, type, optional, default: filled }) => {
              const rest =
                filled !== undefined
                  ? say`, default ${valueWords(type, filled)}`
                  : [optional ? ', optional' : ''];
              return say`${code(name)}: ${typeWords(type)}${rest}`;
            }),
            '; ',
          ),
          ids.length === 0 ? ['no rule'] : joinPhrases(ids.map(code), ', '),
        ];
      }),
    ),
  ];
}

export function invariantBlocks(
  { invariants }: PolicyModel,
  sources: SourceTexts,
): readonly PageBlock[] {
  if (invariants.length === 0) return [];
  const list = invariants.map(({ name, scope, claim }): Item => {
    const english = new English(sources);
    const clauses = joinAsList(english.conditions(claim));
    return {
      text: say`“${name}”, for ${scopeWords(scope)}: ${clauses}.`,
      below: english.notes.map((note) => paragraph(say`Here ${code(note.name)} ${note.meaning}.`)),
    };
  });
  return [items(list)];
}

export function testBlocks(tests: readonly RunTest[], sources: SourceTexts): readonly PageBlock[] {
  if (tests.length === 0) return [];
  return [items(tests.map((test) => testItem(test, sources)))];
}

function testItem({ test, passed }: RunTest, sources: SourceTexts): Item {
  const result = passed ? mark('tested', 'passes') : mark('none', 'fails');
  const steps = sources.test(test.span)?.steps ?? [];
  return {
    text: say`“${test.name}” ${result}`,
    below: [
      items(
        steps.map((step, index) => {
          const first = test.opens === undefined ? 'Unchanged' : 'On opening';
          return say`${requestWords(step, index === 0 ? first : undefined)}: ${expectationWords(step)}.`;
        }),
      ),
    ],
  };
}

/** Returns the request of a step, with its changes. `first`: the words for an unchanged first step. */
function requestWords(step: StepNode, first: string | undefined): Phrase {
  const { at, after, grants, signals, asks, times, changes } = step;
  const often = times === undefined ? '' : `, ${pluralize(Number(times.value), 'time')}`;
  const parts: readonly Phrase[] = [
    ...(first === undefined ? [['then']] : []),
    ...(at === undefined ? [] : [say`at ${code(at.text)}`]),
    ...(after === undefined ? [] : [say`${durationWords(after.milliseconds)} later`]),
    ...(grants.length === 0 ? [] : [say`after ${joinAsList(grants.map(approval))}`]),
    ...signals.map((signal) => say`on signal ${code(signal.name.value)}`),
    ...(asks ? [[`requested${often}`]] : []),
    ...(changes.length === 0
      ? []
      : [say`with ${joinAsList(changes.map((change) => code(printChangeText(change))))}`]),
  ];
  return parts.length === 0 ? [first ?? 'Then'] : capitalizePhrase(joinPhrases(parts, ' '));
}

function approval({ lasts, approver }: GrantNode): Phrase {
  const by = approver === undefined ? [] : say` by ${code(approver.value)}`;
  return say`an approval for ${durationWords(lasts.milliseconds)}${by}`;
}

function expectationWords({ outcome, reasons, settings, demands, lower, until }: StepNode): Phrase {
  const because =
    reasons === undefined
      ? []
      : say`, because ${joinAsList(reasons.map(({ text }) => code(text)))}`;
  const within =
    settings === undefined
      ? []
      : say`, with ${joinAsList(settings.map(({ name, value }) => code(`${name.text}: ${printExprText(value)}`)))}`;
  const requiring =
    demands === undefined
      ? []
      : say`, requiring ${joinAsList(demands.map(({ name }) => code(name.text)))}`;
  const offering = lower === undefined ? [] : offeringWords(lower);
  const lasting = until === undefined ? [] : say`, until ${code(until.text)}`;
  return say`${outcomeWords(outcome)}${because}${within}${requiring}${offering}${lasting}`;
}

function outcomeWords(outcome: StepNode['outcome']): Phrase {
  if (outcome === 'possible') return ['could be permitted'];
  return outcome === 'impossible' ? ['could not be permitted'] : [mark(outcome)];
}

function offeringWords(lower: readonly ChangeNode[]): Phrase {
  if (lower.length === 0) return [', without a counter-offer'];
  return say`, or lower ${joinAsList(lower.map((change) => code(printChangeText(change))))}`;
}
