// What a policy sets and asks for, and what it claims of itself: constraints, obligations, invariants and
// tests.

import type { Policy } from '../../language/index.ts';
import { printTestChange } from '../../language/print/tests.ts';
import { printExpr } from '../../language/print.ts';
import type { RunTest } from '../coverage/coverage.ts';
import { mergeWords } from '../english/effects.ts';
import { English } from '../english/expressions.ts';
import { scopeWords } from '../english/scopes.ts';
import { typeWords, valueWords } from '../english/words.ts';
import { type Block, type Item, items, paragraph, table } from '../pages/page.ts';
import { capitalized, code, joined, listed, mark, type Phrase, say } from '../pages/phrase.ts';
import type { SourceTexts } from '../source-texts.ts';

export function constraintBlocks({ constraints }: Policy): readonly Block[] {
  if (constraints.length === 0) return [];
  return [
    table(
      'Bounds that a narrow may set',
      ['Name', 'Type', 'Where several rules set it', 'Limits'],
      constraints.map(({ name, type, merge, limits }) => [
        [code(name)],
        typeWords(type),
        [mergeWords[merge]],
        limits === undefined ? ['—'] : [code([limits.root, ...limits.names].join('.'))],
      ]),
    ),
  ];
}

export function obligationBlocks({ obligations, rules }: Policy): readonly Block[] {
  if (obligations.length === 0) return [];
  return [
    table(
      'What an answer may ask of whoever enforces it',
      ['Name', 'Type', 'Members', 'Asked for by'],
      obligations.map((obligation) => {
        const askers = rules.filter(({ demands }) =>
          demands.some((demand) => demand.obligation === obligation),
        );
        const ids = [...new Set(askers.map(({ id }) => id))];
        return [
          [code(obligation.name)],
          [code(obligation.type)],
          joined(
            [...obligation.members.values()].map(({ name, type, optional, default: filled }) => {
              const rest =
                filled !== undefined
                  ? say`, else ${valueWords(type, filled)}`
                  : [optional ? ', optional' : ''];
              return say`${code(name)}: ${typeWords(type)}${rest}`;
            }),
            '; ',
          ),
          ids.length === 0 ? ['no rule'] : joined(ids.map(code), ', '),
        ];
      }),
    ),
  ];
}

export function invariantBlocks({ invariants }: Policy, sources: SourceTexts): readonly Block[] {
  if (invariants.length === 0) return [];
  const told = invariants.map(({ name, scope, claim }): Item => {
    const english = new English(sources);
    const clauses = listed(english.conditions(claim));
    return {
      text: say`“${name}”, for ${scopeWords(scope)}: ${clauses}.`,
      below: english.notes.map((note) => paragraph(say`Here ${code(note.name)} ${note.meaning}.`)),
    };
  });
  return [items(told)];
}

export function testBlocks(tests: readonly RunTest[], sources: SourceTexts): readonly Block[] {
  if (tests.length === 0) return [];
  return [items(tests.map((test) => testItem(test, sources)))];
}

function testItem({ test, passed }: RunTest, sources: SourceTexts): Item {
  const result = passed ? mark('tested', 'passes') : mark('none', 'fails');
  const node = sources.test(test.span);
  const steps = (node?.steps ?? []).map((step, index): Phrase => {
    const changes = step.changes.map((change) => code(oneLine(printTestChange(change))));
    const at = step.at === undefined ? [] : say`at ${code(step.at.text)}`;
    const changed = changes.length === 0 ? [] : say`with ${listed(changes)}`;
    const when = joined(
      [at, changed].filter((part) => part.length > 0),
      ' ',
    );
    const then = index === 0 ? '' : 'then ';
    const because =
      step.reasons === undefined
        ? []
        : say`, because ${listed(step.reasons.map(({ text }) => code(text)))}`;
    const settings =
      step.settings === undefined
        ? []
        : say`, with ${listed(step.settings.map(({ name, value }) => code(`${name.text}: ${printExpr(value)}`)))}`;
    const asks =
      step.demands === undefined
        ? []
        : say`, asking for ${listed(step.demands.map(({ name }) => code(name.text)))}`;
    const until = step.until === undefined ? [] : say`, until ${code(step.until.text)}`;
    const start =
      when.length === 0 ? (index === 0 ? 'as it is' : 'then again') : say`${then}${when}`;
    return say`${capitalized(Array.isArray(start) ? start : [start as string])}: ${mark(step.effect)}${because}${settings}${asks}${until}.`;
  });
  return { text: say`“${test.name}” ${result}`, below: [items(steps)] };
}

/** JSON that was printed on several lines: its strings hold no line breaks. */
function oneLine(text: string): string {
  return text.replace(/,\n\s*\}/g, ' }').replace(/\n\s*/g, ' ');
}
