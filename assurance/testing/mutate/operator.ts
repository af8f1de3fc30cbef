// A mutation operator: a kind of small change to a policy that resembles a mistake of its author, to evaluate
// tests.

import type { Edit } from '@nhipol/language';
import type { AstNode } from '@nhipol/language/syntax';
import type { SourceRules } from './source-words.ts';

export interface Mutation {
  readonly edits: readonly Edit[];
  /** Continues a sentence about the mutant: `` `<` becomes `<=` ``. */
  readonly does: string;
}

interface OperatorContext {
  readonly written: SourceRules;
  /** The members of every enum with a member of this name. */
  readonly listEnums: (member: string) => readonly (readonly string[])[];
}

export interface Operator {
  readonly name: string;
  /** Describes the change to a policy in half a sentence. */
  readonly doc: string;
  /** The changes to a node, without its children. Some of the results may be invalid policies. */
  readonly changes: (node: AstNode, setting: OperatorContext) => readonly Mutation[];
}

/** A change that replaces one word with another. */
export function becomes(edit: Edit, before: string, after = edit.text): Mutation {
  return { edits: [edit], does: `\`${before}\` becomes \`${after}\`` };
}

export function createRemoval(edit: Edit | undefined, what: string): readonly Mutation[] {
  return edit === undefined ? [] : [{ edits: [edit], does: `${what} is removed` }];
}

/** Shortened to fit on one line. */
export function shortenExcerpt(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 48 ? `${line.slice(0, 47)}…` : line;
}
