// Formats a serialized production of chevrotain as EBNF in the notation of docs/language/grammar.md: `x?`,
// `x*`, `x+`. A production that does not fit on a line is wrapped, or has a line for each alternative.

const width = 96;

/** The precedence of an expression: an alternation, a sequence, a single item. */
const [choice, sequence, single] = [0, 1, 2];

export function productionText({ name, definition }) {
  const { text, parts } = inSequence(definition);
  const head = `${name} = `;
  if (parts === undefined || head.length + text.length + 2 <= width) {
    return wrapText(`${head}${text} ;`);
  }
  const indent = ' '.repeat(name.length + 1);
  return `${head}${parts.join(`\n${indent}| `)} ;`;
}

function wrapText(text) {
  const lines = [''];
  for (const word of text.split(/(?<!\() /)) {
    const line = lines.at(-1);
    if (line !== '' && line.length + 1 + word.length > width) lines.push(`    ${word}`);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join('\n');
}

function inSequence(definition) {
  const items = definition.map(toText);
  if (items.length === 1) return items[0];
  return { text: items.map((item) => within(item, sequence)).join(' '), binds: sequence };
}

function toText(node) {
  switch (node.type) {
    case 'Terminal':
      return { text: terminalText(node), binds: single };
    case 'NonTerminal':
      return { text: node.name, binds: single };
    case 'Alternative':
      return inSequence(node.definition);
    case 'Alternation': {
      const parts = node.definition.map((each) => toText(each).text);
      return { text: parts.join(' | '), binds: choice, parts };
    }
    case 'Option':
      return repeatTerm(node, '?');
    case 'Repetition':
      return repeatTerm(node, '*');
    case 'RepetitionMandatory':
      return repeatTerm(node, '+');
    default:
      throw new Error(`no EBNF for ${node.type}`);
  }
}

function repeatTerm({ definition }, mark) {
  return { text: `${within(inSequence(definition), single)}${mark}`, binds: single };
}

function within({ text, binds }, minBinding) {
  return binds < minBinding ? `( ${text} )` : text;
}

/** Returns the spelling of a keyword or symbol, in quotes, and the name of any other token. */
export function terminalText({ name, label }) {
  const written = spelling(label);
  return written === undefined ? name : `"${written}"`;
}

/** Returns the spelling of a token that has only one. */
export function spelling(label) {
  return label.match(/^`([^`]+)`$/)?.[1];
}
