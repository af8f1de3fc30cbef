// Completion, hover and diagnostics in nhipol.toml, from the table of its keys, which the host has.

import {
  type CompletionItem,
  CompletionItemKind,
  type Diagnostic,
  DiagnosticSeverity,
  type Hover,
  MarkupKind,
  type Position,
} from 'vscode-languageserver';

/** The keys of nhipol.toml, and what is wrong with a text. */
export interface ConfigSupport {
  readonly keys: readonly ConfigKey[];
  /** The problems, each with its line from 1. */
  readonly problemsIn: (
    text: string,
  ) => readonly { readonly line: number; readonly message: string }[];
}

interface ConfigKey {
  /** `undefined` for a key before the sections. */
  readonly section: string | undefined;
  readonly name: string;
  readonly doc: string;
  /** The values as they are written; empty: there are too many. */
  readonly values: readonly string[];
}

export function isConfig(path: string): boolean {
  return /(?:^|\/)nhipol\.toml$/.test(path);
}

export function listConfigDiagnostics({ problemsIn }: ConfigSupport, text: string): Diagnostic[] {
  const lines = text.split('\n');
  return problemsIn(text).map(({ line, message }) => {
    const shown = lines[line - 1] ?? '';
    const start = { line: line - 1, character: shown.length - shown.trimStart().length };
    const end = { line: line - 1, character: Math.max(shown.trimEnd().length, start.character) };
    return {
      range: { start, end },
      severity: DiagnosticSeverity.Error,
      source: 'nhipol',
      message,
    };
  });
}

export function listConfigCompletions(
  { keys }: ConfigSupport,
  text: string,
  { line, character }: Position,
): CompletionItem[] {
  const lines = text.split('\n');
  const before = (lines[line] ?? '').slice(0, character);
  const section = findSection(lines, line);
  const assigned = /^\s*([\w-]+)\s*=/.exec(before)?.[1];
  if (assigned !== undefined) {
    const key = keys.find(
      (configKey) => configKey.section === section && configKey.name === assigned,
    );
    return (key?.values ?? []).map((label) => ({ label, kind: CompletionItemKind.Value }));
  }
  if (/^\s*\[/.test(before)) {
    const sections = new Set(keys.flatMap((key) => key.section ?? []));
    return [...sections].map((label) => ({ label, kind: CompletionItemKind.Module }));
  }
  return keys
    .filter((key) => key.section === section)
    .map(({ name, doc }) => ({ label: name, kind: CompletionItemKind.Property, detail: doc }));
}

export function hoverInConfig(
  { keys }: ConfigSupport,
  text: string,
  { line }: Position,
): Hover | undefined {
  const lines = text.split('\n');
  const name = /^\s*([\w-]+)\s*=/.exec(lines[line] ?? '')?.[1];
  const section = findSection(lines, line);
  const key = keys.find((configKey) => configKey.section === section && configKey.name === name);
  return key && { contents: { kind: MarkupKind.Markdown, value: key.doc } };
}

/** The section that a line is in, or `undefined` if it is before the first one. */
function findSection(lines: readonly string[], line: number): string | undefined {
  const heading = lines.slice(0, line).findLast((each) => /^\s*\[/.test(each));
  return /^\s*\[\s*([\w-]+)/.exec(heading ?? '')?.[1];
}
