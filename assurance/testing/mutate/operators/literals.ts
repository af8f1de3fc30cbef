// Mutations of literals: numbers, durations, symbols, strings, sets, networks.

import {
  type AstNode,
  type DecimalNode,
  type DurationNode,
  type IntNode,
  quote,
  spellDecimal,
  spellName,
} from '@nhipol/language/syntax';
import { correctNetwork } from '@nhipol/language/types';
import { formatAnyInstant } from '../instant-text.ts';
import {
  becomes,
  createRemoval,
  type Mutation,
  type Operator,
  shortenExcerpt,
} from '../operator.ts';
import type { SourceRules } from '../source-words.ts';

const boolean: Operator = {
  name: 'boolean',
  doc: '`true` becomes `false`, and `false` becomes `true`, for example in a default',
  changes: (node, { written }) =>
    node.kind === 'Bool' ? [listReplacements(node, String(!node.value), written)] : [],
};

const number: Operator = {
  name: 'number',
  doc: 'a number is one step higher or lower: a threshold, a limit, a weight, a band of a score',
  changes: (node, { written }) => {
    if (node.kind !== 'Int' && node.kind !== 'Decimal') return [];
    return listSteppedNumbers(node, written.at(node.span)).map((text) =>
      listReplacements(node, text, written),
    );
  },
};

/** Changes a number by one, or by one in the last written digit. */
function listSteppedNumbers(node: IntNode | DecimalNode, text: string): readonly string[] {
  if (node.kind === 'Int') {
    const spellInteger = (value: bigint) =>
      text.includes('_') ? groupDigits(value) : String(value);
    return [spellInteger(node.value + 1n), spellInteger(node.value - 1n)];
  }
  const [, fraction = ''] = text.replaceAll('_', '').split('.');
  const step = 10n ** BigInt(6 - Math.min(6, /^\d*/.exec(fraction)?.[0].length ?? 0));
  return [spellDecimal(node.millionths + step), spellDecimal(node.millionths - step)];
}

function groupDigits(value: bigint): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, '_');
}

const duration: Operator = {
  name: 'duration',
  doc: 'a duration is one unit longer or shorter; a time of day is one hour later or earlier',
  changes: (node, { written }) =>
    node.kind === 'Duration'
      ? listLonger(node).map((text) => listReplacements(node, text, written))
      : [],
};

/** The value one smaller than `1h` is `59m`. */
const below: Readonly<Record<string, string>> = { d: '23h', h: '59m', m: '59s', s: '999ms' };

function listLonger({ text }: DurationNode): readonly string[] {
  const [, hour, rest = ''] = /^(\d{2})(:.*)$/.exec(text) ?? [];
  if (hour !== undefined) {
    const at = (hours: number) => `${String((hours + 24) % 24).padStart(2, '0')}${rest}`;
    return [at(Number(hour) + 1), at(Number(hour) - 1)];
  }
  const [, digits = '', unit = ''] = /^([\d_]+)([a-z]+)$/.exec(text) ?? [];
  const count = Number(digits.replaceAll('_', ''));
  if (count === 0) return [`1${unit}`];
  return [`${count + 1}${unit}`, count === 1 ? (below[unit] ?? '0s') : `${count - 1}${unit}`];
}

const instant: Operator = {
  name: 'instant',
  doc: 'an instant is one second later or earlier',
  changes: (node, { written }) =>
    node.kind === 'Timestamp'
      ? [1_000n, -1_000n].map((step) =>
          listReplacements(node, formatAnyInstant(node.milliseconds + step), written),
        )
      : [],
};

const symbol: Operator = {
  name: 'symbol',
  doc: 'a member of an enum becomes the one before or after it',
  changes: (node, { written, listEnums }) => {
    if (node.kind === 'Enum' && node.otherwise !== undefined) {
      const members = node.members.map(({ text }) => text);
      const beside = listOthers(members, node.otherwise.text);
      return beside.map((other) =>
        listReplacements(node.otherwise ?? node, spellName(other), written),
      );
    }
    const member = findMemberName(node);
    if (member === undefined) return [];
    const beside = listEnums(member).flatMap((members) => listOthers(members, member));
    return [...new Set(beside)].map((other) => listReplacements(node, spellName(other), written));
  },
};

/** The name of the member that the node may be; a string is one if the name needs quotes. */
function findMemberName(node: AstNode): string | undefined {
  if (node.kind === 'Reference') return node.name;
  return node.kind === 'String' && spellName(node.value) !== node.value ? node.value : undefined;
}

function listOthers(members: readonly string[], member: string): readonly string[] {
  const index = members.indexOf(member);
  return [members[index + 1], members[index - 1]].filter((other) => other !== undefined);
}

const text: Operator = {
  name: 'text',
  doc: 'a string that is set is one character longer; the operand of `starts_with`, `ends_with` or `contains` is one shorter',
  changes: (node, { written }) => {
    if (node.kind === 'Setting' && node.value.kind === 'String') {
      return [listReplacements(node.value, quote(`${node.value.value}x`), written)];
    }
    if (node.kind !== 'Binary' || node.right.kind !== 'String') return [];
    const { value } = node.right;
    if (value === '') return [];
    if (node.operator === 'ends_with')
      return [listReplacements(node.right, quote(value.slice(1)), written)];
    return node.operator === 'starts_with' || node.operator === 'contains'
      ? [listReplacements(node.right, quote(value.slice(0, -1)), written)]
      : [];
  },
};

const element: Operator = {
  name: 'element',
  doc: 'an element is removed from a set, or an entry from a table',
  changes: (node, { written }) => {
    const parts =
      node.kind === 'Set' ? node.elements : node.kind === 'Table' ? node.entries : undefined;
    return (parts ?? []).flatMap(({ span }, index) =>
      createRemoval(written.without(parts ?? [], index), `\`${shortenExcerpt(written.at(span))}\``),
    );
  },
};

const network: Operator = {
  name: 'network',
  doc: 'a network is one bit wider or narrower',
  changes: (node, { written }) => {
    if (node.kind !== 'Address' || node.type !== 'Cidr') return [];
    const [address = '', bits = ''] = node.text.split('/');
    return [Number(bits) - 1, Number(bits) + 1].flatMap((other) => {
      const around = correctNetwork(`${address}/${other}`);
      return around === undefined ? [] : [listReplacements(node, around, written)];
    });
  },
};

const pattern: Operator = {
  name: 'pattern',
  doc: '`**` becomes `*` in a glob, and `*` becomes `**`; case sensitivity is switched',
  changes: (node, { written }) => {
    if (node.kind !== 'Match' || node.pattern.language !== 'glob') return [];
    const { start, end } = node.pattern.span;
    const source = written.at(node.pattern.span);
    const stars = [...source.matchAll(/\*+/g)].map(({ 0: { length }, index }) => {
      const edit = written.put(start + index, start + index + length, length > 1 ? '*' : '**');
      return becomes(edit, '*'.repeat(length));
    });
    const behind = node.separator?.span.end ?? end;
    const ignoring = node.ignoringCase ? written.next(end, 'case') : undefined;
    const cased =
      ignoring === undefined
        ? { edits: [written.put(behind, behind, ' ignoring case')], does: 'case does not matter' }
        : { edits: [written.put(behind, ignoring.end, '')], does: 'case matters' };
    return [...stars, cased];
  },
};

function listReplacements(
  { span }: { readonly span: { readonly start: number; readonly end: number } },
  other: string,
  written: SourceRules,
): Mutation {
  return becomes(written.replace(span, other), shortenExcerpt(written.at(span)));
}

export const literalOperators: readonly Operator[] = [
  boolean,
  number,
  duration,
  instant,
  symbol,
  text,
  element,
  network,
  pattern,
];
