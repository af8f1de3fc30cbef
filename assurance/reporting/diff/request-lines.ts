// Formats a request as JSON lines of limited width that can be copied. Invalid JSON is shown as a single line.

import { type Json, parseJson } from '@nhipol/language';
import { displayText } from '@nhipol/language/support';

export function formatRequestLines(request: string, width: number): readonly string[] {
  const json = parseJson(request);
  return json === undefined ? [displayText(request)] : layLines(json, width, true);
}

/** `isOpen`: use several lines even if one is sufficient. */
function layLines(json: Json, width: number, isOpen = false): readonly string[] {
  const line = printOnOneLine(json);
  if (json.kind !== 'object' && json.kind !== 'array') return [line];
  const parts =
    json.kind === 'object'
      ? json.members.map(({ name, value }) => [`${quoteText(name)}: `, value] as const)
      : json.elements.map((value) => ['', value] as const);
  if (parts.length === 0 || (!isOpen && line.length <= width)) return [line];
  const inner = parts.flatMap(([name, value], index) => {
    const end = index < parts.length - 1 ? ',' : '';
    const [first = '', ...rest] = layLines(value, width - name.length - 3);
    const whole = [`${name}${first}`, ...rest];
    return whole.map((each, at) => `  ${each}${at === whole.length - 1 ? end : ''}`);
  });
  return json.kind === 'object' ? ['{', ...inner, '}'] : ['[', ...inner, ']'];
}

function printOnOneLine(json: Json): string {
  switch (json.kind) {
    case 'object': {
      const members = json.members.map(
        ({ name, value }) => `${quoteText(name)}: ${printOnOneLine(value)}`,
      );
      return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
    }
    case 'array':
      return `[${json.elements.map(printOnOneLine).join(', ')}]`;
    case 'string':
      return quoteText(json.value);
    case 'number':
      return json.text;
    case 'boolean':
      return String(json.value);
    case 'null':
      return 'null';
  }
}

/** Quotes a string and escapes invisible characters as in JSON. */
function quoteText(text: string): string {
  return [...JSON.stringify(text)]
    .map((character) =>
      displayText(character) === character ? character : escapeCharacter(character),
    )
    .join('');
}

function escapeCharacter(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
