// Checks the loaded files of a policy, and returns the model if the policy has a header. It has one stage
// for each kind of declaration, and each stage uses only what earlier stages declared:
//
//   uses → declared names → header → shapes → declarations → rules → tests → limits → policy

import { hasErrors, type Reporter } from '../diagnostics/diagnostics.ts';
import { isInterpolation } from '../model/interpolation.ts';
import type {
  Invariant,
  PolicyModel,
  PolicySource,
  PolicyTest,
  Rule,
  Score,
} from '../model/model.ts';
import { formatRelativePath, type SourceMap } from '../support/source.ts';
import type { ItemNode, PolicyHeaderNode, RecordNode, TypeNode } from '../syntax/ast.ts';
import { displayPath, isVocabulary } from '../vocabulary/vocabulary.ts';
import { Context, isDeclaration, type VisibleNames } from './context.ts';
import { DeclarationChecker } from './declarations/declaration-checker.ts';
import { collectShapes, type Shapes } from './declarations/shapes.ts';
import { checkExternalNames } from './declarations/tables.ts';
import { type Loaded, type LoadedFile, listTableFiles, type UnreadableFile } from './load.ts';
import type { Notes } from './notes.ts';
import { InvariantChecker } from './rules/invariants.ts';
import { Reasons } from './rules/reasons.ts';
import { checkGroup } from './rules/rules.ts';
import { checkNameSet } from './rules/scope-names.ts';
import { checkDeclaredName } from './shadowing.ts';
import { Requests } from './tests/requests.ts';
import { checkTest } from './tests/tests.ts';
import { checkUses } from './uses.ts';

/** Conflicts among constraints are the bits of one 64-bit word. */
const constraintLimit = 64;
/** Each placeholder is at most one string of the request, so that all of them take 16 MiB. */
const obligationPlaceholders = 4_000;

export interface Program {
  readonly entry: string;
  readonly loaded: Loaded;
  readonly sources: SourceMap;
  readonly reporter: Reporter;
  readonly unreadable: ReadonlyMap<string, UnreadableFile> | undefined;
  readonly notes: Notes | undefined;
}

export interface CheckedProgram {
  /** `undefined` if a file or the header is missing, which is reported. There may be errors otherwise, too. */
  readonly policy: PolicyModel | undefined;
  /** Resolves the names of a file. */
  readonly namesIn: (path: string) => VisibleNames;
}

export function checkProgram({
  entry,
  loaded,
  sources,
  reporter,
  unreadable,
  notes,
}: Program): CheckedProgram {
  const context = new Context(reporter, loaded.files, sources, { unreadable, notes });
  const findNames = (path: string) => context.listVisibleNames(path);
  const declarations = new DeclarationChecker(context);
  const files = [...loaded.files.values()];
  if (!checkUses(context, entry)) return { policy: undefined, namesIn: findNames };
  checkDeclaredNames(context, files);
  const header = findHeader(entry, loaded, reporter);
  const shapes = collectShapes(context, declarations.types);
  declarations.setShapes(shapes, { file: entry, start: 0, end: 0 });
  declareItems(declarations, files);
  const checking = { context, declarations, shapes, files, reasons: new Reasons(context) };
  const rules = checkRules(checking);
  const tests = checkTests(checking, header?.name.text ?? '');
  checkLimits(context, declarations, rules.rules);
  checkExternalNames(context, declarations.tables);
  if (header === undefined) return { policy: undefined, namesIn: findNames };
  const { constraints, obligations, tables, types } = declarations;
  const policy: PolicyModel = {
    name: header.name.text,
    version: header.version?.value ?? '0.0.0',
    span: header.name.span,
    enums: types.enums,
    ...shapes,
    tables,
    contents: new Map(),
    constraints,
    obligations,
    ...rules,
    tests,
    sources: listSources(entry, files, sources),
  };
  return { policy, namesIn: findNames };
}

function checkDeclaredNames(context: Context, files: readonly LoadedFile[]): void {
  for (const file of files) {
    context.listVisibleNames(file.path);
    for (const item of file.node.items) {
      if (isDeclaration(item)) checkDeclaredName(context, item);
    }
  }
}

/** Checks what rules refer to, also in files of which the policy only imports names. */
function declareItems(declarations: DeclarationChecker, files: readonly LoadedFile[]): void {
  for (const { node } of files) {
    for (const item of node.items) {
      if (item.kind === 'Enum') declarations.types.enum(item);
      if (item.kind === 'Record') declarations.types.resolve(recordReference(item));
      if (item.kind === 'Const') declarations.constant(item, item.span);
      if (item.kind === 'Table') declarations.table(item);
      if (item.kind === 'Constraint') declarations.constraint(item);
      if (item.kind === 'Window') declarations.window(item);
      if (item.kind === 'Obligation') declarations.obligation(item);
    }
  }
}

/** The input of the stages after the declarations. */
interface Checking {
  readonly context: Context;
  readonly declarations: DeclarationChecker;
  readonly shapes: Shapes;
  readonly reasons: Reasons;
  readonly files: readonly LoadedFile[];
}

function checkRules({
  context,
  declarations,
  shapes,
  reasons,
  files,
}: Checking): Pick<PolicyModel, 'rules' | 'scores' | 'invariants'> {
  const claims = new InvariantChecker(context, declarations, shapes, reasons);
  const rules: Rule[] = [];
  const scores: Score[] = [];
  const invariants: Invariant[] = [];
  for (const item of listIncludedItems(files)) {
    if (item.kind === 'NameSet') checkNameSet(context, shapes, item);
    if (item.kind === 'Function' || item.kind === 'Let') declarations.functions.prepare(item);
    if (item.kind === 'Group') {
      const checked = checkGroup(context, declarations, shapes, item);
      rules.push(...checked.rules);
      scores.push(...checked.scores);
    }
    if (item.kind === 'Invariant') {
      const invariant = claims.check(item);
      if (invariant !== undefined) invariants.push(invariant);
    }
  }
  return { rules, scores, invariants };
}

function checkTests(
  { context, declarations, shapes, reasons, files }: Checking,
  policyName: string,
): readonly PolicyTest[] {
  const requests = new Requests(context, shapes);
  const tests: PolicyTest[] = [];
  for (const item of listIncludedItems(files)) {
    if (item.kind === 'Fixture') requests.fixture(item);
    if (item.kind === 'Test') {
      tests.push(...checkTest(context, declarations, requests, reasons, item, policyName));
    }
  }
  return tests;
}

function listIncludedItems(files: readonly LoadedFile[]): readonly ItemNode[] {
  return files.filter(({ included }) => included).flatMap(({ node }) => node.items);
}

function checkLimits(
  context: Context,
  { constraints }: DeclarationChecker,
  rules: readonly Rule[],
): void {
  checkPlaceholders(context, rules);
  const firstExcess = constraints[constraintLimit];
  if (firstExcess === undefined) return;
  const params = { what: 'constraints', limit: constraintLimit };
  context.reporter.report('too-many', firstExcess.span, params);
}

/** A module reserves memory for the strings of which obligations consist. */
function checkPlaceholders({ reporter }: Context, rules: readonly Rule[]): void {
  let remaining = obligationPlaceholders;
  for (const { demands } of rules) {
    for (const { properties } of demands) {
      for (const { value } of properties) {
        if (!isInterpolation(value)) continue;
        remaining -= value.args.length;
        if (remaining >= 0) continue;
        const what = 'parts of strings with placeholders in obligations';
        reporter.report('too-many', value.span, { what, limit: obligationPlaceholders });
        return;
      }
    }
  }
}

function listSources(
  entry: string,
  files: readonly LoadedFile[],
  sources: SourceMap,
): readonly PolicySource[] {
  const tables = [...new Set(files.flatMap(listTableFiles))];
  return [
    ...files.map(({ path, text }) => ({ path, text, isTable: false })),
    ...tables.map((path) => ({ path, text: sources.get(path) ?? '', isTable: true })),
  ]
    .map((source) => ({ ...source, name: nameSource(entry, source.path) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The name that answers and manifests show for a file. */
function nameSource(entry: string, path: string): string {
  return isVocabulary(path) ? displayPath(path) : formatRelativePath(entry, path);
}

function findHeader(
  entry: string,
  loaded: Loaded,
  reporter: Reporter,
): PolicyHeaderNode | undefined {
  const file = loaded.files.get(entry);
  const headers = file?.node.items.filter((item) => item.kind === 'PolicyHeader') ?? [];
  const [header, second] = headers;
  if (second !== undefined)
    reporter.report('duplicate-name', second.name.span, { name: second.name.text });
  if (header === undefined && file !== undefined && !hasErrors(reporter.diagnostics)) {
    reporter.report(
      'missing-policy',
      { file: entry, start: 0, end: Math.min(1, file.text.length) },
      { file: entry },
    );
  }
  return header;
}

/** A record is checked through a reference to its name, so that recursion is found. */
function recordReference(item: RecordNode): TypeNode {
  return {
    kind: 'NamedType',
    name: item.name,
    inSeconds: false,
    range: undefined,
    span: item.name.span,
  };
}
