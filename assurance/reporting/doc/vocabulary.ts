// The sections of a policy page on requests, types, constants, tables and windows.

import { isVocabulary } from '@nhipol/language';
import {
  collectExprs,
  type Expr,
  listRuleExprs,
  type PolicyModel,
  spellMemberPath,
  type Table,
  type TableRow,
} from '@nhipol/language/model';
import { pluralize } from '@nhipol/language/support';
import { printExprText } from '@nhipol/language/syntax';
import {
  type EnumType,
  isCollection,
  type Member,
  type RecordType,
  type Type,
  type Window,
} from '@nhipol/language/types';
import { scopeWords } from '../english/scopes.ts';
import { describeWindow } from '../english/windows.ts';
import {
  describeDuration,
  describeEnum,
  describeTypedValue,
  listRecordMembers,
  typeWords,
} from '../english/words.ts';
import { createHeading, createParagraph, createTable, type PageBlock } from '../pages/page.ts';
import {
  capitalizePhrase,
  createInlineCode,
  type Phrase,
  readPlainText,
  say,
} from '../pages/phrase.ts';
import type { SourceTexts } from '../source-texts.ts';

/** The number of rows of a table to show. */
const maxRows = 50;

interface Shape {
  readonly title: Phrase;
  /** The name in the caption of its table. */
  readonly plain: string;
  readonly type: RecordType;
}

export function buildVocabularyBlocks(policy: PolicyModel): readonly PageBlock[] {
  return listShapes(policy).flatMap(({ title, plain, type }) => {
    const rows = listMemberRows(type, '');
    return [
      createHeading(3, title),
      rows.length === 0
        ? createParagraph(['It has no members.'])
        : buildMembersTable(`Members of ${plain}`, rows),
    ];
  });
}

function listShapes(policy: PolicyModel): readonly Shape[] {
  const of = (
    kind: 'subject' | 'action' | 'resource',
    named: ReadonlyMap<string, RecordType>,
    any: RecordType | undefined,
  ): readonly Shape[] => {
    const other = named.size === 0 ? `any ${kind}` : `any other ${kind}`;
    return [
      ...[...named].map(([name, type]) => ({
        title: capitalizePhrase(say`${kind} ${createInlineCode(name)}`),
        plain: `${kind} ${name}`,
        type,
      })),
      ...(any === undefined ? [] : [{ title: capitalizePhrase([other]), plain: other, type: any }]),
    ];
  };
  const { context, contexts } = policy;
  const general = contexts.length > 0 && context?.members.size === 0 ? undefined : context;
  return [
    ...of('subject', policy.subjects, policy.anySubject),
    ...of('action', policy.actions, policy.anyAction),
    ...of('resource', policy.resources, policy.anyResource),
    ...(general === undefined ? [] : [{ title: ['Context'], plain: 'the context', type: general }]),
    ...contexts.map(({ scope, type }) => ({
      title: say`Context for ${scopeWords(scope)}`,
      plain: `the context for ${readPlainText(scopeWords(scope))}`,
      type,
    })),
    ...[...policy.signals].map(([name, type]) => ({
      title: say`Signal ${createInlineCode(name)}`,
      plain: `the signal ${name}`,
      type,
    })),
  ];
}

function buildMembersTable(caption: string, rows: readonly (readonly Phrase[])[]): PageBlock {
  return createTable(caption, ['Member', 'Type', 'Presence', 'Fresh for'], rows);
}

/** Returns the rows of members; those of an unnamed record follow it, with its path. */
function listMemberRows(type: RecordType, path: string): readonly (readonly Phrase[])[] {
  return listRecordMembers(type).flatMap((member) => {
    const own =
      path === ''
        ? spellMemberPath('', member.name).replace(/^\./, '')
        : spellMemberPath(path, member.name);
    const [inner, below] = findInnerRecord(member.type, own);
    const row: readonly Phrase[] = [
      [createInlineCode(own)],
      member.secret ? say`secret ${typeWords(member.type)}` : typeWords(member.type),
      describePresence(member),
      describeFreshness(member),
    ];
    return [row, ...(inner === undefined ? [] : listMemberRows(inner, below))];
  });
}

function findInnerRecord(type: Type, path: string): readonly [RecordType | undefined, string] {
  if (type.kind === 'Set' || type.kind === 'List')
    return findInnerRecord(type.element, `${path}[]`);
  if (type.kind === 'Map') return findInnerRecord(type.value, `${path}[].value`);
  return [type.kind === 'Record' && type.name === undefined ? type : undefined, path];
}

function describePresence({ optional, default: filled, type }: Member): Phrase {
  if (filled !== undefined) return say`optional, default ${describeTypedValue(type, filled)}`;
  return [optional ? 'optional' : 'required'];
}

function describeFreshness({ fresh: lasts }: Member): Phrase {
  return lasts === undefined
    ? ['—']
    : say`${describeDuration(lasts)} after its ${createInlineCode('observed_at')}`;
}

// --- names ---------------------------------------------------------------------------------------

/** Returns the enums and records that are reachable from the declarations of the policy. */
export function typeBlocks(policy: PolicyModel): readonly PageBlock[] {
  const read = new Set(
    [...collectExprs(listExprs(policy))].flatMap((expr) =>
      expr.kind === 'Read' ? expr.members : [],
    ),
  );
  const { enums, records } = collectTypes(policy, read);
  return [
    ...(enums.length === 0
      ? []
      : [
          createTable(
            'Enums',
            ['Name', 'Values'],
            enums.map((type) => [[createInlineCode(type.name)], describeEnum(type)]),
          ),
        ]),
    ...records.flatMap((type) => [
      createHeading(3, say`Record ${createInlineCode(type.name ?? '')}`),
      ...recordBlocks(type, selectMembers(type, read)),
    ]),
  ];
}

/** Returns the members to show: for a built-in record, only those that the policy reads. */
function selectMembers(type: RecordType, read: ReadonlySet<Member>): readonly Member[] {
  const foreign = isVocabulary(type.span.file);
  return listRecordMembers(type).filter((member) => !foreign || read.has(member));
}

function recordBlocks(type: RecordType, shown: readonly Member[]): readonly PageBlock[] {
  if (type.members.size === 0)
    return [createParagraph(['It has no members; only its presence matters.'])];
  const left = type.members.size - shown.length;
  const members = new Map(shown.map((member) => [member.name, member]));
  const rows = listMemberRows({ ...type, members }, '');
  return [
    ...(rows.length === 0 ? [] : [buildMembersTable(`Members of record ${type.name ?? ''}`, rows)]),
    ...(left === 0
      ? []
      : [
          createParagraph([
            `No rule reads ${rows.length === 0 ? 'its' : 'the other'} ${pluralize(left, 'member')}.`,
          ]),
        ]),
  ];
}

function collectTypes(
  policy: PolicyModel,
  read: ReadonlySet<Member>,
): {
  readonly enums: readonly EnumType[];
  readonly records: readonly RecordType[];
} {
  const enums = new Set<EnumType>();
  const records = new Map<string, RecordType>();
  const open: Type[] = [
    ...listShapes(policy).map(({ type }) => type),
    ...policy.tables.flatMap(({ keys, value }) => [...keys, value]),
    ...policy.constraints.map(({ type }) => type),
    ...policy.obligations.flatMap(({ members }) => [...members.values()].map(({ type }) => type)),
  ].reverse();
  for (let type = open.pop(); type !== undefined; type = open.pop()) {
    if (isCollection(type)) open.push(type.kind === 'Map' ? type.value : type.element);
    if (type.kind === 'Enum') enums.add(type);
    if (type.kind !== 'Record') continue;
    if (type.name !== undefined) {
      if (records.has(type.name)) continue;
      records.set(type.name, type);
    }
    open.push(
      ...selectMembers(type, read)
        .map((member) => member.type)
        .reverse(),
    );
  }
  return { enums: [...enums], records: [...records.values()] };
}

export function buildConstantBlocks(sources: SourceTexts): readonly PageBlock[] {
  const rows = sources.constants.map(({ name, value }) => [
    [createInlineCode(name.text)],
    [createInlineCode(printExprText(value))],
  ]);
  return rows.length === 0 ? [] : [createTable('Constants', ['Name', 'Value'], rows)];
}

export function buildTableBlocks({ tables }: PolicyModel): readonly PageBlock[] {
  return tables.flatMap((each) => [
    createHeading(3, say`Table ${createInlineCode(each.name)}`),
    createParagraph(describeTable(each)),
    ...(each.rows.length === 0
      ? []
      : [
          createTable(
            `Rows of ${each.name}`,
            [
              ...each.keys.map((_, index) => (each.keys.length === 1 ? 'Key' : `Key ${index + 1}`)),
              ...(each.columns === undefined ? ['Value'] : each.columns.keys()),
            ],
            each.rows
              .slice(0, maxRows)
              .map((row) => [
                ...row.keys.map((key, index) => describeTypedValue(each.keys[index] as Type, key)),
                ...describeRow(each, row),
              ]),
          ),
        ]),
  ]);
}

function describeRow(
  { columns, value: type }: Table,
  { value, members }: TableRow,
): readonly Phrase[] {
  if (columns === undefined) return [describeTypedValue(type, value)];
  return [...columns].map(([name, column]) => {
    const member = members?.get(name);
    return member === undefined ? ['—'] : describeTypedValue(column.value, member);
  });
}

function describeTable({ keys, value, rows, external, transitive }: Table): Phrase {
  const [first, second] = keys.map(typeWords);
  const key = second === undefined ? (first ?? []) : say`${first ?? []} and ${second}`;
  const closed = transitive ? ' A key also has everything that its values lead to.' : '';
  const types = say`From ${key} to ${typeWords(value)}.${closed}`;
  if (external) {
    return say`${types} It is external: the host fills it, and until then every lookup is unknown.`;
  }
  const shown = rows.length > maxRows ? `, of which ${maxRows} are shown` : '';
  return say`${types} It is compiled in, with ${pluralize(rows.length, 'row')}${shown}.`;
}

/** Returns the named windows that the policy uses. */
export function buildWindowBlocks(policy: PolicyModel, sources: SourceTexts): readonly PageBlock[] {
  const windows = new Set<Window>();
  for (const expr of collectExprs(listExprs(policy)))
    if (expr.kind === 'InWindow') windows.add(expr.window);
  const named = [...windows].filter(({ name }) => sources.hasWindow(name));
  if (named.length === 0) return [];
  return [
    createTable(
      'Windows',
      ['Name', 'When'],
      named.map((window) => [[createInlineCode(window.name)], [describeWindow(window)]]),
    ),
  ];
}

/** Returns the expressions of rules, scores and invariants. */
function listExprs({ rules, scores, invariants }: PolicyModel): readonly Expr[] {
  return [
    ...rules.flatMap(listRuleExprs),
    ...scores.flatMap(({ conditions }) => conditions.map(({ condition }) => condition)),
    ...invariants.map(({ claim }) => claim),
  ];
}
