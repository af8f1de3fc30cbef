// Prints names, strings, numbers and JSON.

import type {
  DecimalNode,
  IntNode,
  JsonNode,
  JsonScalarNode,
  NameNode,
  ScopeNameNode,
  StringNode,
} from '../ast.ts';
import { type Doc, fillBrackets, printBraces } from './docs.ts';
import type { Original } from './original.ts';
import { quote, spellDecimal } from './spelling.ts';

export function printString(node: StringNode, original: Original): string {
  return original.firstWord(node) ?? quote(node.value);
}

export function printName(name: NameNode, original: Original): string {
  return name.quoted ? (original.firstWord(name) ?? quote(name.text)) : name.text;
}

export function printNames(names: readonly NameNode[], original: Original): string[] {
  return names.map((name) => printName(name, original));
}

export function printScopeNames(
  names: readonly ScopeNameNode[],
  original: Original,
): readonly string[] {
  return names.map((name) =>
    name.kind === 'Name' ? printName(name, original) : `${name.language}"${name.text}"`,
  );
}

export function printNumber(node: IntNode | DecimalNode, original: Original): string {
  const printed = node.kind === 'Int' ? String(node.value) : spellDecimal(node.millionths);
  return keepSpelling(node, printed, original);
}

function keepSpelling(
  node: IntNode | DecimalNode | JsonScalarNode,
  printed: string,
  original: Original,
) {
  const word = original.firstWord(node);
  if (word === undefined) return printed;
  // The sign is not in the value if that is zero.
  return original.isNegative(node) ? `-${word}` : word;
}

export function printJson(node: JsonNode, original: Original): Doc {
  switch (node.kind) {
    case 'JsonObject': {
      const members = node.members.map(({ name, value }) => [
        printName(name, original),
        ': ',
        printJson(value, original),
      ]);
      return printBraces(members, { opened: original.isOpened(node.members) });
    }
    case 'JsonArray':
      return fillBrackets(node.elements.map((element) => printJson(element, original)));
    case 'JsonScalar':
      return keepSpelling(node, printScalar(node), original);
  }
}

function printScalar({ json }: JsonScalarNode): string {
  return json.startsWith('"') ? quote(JSON.parse(json) as string) : json;
}
