// The state that all parts of the checker share: the reporter, the files, and the meaning of their
// names.

import type { Extra, Reporter } from '../diagnostics/diagnostics.ts';
import { guess } from '../diagnostics/guess.ts';
import { formatRelativePath, type SourceMap, type Span } from '../support/source.ts';
import { suggest } from '../support/suggest.ts';
import type {
  ConstNode,
  ConstraintNode,
  EnumNode,
  FixtureNode,
  FunctionNode,
  LetNode,
  NameNode,
  NameSetNode,
  ObligationNode,
  RecordNode,
  TableNode,
  UseNode,
  WindowNode,
} from '../syntax/ast.ts';
import { displayPath, isVocabulary } from '../vocabulary/vocabulary.ts';
import { Patterns } from './expressions/patterns.ts';
import type { LoadedFile, UnreadableFile } from './load.ts';
import type { Notes } from './notes.ts';
import { relateFirstDeclaration } from './related.ts';
import { suggestImport } from './suggest-import.ts';

/** The declarations that other parts of a policy refer to by name. */
export type DeclarationNode =
  | EnumNode
  | RecordNode
  | ConstNode
  | TableNode
  | ConstraintNode
  | FunctionNode
  | LetNode
  | WindowNode
  | ObligationNode
  | FixtureNode
  | NameSetNode;

const declarationKinds: readonly string[] = [
  'Enum',
  'Record',
  'Const',
  'Table',
  'Constraint',
  'Function',
  'Let',
  'Window',
  'Obligation',
  'Fixture',
  'NameSet',
];

/** The names that one file can use: its own, and those that it imports. */
export type VisibleNames = ReadonlyMap<string, DeclarationNode>;

/** The options of the caller. */
interface Around {
  readonly unreadable?: ReadonlyMap<string, UnreadableFile> | undefined;
  readonly notes: Notes | undefined;
}

/** The state that contexts with different reporters share. */
interface Known {
  readonly names: Map<string, VisibleNames>;
  /** Names imported from a file that could not be read, which was reported. */
  readonly unresolvedImports: Set<string>;
  /** Files that use one that could not be read: any name may be from there. */
  readonly filesWithUnreadUses: Set<string>;
  readonly patterns: Patterns;
}

export class Context {
  readonly reporter: Reporter;
  readonly files: ReadonlyMap<string, LoadedFile>;
  readonly sources: SourceMap;
  /** `undefined` if nobody reads the types of expressions. */
  readonly notes: Notes | undefined;
  readonly #unreadable: ReadonlyMap<string, UnreadableFile>;
  readonly #known: Known;

  constructor(
    reporter: Reporter,
    files: ReadonlyMap<string, LoadedFile>,
    sources: SourceMap,
    { unreadable = new Map(), notes }: Around = { notes: undefined },
    known: Known = {
      names: new Map(),
      unresolvedImports: new Set(),
      filesWithUnreadUses: new Set(),
      patterns: new Patterns(),
    },
  ) {
    this.reporter = reporter;
    this.files = files;
    this.sources = sources;
    this.notes = notes;
    this.#unreadable = unreadable;
    this.#known = known;
  }

  /** The same files and names with another reporter. */
  withReporter(reporter: Reporter): Context {
    const around = { unreadable: this.#unreadable, notes: this.notes };
    return new Context(reporter, this.files, this.sources, around, this.#known);
  }

  /** Reports a file that the policy names at `span` and that was not read. */
  reportUnread(path: string, span: Span, extra: Extra = {}): void {
    const { why, help } = this.unread(path) ?? {};
    this.reporter.report('missing-file', span, { path, why }, { help, ...extra });
  }

  /** Why a file exists but was not read, or `undefined` if it is missing. */
  unread(path: string): UnreadableFile | undefined {
    return this.#unreadable.get(path);
  }

  get patterns(): Patterns {
    return this.#known.patterns;
  }

  /** The declaration that `name` refers to in a file. */
  find(name: string, file: string): DeclarationNode | undefined {
    return this.listVisibleNames(file).get(name);
  }

  listVisibleNames(path: string): VisibleNames {
    const name = this.#known.names.get(path);
    if (name !== undefined) return name;
    const names = new Map<string, DeclarationNode>();
    this.#known.names.set(path, names);
    const file = this.files.get(path);
    if (file === undefined) return names;
    for (const item of file.node.items) {
      if (!isDeclaration(item)) continue;
      const before = names.get(item.name.text);
      if (before === undefined) names.set(item.name.text, item);
      else {
        this.reporter.report(
          'duplicate-name',
          item.name.span,
          { name: item.name.text },
          { related: relateFirstDeclaration(before.name.span) },
        );
      }
    }
    for (const { node, path: used } of file.uses) this.#importNames(names, node, used);
    return names;
  }

  /**
   * Whether a file that the policy uses could not be read, so that its declarations are unknown.
   */
  get isIncomplete(): boolean {
    return this.#known.filesWithUnreadUses.size > 0;
  }

  /** Every declaration of the kind, in any file. */
  all<K extends DeclarationNode['kind']>(
    kind: K,
  ): readonly Extract<DeclarationNode, { readonly kind: K }>[] {
    const items = [...this.files.values()].flatMap((file) => file.node.items);
    return items.filter(
      (item): item is Extract<DeclarationNode, { readonly kind: K }> => item.kind === kind,
    );
  }

  /** The names that refer to a declaration of the kind in a file. */
  listNames(kind: DeclarationNode['kind'], at: { readonly file: string }): readonly string[] {
    const namesOfKind = [...this.listVisibleNames(at.file)].filter(
      ([, declared]) => declared.kind === kind,
    );
    return namesOfKind.map(([name]) => name);
  }

  #importNames(names: Map<string, DeclarationNode>, use: UseNode, path: string | undefined): void {
    const isLoaded = path !== undefined && this.files.has(path);
    const offered: VisibleNames = isLoaded ? this.listVisibleNames(path) : new Map();
    if (use.names === undefined) {
      if (!isLoaded) this.#known.filesWithUnreadUses.add(use.span.file);
      for (const [name, node] of offered) this.#add(names, name, node, use.from, use.span.file);
      return;
    }
    for (const name of use.names) {
      const node = offered.get(name.text);
      if (node !== undefined) this.#add(names, name.text, node, name, use.span.file);
      else {
        if (isLoaded) this.#reportMissing(name, path, offered);
        this.#known.unresolvedImports.add(`${name.span.file} ${name.text}`);
      }
    }
  }

  #reportMissing(name: NameNode, path: string, offered: VisibleNames): void {
    this.reporter.report(
      'unknown-import',
      name.span,
      { name: name.text, file: this.#formatPath(path, name.span.file) },
      this.#suggestName(name, offered.keys()),
    );
  }

  #add(
    names: Map<string, DeclarationNode>,
    name: string,
    node: DeclarationNode,
    at: { readonly span: NameNode['span'] },
    file: string,
  ): void {
    const before = names.get(name);
    if (before === undefined) names.set(name, node);
    else if (before !== node) {
      const [first, second] = [before, node].map((declarationNode) =>
        declarationNode.span.file === file
          ? 'here'
          : `in \`${this.#formatPath(declarationNode.span.file, file)}\``,
      ) as [string, string];
      this.reporter.report(
        'name-collision',
        at.span,
        { name, first, second },
        {
          related: [
            { span: before.name.span, message: 'one' },
            { span: node.name.span, message: 'the other' },
          ],
        },
      );
    }
  }

  /** A path as another file would write it. */
  #formatPath(path: string, from: string): string {
    return isVocabulary(path) ? displayPath(path) : formatRelativePath(from, path);
  }

  /** Suggests the same name of another file first, then a similar name. */
  #suggestName(
    name: { readonly text: string; readonly span: NameNode['span'] },
    candidates: Iterable<string>,
    findPlace: (candidate: string) => Span | undefined = () => undefined,
    unlike: Extra = {},
  ): Extra {
    const file = this.files.get(name.span.file);
    const offers = ({ node }: LoadedFile) =>
      node.items.some((item) => isDeclaration(item) && item.name.text === name.text);
    const found = file ? suggestImport(name.text, file, this.files.values(), offers) : {};
    const known = [...candidates];
    const near = guess(name.text, name.span, known);
    const [meant] = suggest(name.text, known);
    if (meant === undefined) return { ...unlike, ...found };
    const place = this.find(meant, name.span.file)?.name.span ?? findPlace(meant);
    const related = place ? [{ span: place, message: `\`${meant}\` is declared here` }] : [];
    return { ...near, related, ...found };
  }

  /** Whether a name may be declared in a file that could not be read. */
  mayBeElsewhere({ text, span }: { readonly text: string; readonly span: Span }): boolean {
    return (
      this.#known.unresolvedImports.has(`${span.file} ${text}`) ||
      this.#known.filesWithUnreadUses.has(span.file)
    );
  }

  /**
   * Reports an unknown name with suggestions and their declarations, or with `unlike` if no
   * candidate is similar.
   */
  unknown(
    code:
      | 'unknown-name'
      | 'unknown-type'
      | 'unknown-table'
      | 'unknown-constraint'
      | 'unknown-obligation'
      | 'unknown-fixture'
      | 'unknown-reason'
      | 'unknown-function',
    name: { readonly text: string; readonly span: NameNode['span'] },
    candidates: Iterable<string>,
    findPlace?: (candidate: string) => Span | undefined,
    unlike?: Extra,
  ): void {
    if (this.mayBeElsewhere(name)) return;
    const extra = this.#suggestName(name, candidates, findPlace, unlike);
    this.reporter.report(code, name.span, { name: name.text }, extra);
  }
}

export function isDeclaration(item: { readonly kind: string }): item is DeclarationNode {
  return declarationKinds.includes(item.kind);
}
