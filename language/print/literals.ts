// Names, strings, numbers and JSON. A string of which no text is kept is printed so that it reads
// back without a diagnostic: what is invisible or not normalised is escaped.

import type {
  DecimalNode,
  IntNode,
  JsonNode,
  JsonScalarNode,
  NameNode,
  StringNode,
} from '../ast.ts';
import { showDecimal } from '../decimal.ts';
import { braces, type Doc, filledBrackets } from './docs.ts';
import type { Original } from './original.ts';

const invisible = /[\p{C}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu;
const beyondAscii = /[^\0-\x7f]/g;

export function quote(value: string): string {
  const printed = JSON.stringify(value).replace(invisible, escapeUnits);
  return printed.normalize('NFC') === printed ? printed : printed.replace(beyondAscii, escapeUnits);
}

function escapeUnits(text: string): string {
  return [...Array(text.length).keys()]
    .map((at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('');
}

export function printString(node: StringNode, original: Original): string {
  return original.wordAt(node) ?? quote(node.value);
}

export function printName(name: NameNode, original: Original): string {
  return name.quoted ? (original.wordAt(name) ?? quote(name.text)) : name.text;
}

export function printNames(names: readonly NameNode[], original: Original): string[] {
  return names.map((name) => printName(name, original));
}

export function printNumber(node: IntNode | DecimalNode, original: Original): string {
  const printed = node.kind === 'Int' ? String(node.value) : printDecimal(node.millionths);
  return spelled(node, printed, original);
}

function spelled(
  node: IntNode | DecimalNode | JsonScalarNode,
  printed: string,
  original: Original,
) {
  const word = original.wordAt(node);
  if (word === undefined) return printed;
  // Also before a zero, whose value has no sign.
  return original.isNegative(node) ? `-${word}` : word;
}

/** With a digit behind the point at least, by which it reads back as a Decimal. */
function printDecimal(millionths: bigint): string {
  const shortest = showDecimal(millionths);
  return shortest.includes('.') ? shortest : `${shortest}.0`;
}

export function printJson(node: JsonNode, original: Original): Doc {
  switch (node.kind) {
    case 'JsonObject': {
      const members = node.members.map(({ name, value }) => [
        printName(name, original),
        ': ',
        printJson(value, original),
      ]);
      return braces(members, { opened: original.isOpened(node.members) });
    }
    case 'JsonArray':
      return filledBrackets(node.elements.map((element) => printJson(element, original)));
    case 'JsonScalar':
      return spelled(node, printScalar(node), original);
  }
}

function printScalar({ json }: JsonScalarNode): string {
  return json.startsWith('"') ? quote(JSON.parse(json) as string) : json;
}
