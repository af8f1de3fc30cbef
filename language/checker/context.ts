// What every part of the checker shares: the reporter, the files, and what their names mean.

import type {
  ConstNode,
  ConstraintNode,
  EnumNode,
  NameNode,
  ObligationNode,
  RecordNode,
  TableNode,
  WindowNode,
} from '../ast.ts';
import type { Reporter } from '../diagnostics.ts';
import type { LoadedFile } from '../load.ts';
import type { SourceMap } from '../source.ts';
import { suggest } from '../suggest.ts';
import { Patterns } from './patterns.ts';

export type DeclarationNode =
  | EnumNode
  | RecordNode
  | ConstNode
  | TableNode
  | ConstraintNode
  | WindowNode
  | ObligationNode;

const declarationKinds: readonly string[] = [
  'Enum',
  'Record',
  'Const',
  'Table',
  'Constraint',
  'Window',
  'Obligation',
];

/** The names that one file may use: its own, and those that it brings in. */
export type Names = ReadonlyMap<string, DeclarationNode>;

export class Context {
  readonly reporter: Reporter;
  readonly files: ReadonlyMap<string, LoadedFile>;
  readonly sources: SourceMap;
  readonly patterns = new Patterns();
  readonly #names = new Map<string, Names>();
  /** Names that a file was to bring which could not be read: that has been reported. */
  readonly #excused = new Set<string>();

  constructor(reporter: Reporter, files: ReadonlyMap<string, LoadedFile>, sources: SourceMap) {
    this.reporter = reporter;
    this.files = files;
    this.sources = sources;
  }

  /** What `name` means in the file where it stands. */
  find(name: string, file: string): DeclarationNode | undefined {
    return this.namesIn(file).get(name);
  }

  namesIn(path: string): Names {
    const known = this.#names.get(path);
    if (known !== undefined) return known;
    const names = new Map<string, DeclarationNode>();
    this.#names.set(path, names);
    const file = this.files.get(path);
    if (file === undefined) return names;
    for (const item of file.node.items) {
      if (isDeclaration(item)) this.#add(names, item.name.text, item, item.name);
    }
    for (const use of file.uses) this.#bringIn(names, use.path, use.node.names);
    return names;
  }

  /** Every declaration of the kind, in whatever file. */
  all<K extends DeclarationNode['kind']>(
    kind: K,
  ): readonly Extract<DeclarationNode, { readonly kind: K }>[] {
    const items = [...this.files.values()].flatMap((file) => file.node.items);
    return items.filter(
      (item): item is Extract<DeclarationNode, { readonly kind: K }> => item.kind === kind,
    );
  }

  /** The names that mean a declaration of the kind where they stand. */
  namesOf(kind: DeclarationNode['kind'], at: { readonly file: string }): readonly string[] {
    const known = [...this.namesIn(at.file)].filter(([, declared]) => declared.kind === kind);
    return known.map(([name]) => name);
  }

  #bringIn(
    names: Map<string, DeclarationNode>,
    path: string,
    wanted: readonly NameNode[] | undefined,
  ): void {
    const offered = this.namesIn(path);
    if (wanted === undefined) {
      for (const [name, node] of offered) this.#add(names, name, node, node.name);
      return;
    }
    for (const name of wanted) {
      const node = offered.get(name.text);
      if (node !== undefined) this.#add(names, name.text, node, name);
      else if (this.files.has(path)) this.unknown('unknown-name', name, offered.keys());
      else this.#excused.add(`${name.span.file} ${name.text}`);
    }
  }

  #add(
    names: Map<string, DeclarationNode>,
    name: string,
    node: DeclarationNode,
    at: NameNode,
  ): void {
    const before = names.get(name);
    if (before === undefined) names.set(name, node);
    else if (before !== node) {
      this.reporter.report(
        'duplicate-name',
        at.span,
        { name },
        {
          related: [{ span: before.name.span, message: 'first declared here' }],
        },
      );
    }
  }

  /** Reports a name that nothing has, with what may have been meant. */
  unknown(
    code:
      | 'unknown-name'
      | 'unknown-type'
      | 'unknown-subject'
      | 'unknown-table'
      | 'unknown-constraint'
      | 'unknown-obligation'
      | 'unknown-reason'
      | 'unknown-function',
    name: { readonly text: string; readonly span: NameNode['span'] },
    candidates: Iterable<string>,
  ): void {
    if (this.#excused.has(`${name.span.file} ${name.text}`)) return;
    this.reporter.report(
      code,
      name.span,
      { name: name.text },
      { label: didYouMean(name.text, candidates) },
    );
  }
}

export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const near = suggest(name, candidates).map((candidate) => `\`${candidate}\``);
  return near.length === 0 ? undefined : `did you mean ${near.join(' or ')}?`;
}

function isDeclaration(item: { readonly kind: string }): item is DeclarationNode {
  return declarationKinds.includes(item.kind);
}
