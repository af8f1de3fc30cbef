// Generates the mutants of a policy: takes its files and returns each small change that an operator makes to one
// of them. Tests, invariants, messages and the names of controls are not mutated, since they change no answer.

import type { Edit } from '@nhipol/language';
import { createPositionFinder, type Position, type Span } from '@nhipol/language/support';
import { type AstNode, type FileNode, visit } from '@nhipol/language/syntax';
import type { Operator } from './operator.ts';
import { SourceRules } from './source-words.ts';

export interface Mutant {
  readonly operator: string;
  /** Describes the change, in half a sentence. */
  readonly does: string;
  readonly edits: readonly Edit[];
  /** From its first change to its last, in the original source. */
  readonly span: Span;
  readonly position: Position;
}

export interface ParsedPolicyFile {
  readonly path: string;
  readonly text: string;
  readonly node: FileNode;
}

/** In the order of their positions; a change that two operators make is one mutant. */
export function createMutants(
  files: readonly ParsedPolicyFile[],
  declaring: readonly ParsedPolicyFile[],
  operators: readonly Operator[],
): readonly Mutant[] {
  const enums = declaring.flatMap(({ node }) =>
    node.items.flatMap((item) =>
      item.kind === 'Enum' ? [item.members.map(({ text }) => text)] : [],
    ),
  );
  const findEnums = (member: string) => enums.filter((members) => members.includes(member));
  return files.flatMap((file) => mutateFile(file, findEnums, operators));
}

function mutateFile(
  { path, text, node: root }: ParsedPolicyFile,
  listEnums: (member: string) => readonly (readonly string[])[],
  operators: readonly Operator[],
): readonly Mutant[] {
  const written = new SourceRules(path, text);
  const findPosition = createPositionFinder(text);
  const found = new Map<string, Mutant>();
  visit(root, (node) => {
    if (isUntouched(node)) return false;
    for (const operator of operators) {
      for (const { edits, does } of operator.changes(node, { written, listEnums })) {
        const span = spanEdits(path, edits);
        const key = JSON.stringify(
          edits.map((edit) => [edit.span.start, edit.span.end, edit.text]),
        );
        const position = findPosition(span.start);
        if (!found.has(key))
          found.set(key, { operator: operator.name, does, edits, span, position });
      }
    }
    return undefined;
  });
  return [...found.values()].sort((a, b) => a.span.start - b.span.start);
}

function spanEdits(file: string, edits: readonly Edit[]): Span {
  const start = Math.min(...edits.map(({ span }) => span.start));
  return { file, start, end: Math.max(...edits.map(({ span }) => span.end)) };
}

/** Tests, invariants, descriptions, and the ranges of types. */
const untouched: ReadonlySet<AstNode['kind']> = new Set([
  ...([
    'Test',
    'Fixture',
    'Invariant',
    'Message',
    'PolicyHeader',
    'Use',
    'NamedType',
    'EventKey',
  ] as const),
]);

function isUntouched({ kind }: AstNode): boolean {
  return untouched.has(kind);
}
