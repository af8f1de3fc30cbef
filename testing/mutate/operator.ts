// What a mutation operator is: a kind of small change to a policy that might be a mistake of its
// author's, by which tests are tried.

import type { Edit } from '../../language/diagnostics/fix.ts';
import type { AstNode } from '../../language/syntax/ast.ts';
import type { Written } from './source-words.ts';

export interface Change {
  readonly edits: readonly Edit[];
  /** As a sentence about the mutant goes on: `` `<` becomes `<=` ``. */
  readonly does: string;
}

export interface Setting {
  readonly written: Written;
  /** The members of every enum of which one has the name. */
  readonly enumsWith: (member: string) => readonly (readonly string[])[];
}

export interface Operator {
  readonly name: string;
  /** What it does to a policy, in half a sentence. */
  readonly doc: string;
  /** The changes to a node, its children's left out. Some of them may be no policy. */
  readonly changes: (node: AstNode, setting: Setting) => readonly Change[];
}

/** One edit that puts a word in the place of another. */
export function becomes(edit: Edit, before: string, after = edit.text): Change {
  return { edits: [edit], does: `\`${before}\` becomes \`${after}\`` };
}

export function leftOut(edit: Edit | undefined, what: string): readonly Change[] {
  return edit === undefined ? [] : [{ edits: [edit], does: `${what} is left out` }];
}

/** Fit for one line. */
export function shortly(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 48 ? `${line.slice(0, 47)}…` : line;
}
