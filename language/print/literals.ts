// Names, strings and JSON as source text. A string is printed so that it reads back without a
// diagnostic: what is invisible or not normalised is escaped.

import type { JsonNode, JsonScalarNode, MatchNode, NameNode } from '../ast.ts';
import { showDecimal } from '../decimal.ts';

export const lineWidth = 100;

const invisible = /[\p{C}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu;
const beyondAscii = /[^\0-\x7f]/g;

export function printString(value: string): string {
  const printed = JSON.stringify(value).replace(invisible, escapeUnits);
  return printed.normalize('NFC') === printed ? printed : printed.replace(beyondAscii, escapeUnits);
}

function escapeUnits(text: string): string {
  return [...Array(text.length).keys()]
    .map((at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('');
}

export function printMatch(node: MatchNode): string {
  const { negated, pattern, separator, ignoringCase } = node;
  return [
    `${negated ? 'not ' : ''}matches ${pattern.language}"${pattern.text}"`,
    ...(separator === undefined ? [] : [`separated by ${printString(separator.value)}`]),
    ...(ignoringCase ? ['ignoring case'] : []),
  ].join(' ');
}

export function printName(name: NameNode): string {
  return name.quoted ? printString(name.text) : name.text;
}

export function printNames(names: readonly NameNode[]): string {
  return names.map(printName).join(', ');
}

/** `{ a, b }`, or one part a line where that is too wide. */
export function printBraced(parts: readonly string[], indent: string, before: number): string {
  if (parts.length === 0) return '{}';
  const inline = `{ ${parts.join(', ')} }`;
  if (before + inline.length <= lineWidth && !inline.includes('\n')) return inline;
  const lines = parts.map((part) => `${indent}  ${part},\n`);
  return `{\n${lines.join('')}${indent}}`;
}

/** With a digit behind the point at least, by which it reads back as a Decimal. */
export function printDecimal(millionths: bigint): string {
  const shortest = showDecimal(millionths);
  return shortest.includes('.') ? shortest : `${shortest}.0`;
}

export function printJson(node: JsonNode, indent: string): string {
  switch (node.kind) {
    case 'JsonObject': {
      const inner = `${indent}  `;
      const members = node.members.map(
        (member) => `${printName(member.name)}: ${printJson(member.value, inner)}`,
      );
      return printBraced(members, indent, indent.length + lineWidth / 3);
    }
    case 'JsonArray':
      return `[${node.elements.map((element) => printJson(element, indent)).join(', ')}]`;
    case 'JsonScalar':
      return printScalar(node);
  }
}

function printScalar({ json }: JsonScalarNode): string {
  return json.startsWith('"') ? printString(JSON.parse(json) as string) : json;
}
