// Warns of names that are declared or imported but not used. Declarations are reported only in
// files with rules and in the entry file: a file of declarations may serve other policies, too.

import type { DeclarationNode, VisibleNames } from '../../checker/context.ts';
import { isDeclaration } from '../../checker/context.ts';
import type { LoadedFile } from '../../checker/load.ts';
import type { Reporter } from '../../diagnostics/diagnostics.ts';
import type { AstNode, GroupItemNode, LetNode, NameNode, ScopeNameNode } from '../../syntax/ast.ts';
import { visit, visitBlocks } from '../../syntax/visit.ts';
import { isVocabulary } from '../../vocabulary/vocabulary.ts';

/** `namesIn` resolves the names of a file. */
export function warnUnused(
  files: ReadonlyMap<string, LoadedFile>,
  entry: string,
  namesIn: (path: string) => VisibleNames,
  reporter: Reporter,
): void {
  const usedBy = new Map(
    [...files.values()].map((file) => [file.path, collectUses(file, namesIn)]),
  );
  const used = new Set([...usedBy.values()].flatMap((declared) => [...declared]));
  const signals = new Set([...files.values()].flatMap(listUsedSignals));
  for (const file of files.values()) {
    const groups = file.node.items.some((item) => item.kind === 'Group');
    if (!file.included || isVocabulary(file.path)) continue;
    if (groups || file.path === entry) {
      warnOfDeclared(file, used, reporter);
      warnOfSignals(file, signals, reporter);
    }
    warnOfImports(file, files, usedBy, namesIn(file.path), reporter);
    warnOfLets(file, reporter);
  }
}

// --- declarations ----------------------------------------------------------------------------------

const descriptions: Readonly<
  Record<DeclarationNode['kind'], readonly [what: string, how: string]>
> = {
  Enum: ['enum', 'never used'],
  Record: ['record', 'never used'],
  Const: ['constant', 'never used'],
  Table: ['table', 'never looked up'],
  Constraint: ['constraint', 'not set by any `narrow`'],
  Function: ['function', 'never called'],
  Let: ['`let`', 'never used'],
  Window: ['window', 'never used'],
  Obligation: ['obligation', 'not used by any rule'],
  Fixture: ['fixture', 'not used by any test'],
  NameSet: ['set of names', 'never used'],
};

function warnOfDeclared(
  { node }: LoadedFile,
  used: ReadonlySet<DeclarationNode>,
  reporter: Reporter,
): void {
  for (const item of node.items) {
    if (!isDeclaration(item) || used.has(item)) continue;
    const [noun, how] = descriptions[item.kind];
    const what = item.kind === 'Function' && item.result === undefined ? 'predicate' : noun;
    reporter.report('unused', item.name.span, { what, name: item.name.text, how });
  }
}

/** The signals that rules use. */
function listUsedSignals({ node }: LoadedFile): readonly string[] {
  const usedSignals: string[] = [];
  visit(node, (astNode) => {
    if (astNode.kind === 'EventPattern' && astNode.signal !== undefined)
      usedSignals.push(astNode.signal.value);
    return astNode.kind !== 'Test';
  });
  return usedSignals;
}

/**
 * A policy may take a whole record of signals and use only some of them, so only inline members are
 * reported.
 */
function warnOfSignals({ node }: LoadedFile, used: ReadonlySet<string>, reporter: Reporter): void {
  for (const item of node.items) {
    if (item.kind !== 'Signals' || item.type.kind !== 'RecordType') continue;
    for (const { name } of item.type.members) {
      if (used.has(name.text)) continue;
      const how = 'not used by any rule';
      reporter.report('unused', name.span, { what: item.of, name: name.text, how });
    }
  }
}

/** The declarations that a file uses, apart from importing them. */
function collectUses(
  file: LoadedFile,
  namesIn: (path: string) => VisibleNames,
): ReadonlySet<DeclarationNode> {
  const names = namesIn(file.path);
  const uses = new Set<DeclarationNode>();
  if (names.size === 0) return uses;
  for (const item of file.node.items) {
    if (item.kind === 'Use') continue;
    visit(item, (node) => {
      for (const name of listReferencedNames(node)) {
        const declared = names.get(name);
        if (declared !== undefined && declared !== item) uses.add(declared);
      }
      // Expectations of a test do not set a constraint or add an obligation.
      return node.kind !== 'Step' && node.kind !== 'Each';
    });
  }
  return uses;
}

function listReferencedNames(node: AstNode): readonly string[] {
  switch (node.kind) {
    case 'NamedType':
      return [node.name.text];
    case 'Reference':
      return [node.name];
    case 'Lookup':
      return [node.table.text];
    case 'Call':
      return [node.callee.text];
    case 'Demand':
      return [node.name.text];
    case 'Group':
    case 'Invariant':
    case 'EventPattern':
      return [...(node.actions ?? []), ...(node.resources ?? [])].flatMap(listBareNames);
    case 'NameSet':
      return node.entries.flatMap(listBareNames);
    case 'Fixture':
    case 'Test':
      return node.request.kind === 'Name' ? [node.request.text] : [];
    case 'Rule':
    case 'Band':
      return node.settings.map(({ name }) => name.text);
    default:
      return [];
  }
}

/** A name that may refer to a set. */
function listBareNames(name: ScopeNameNode): readonly string[] {
  return name.kind === 'Name' && !name.quoted ? [name.text] : [];
}

// --- imported names ------------------------------------------------------------------------------

/** A name may also be imported for files that use this one. */
function warnOfImports(
  file: LoadedFile,
  files: ReadonlyMap<string, LoadedFile>,
  usedBy: ReadonlyMap<string, ReadonlySet<DeclarationNode>>,
  names: VisibleNames,
  reporter: Reporter,
): void {
  const users = listUsers(file.path, files);
  for (const { node } of file.uses) {
    for (const name of node.names ?? []) {
      const declared = names.get(name.text);
      if (declared === undefined || users.some((path) => usedBy.get(path)?.has(declared))) continue;
      const what = 'name';
      reporter.report('unused', name.span, {
        what,
        name: name.text,
        how: 'imported but not used',
      });
    }
  }
}

/** A file and all files that use it, directly or not. */
function listUsers(path: string, files: ReadonlyMap<string, LoadedFile>): readonly string[] {
  const found = new Set([path]);
  for (const used of found) {
    for (const file of files.values()) {
      if (file.uses.some((use) => use.path === used)) found.add(file.path);
    }
  }
  return [...found];
}

// --- names of groups and rules ---------------------------------------------------------------------

function warnOfLets({ node }: LoadedFile, reporter: Reporter): void {
  visitBlocks(node, ({ items }) => {
    warnOfItems(items, reporter);
    for (const item of items) if (item.kind === 'Rule') warnOfWhere(item.where, item, reporter);
  });
}

/** Goes from the last item to the first, so that the references after each are known. */
function warnOfItems(items: readonly GroupItemNode[], reporter: Reporter): void {
  if (!items.some(({ kind }) => kind === 'Let')) return;
  const usedLater = new Set<string>();
  for (const item of [...items].reverse()) {
    if (item.kind === 'Let' && !usedLater.has(item.name.text)) reportLet(item.name, reporter);
    addReferences(item, usedLater);
  }
}

function warnOfWhere(where: readonly LetNode[], rule: AstNode, reporter: Reporter): void {
  if (where.length === 0) return;
  const names = new Set<string>();
  addReferences(rule, names);
  for (const { name } of where) {
    if (!names.has(name.text)) reportLet(name, reporter);
  }
}

function reportLet(name: NameNode, reporter: Reporter): void {
  const [what, how] = descriptions.Let;
  reporter.report('unused', name.span, { what, name: name.text, how });
}

function addReferences(root: AstNode, names: Set<string>): void {
  visit(root, (node) => {
    if (node.kind === 'Reference') names.add(node.name);
    return undefined;
  });
}
