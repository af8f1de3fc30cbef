// Completion, hover and diagnostics in JSON files with requests, from the declarations of their policy.

import { findRequestErrors } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import {
  findNodeAtLocation,
  findNodeAtOffset,
  getLocation,
  type Location,
  type Node,
  parse,
  parseTree,
} from 'jsonc-parser';
import {
  type CompletionItem,
  CompletionItemKind,
  type Diagnostic,
  DiagnosticSeverity,
  type Hover,
  MarkupKind,
  type TextEdit,
} from 'vscode-languageserver';
import { findExpectedJson, findJsonValue } from '../index/request-members.ts';
import type { DocumentPositions } from '../positions.ts';

/** A file with requests and its policy. */
export interface RequestFile {
  readonly policy: PolicyModel;
  readonly file: string;
  readonly positions: DocumentPositions;
}

export function listRequestCompletions(
  { policy, file, positions }: RequestFile,
  offset: number,
): CompletionItem[] {
  const text = positions.getText(file);
  const location = getLocation(text, offset);
  const json: unknown = parse(text);
  const edit = createEdit(location, file, offset, positions);
  if (!location.isAtPropertyKey) {
    const values = findExpectedJson(policy, json, location.path)?.values ?? [];
    return values.map((value) => ({
      label: value,
      kind: CompletionItemKind.Value,
      filterText: value,
      textEdit: edit(value),
    }));
  }
  const parent = location.path.slice(0, -1);
  const there = findJsonValue(json, parent);
  const known = typeof there === 'object' && there !== null ? Object.keys(there) : [];
  const typed = location.path.at(-1);
  const colon = /^\s*:/.test(text.slice(findEnd(location, offset))) ? '' : ': ';
  return (findExpectedJson(policy, json, parent)?.members ?? [])
    .filter((name) => name === typed || !known.includes(name))
    .map((name) => {
      const expected = findExpectedJson(policy, json, [...parent, name]);
      const quoted = JSON.stringify(name);
      return {
        label: name,
        kind: CompletionItemKind.Property,
        detail: `${expected?.type ?? ''}${expected?.isRequired ? ', required' : ''}`,
        sortText: `${expected?.isRequired ? 0 : 1}${name}`,
        filterText: quoted,
        textEdit: edit(`${quoted}${colon}`),
      };
    });
}

function findEnd({ previousNode }: Location, offset: number): number {
  return previousNode === undefined ? offset : previousNode.offset + previousNode.length;
}

/** Replaces the string or word at the cursor. */
function createEdit(
  location: Location,
  file: string,
  offset: number,
  positions: DocumentPositions,
): (text: string) => TextEdit {
  const start = location.previousNode?.offset ?? offset;
  const range = positions.toRange({ file, start, end: findEnd(location, offset) });
  return (newText) => ({ range, newText });
}

export function hoverInRequest(
  { policy, file, positions }: RequestFile,
  offset: number,
): Hover | undefined {
  const text = positions.getText(file);
  const { path } = getLocation(text, offset);
  const expected = path.length === 0 ? undefined : findExpectedJson(policy, parse(text), path);
  if (expected === undefined) return undefined;
  const values = expected.values.length === 0 ? '' : `\n\nOne of ${expected.values.join(', ')}.`;
  const presence = expected.isRequired ? 'Every valid request has it.' : 'It may be missing.';
  return {
    contents: {
      kind: MarkupKind.Markdown,
      value: `\`${path.join('.')}\`: ${expected.type}\n\n${presence}${values}`,
    },
  };
}

/**
 * The errors for which a decision denies the request. They are warnings, because a test or fixture can complete a file.
 */
export function listRequestDiagnostics({ policy, file, positions }: RequestFile): Diagnostic[] {
  const text = positions.getText(file);
  const bytes = new TextEncoder().encode(text);
  const root = parseTree(text);
  return findRequestErrors(policy, bytes, { now: 0n, precedence: 'request' }).map((error) => {
    const offset = new TextDecoder().decode(bytes.slice(0, error.offset)).length;
    const { start, end } = locateValue(root, error.path, offset, text);
    return {
      range: positions.toRange({ file, start, end }),
      severity: DiagnosticSeverity.Warning,
      source: 'nhipol',
      code: error.code,
      message: `${error.path}: expected ${error.expected}, found ${error.found}`,
    };
  });
}

/**
 * The value at a path, of an object its start, because a member is missing in it. An error of the whole document or of an
 * entry of a map has its offset only.
 */
function locateValue(root: Node | undefined, path: string, offset: number, text: string) {
  const names = [...path.matchAll(/\[("(?:[^"\\]|\\.)*")\]|\.([^.[]+)|\[(\d+)\]/g)].map(
    ([, quoted, name, index]): string | number =>
      name ?? (quoted === undefined ? Number(index) : JSON.parse(quoted)),
  );
  const hasPlace = names.length > 0 && !path.includes('[*]');
  const there = root && findNodeAtOffset(root, offset);
  const node = hasPlace
    ? ((root && findNodeAtLocation(root, names)) ?? there)
    : there?.offset === offset
      ? there
      : undefined;
  if (node === undefined) return { start: offset, end: Math.min(offset + 1, text.length) };
  const length = node.type === 'object' || node.type === 'array' ? 1 : node.length;
  return { start: node.offset, end: node.offset + length };
}
