// Parses sources in tests: returns the tree without spans, and the diagnostics, each with the code that
// it underlines.

import { type Diagnostic, Reporter } from '@nhipol/language';
import { type FileNode, parse } from '@nhipol/language/syntax';
import { withoutSpans } from './references/without-spans.ts';

export interface Parsed {
  readonly file: FileNode;
  /** Each as `code «underlined» message`. */
  readonly found: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

export function parseText(text: string): Parsed {
  const reporter = new Reporter();
  const file = parse('p.nhipol', text, reporter);
  const { diagnostics } = reporter;
  const found = diagnostics.map(
    ({ code, span, message }) => `${code} «${text.slice(span.start, span.end)}» ${message}`,
  );
  return { file, found, diagnostics };
}

/** The items of a source without errors, without spans. */
export function items(text: string): unknown[] {
  const { file, found } = parseText(text);
  if (found.length > 0) throw new Error(`${text}\n${found.join('\n')}`);
  return file.items.map(withoutSpans);
}

/** An expression as nested lists, which show the precedence. */
export function shape(text: string): unknown {
  const [item] = items(`const x = ${text}`) as [{ value: Record<string, unknown> }];
  return toShape(item.value);
}

function toShape(node: Record<string, unknown>): unknown {
  const at = (key: string) => toShape(node[key] as Record<string, unknown>);
  const all = (key: string) => (node[key] as Record<string, unknown>[]).map(toShape);
  const getName = (key: string) => (node[key] as { text: string }).text;
  switch (node.kind) {
    case 'Binary':
      return [at('left'), node.operator, at('right')];
    case 'Unary':
      return [node.operator, at('operand')];
    case 'Presence':
      return [at('operand'), node.present ? 'is present' : 'is missing'];
    case 'Access':
      return [at('object'), `.${getName('name')}`];
    case 'Lookup':
      return [getName('table'), '[]', ...all('keys')];
    case 'Index':
      return [at('object'), '[]', ...all('keys')];
    case 'Call':
      return [getName('callee'), '()', ...all('args')];
    case 'Set':
      return ['{}', ...all('elements')];
    case 'If':
      return ['if', at('condition'), at('then'), at('else')];
    case 'Aggregate':
      return [node.form, getName('variable'), at('collection'), at('condition'), at('body')];
    case 'Quantifier':
      return [node.quantifier, getName('variable'), ...all('collections'), at('body')];
    case 'Reference':
      return node.name;
    case 'Duration':
    case 'Timestamp':
      return node.milliseconds;
    default:
      return node.value;
  }
}
