// Declarations and types.

import type {
  ConstNode,
  ConstraintNode,
  ContextNode,
  EnumNode,
  MemberNode,
  NameNode,
  NameSetNode,
  PolicyHeaderNode,
  RangeNode,
  RecordTypeNode,
  TableNode,
  TypeNode,
  UseNode,
} from '../ast.ts';
import {
  type Doc,
  fillBraces,
  group,
  ifBreak,
  join,
  line,
  printBraces,
  printBrackets,
} from './docs.ts';
import { printExpr, printValue } from './expressions.ts';
import { printName, printNames, printNumber, printScopeNames, printString } from './literals.ts';
import type { Original } from './original.ts';
import { printScope } from './scopes.ts';
import { printSettings } from './settings.ts';

export function printPolicyHeader({ name, version }: PolicyHeaderNode, original: Original): Doc {
  const versioned = version ? [' version ', printString(version, original)] : '';
  return [`policy ${name.text}`, versioned];
}

export function printUse({ names, from }: UseNode, original: Original): Doc {
  const list = names && fillBraces(printNames(names, original));
  if (from.kind === 'Name') return [`use ${from.text}`, list ? ['.', list] : ''];
  return ['use ', list ? [list, ' from '] : '', printString(from, original)];
}

export function printEnum(node: EnumNode, original: Original): Doc {
  const members = printNames(node.members, original);
  const { otherwise } = node;
  const last = otherwise ? [['else ', printName(otherwise, original)]] : [];
  const listed = node.ordered ? [join([line, '< '], members)] : members;
  return [`enum ${node.name.text} `, fillBraces([...listed, ...last])];
}

export function printConst({ name, value }: ConstNode, original: Original): Doc {
  return [`const ${name.text} = `, printValue(value, original)];
}

/** Prints a declaration with a record type, such as `subject agent { … }`. */
export function printSchema(
  keyword: string,
  name: NameNode | undefined,
  type: RecordTypeNode,
  original: Original,
): Doc {
  const head = name ? [`${keyword} `, printName(name, original), ' '] : `${keyword} `;
  return [head, printRecordType(type, original)];
}

export function printContext({ scope, type }: ContextNode, original: Original): Doc {
  const head = scope === undefined ? 'context ' : ['context ', printScope(scope, original), ' '];
  return [head, printRecordType(type, original)];
}

export function printTable(node: TableNode, original: Original): Doc {
  const types = node.keys.map((type) => printType(type, original));
  const words = `${node.external ? 'external ' : ''}${node.transitive ? 'transitive ' : ''}`;
  const key = types.length === 1 ? types : printBrackets('(', types);
  const head = [
    `${words}table ${node.name.text}`,
    ': ',
    key,
    ' -> ',
    printType(node.value, original),
  ];
  if (node.external) return head;
  if (node.from) return [head, ' from ', printString(node.from, original)];
  const entries = node.entries.map((entry) => {
    const parts = entry.keys.map((part) => printExpr(part, original));
    const entryKey = parts.length === 1 ? parts : printBrackets('(', parts);
    const { value } = entry;
    const printed =
      value.kind === 'TableRow'
        ? printSettings(value.members, original)
        : printExpr(value, original);
    return [entryKey, ': ', printed];
  });
  return [head, ' ', printBraces(entries, { opened: original.isOpened(node.entries) })];
}

export function printConstraint(node: ConstraintNode, original: Original): Doc {
  const path = node.path ? [' ', printExpr(node.path, original)] : '';
  return [
    `constraint ${node.name.text}`,
    ': ',
    printType(node.type, original),
    ` ${node.merge}`,
    path,
    node.lowers ? ' or lower' : '',
  ];
}

export function printType(node: TypeNode, original: Original): Doc {
  switch (node.kind) {
    case 'NamedType': {
      const unit = node.inSeconds ? ' in seconds' : '';
      return [`${node.name.text}${unit}`, printRange(node.range, original)];
    }
    case 'CollectionType':
      return [node.collection, '<', printType(node.element, original), '>'];
    case 'MapType':
      return ['Map<', printType(node.key, original), ', ', printType(node.value, original), '>'];
    case 'RecordType':
      return printRecordType(node, original);
  }
}

function printRange(range: RangeNode | undefined, original: Original): Doc {
  if (range === undefined) return '';
  const { min, max } = range;
  const bounds = [min && printNumber(min, original), '..', max && printNumber(max, original)];
  return ['(', ...bounds.map((bound) => bound ?? ''), ')'];
}

export function printNameSet({ of, name, entries }: NameSetNode, original: Original): Doc {
  const parts = [...printScopeNames(entries, original)];
  return [`${of} ${name.text} = `, printBraces(parts, { opened: original.isOpened(entries) })];
}

/** Prints a record type; members on separate lines have no commas. */
export function printRecordType({ members }: RecordTypeNode, original: Original): Doc {
  const printed = members.map((member) => printMember(member, original));
  return printBraces(printed, { opened: original.isOpened(members), comma: ifBreak('', ',') });
}

function printMember(node: MemberNode, original: Original): Doc {
  return group([
    node.inProperties ? 'properties.' : '',
    printName(node.name, original),
    node.optional ? '?' : '',
    node.secret ? ': secret ' : ': ',
    printType(node.type, original),
    node.fresh ? [' fresh ', printExpr(node.fresh, original)] : '',
    node.default ? [' = ', printValue(node.default, original)] : '',
  ]);
}
