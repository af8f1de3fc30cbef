// The entry point of the checker: takes sources, and returns the checked model with names resolved
// and every expression typed, and all diagnostics. It opens no files, but names those that it still
// needs.

import { Context, isDeclaration } from './checker/context.ts';
import { Declarations } from './checker/declarations.ts';
import { Invariants } from './checker/invariants.ts';
import { type Loaded, type Loading, load, tableFiles } from './checker/load.ts';
import { Reasons } from './checker/reasons.ts';
import { Requests } from './checker/requests.ts';
import { checkGroup } from './checker/rules.ts';
import { checkNameSet } from './checker/scope-names.ts';
import { checkDeclaredName } from './checker/shadowing.ts';
import { collectShapes } from './checker/shapes.ts';
import { checkExternalNames } from './checker/tables.ts';
import { checkTest } from './checker/tests.ts';
import { checkUses } from './checker/uses.ts';
import { type Diagnostic, hasErrors, inOrder, Reporter } from './diagnostics/diagnostics.ts';
import { warn } from './lint/lint.ts';
import { silence } from './lint/suppress.ts';
import { isInterpolation } from './model/interpolation.ts';
import type { Invariant, Policy, PolicyTest, Rule, Score } from './model/model.ts';
import { unmeasured } from './support/measure.ts';
import { relativePath, type SourceMap } from './support/source.ts';
import type { PolicyHeaderNode } from './syntax/ast.ts';
import { isVocabulary, shownPath } from './vocabulary/vocabulary.ts';

/** Conflicts among constraints are the bits of one 64-bit word. */
const constraintLimit = 64;
/** Each placeholder is at most one string of the request, so that all of them take 16 MiB. */
const obligationPlaceholders = 4_000;

/** The result of a check. */
export interface Checked {
  /** Undefined if there are errors. */
  readonly policy: Policy | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** Files that the policy names and that are not in `sources`: read them and check again. */
  readonly wanted: readonly string[];
}

/** Checks the policy with the entry file `entry`; `sources` maps paths to sources. */
export function check(
  entry: string,
  sources: SourceMap,
  loading: Loading = { parsed: new Map(), measure: unmeasured },
): Checked {
  const { measure, withoutWarnings = false } = loading;
  const reporter = new Reporter();
  const loaded = load(entry, sources, reporter, loading);
  const policy = measure('check', () => checkLoaded(entry, loaded, sources, reporter, loading));
  const found = reporter.diagnostics;
  const isDone = withoutWarnings || hasErrors(found);
  const diagnostics = isDone ? found : measure('warn', () => withoutSilenced(loaded, found));
  return {
    policy: hasErrors(diagnostics) ? undefined : policy,
    diagnostics,
    wanted: loaded.wanted,
  };
}

/** Removes the silenced warnings, and adds what is wrong with the comments that silence them. */
function withoutSilenced({ files }: Loaded, found: readonly Diagnostic[]): readonly Diagnostic[] {
  const own = new Reporter();
  const remaining = silence(found, files.values(), own);
  return inOrder([...remaining, ...own.diagnostics]);
}

function checkLoaded(
  entry: string,
  loaded: Loaded,
  sources: SourceMap,
  reporter: Reporter,
  { measure, withoutWarnings = false, unreadable }: Loading,
): Policy | undefined {
  const context = new Context(reporter, loaded.files, sources, unreadable);
  const declarations = new Declarations(context);
  const files = [...loaded.files.values()];
  if (!checkUses(context, entry)) return undefined;
  for (const file of files) {
    context.namesIn(file.path);
    for (const item of file.node.items) {
      if (isDeclaration(item)) checkDeclaredName(context, item);
    }
  }
  const header = findHeader(entry, loaded, reporter);
  const shapes = collectShapes(context, declarations.types);
  declarations.know(shapes);
  const reasons = new Reasons(context);
  const requests = new Requests(context, shapes);
  const claims = new Invariants(context, declarations, shapes, reasons);
  declarations.functions.setShapes(shapes, { file: entry, start: 0, end: 0 });
  const rules: Rule[] = [];
  const scores: Score[] = [];
  const invariants: Invariant[] = [];
  const tests: PolicyTest[] = [];
  const policyName = header?.name.text ?? '';
  for (const file of files) {
    for (const item of file.node.items) {
      if (item.kind === 'Enum') declarations.types.enum(item);
      if (item.kind === 'Record') declarations.types.resolve(recordReference(item));
      if (item.kind === 'Const') declarations.constant(item, item.span);
      if (item.kind === 'Table') declarations.table(item);
      if (item.kind === 'Constraint') declarations.constraint(item);
      if (item.kind === 'Window') declarations.window(item);
      if (item.kind === 'Obligation') declarations.obligation(item);
      if (!file.included) continue;
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
      if (item.kind === 'Fixture') requests.fixture(item);
      if (item.kind === 'Test') {
        for (const test of checkTest(context, declarations, requests, reasons, item, policyName)) {
          tests.push(test);
        }
      }
    }
  }
  checkPlaceholders(context, rules);
  checkExternalNames(context, declarations.tables);
  const { constraints } = declarations;
  const firstExcess = constraints[constraintLimit];
  if (firstExcess !== undefined) {
    reporter.report('too-many', firstExcess.span, { what: 'constraints', limit: constraintLimit });
  }
  if (header === undefined) return undefined;
  const policy: Policy = {
    name: header.name.text,
    version: header.version?.value ?? '0.0.0',
    span: header.name.span,
    enums: declarations.types.enums,
    ...shapes,
    tables: declarations.tables,
    contents: new Map(),
    constraints,
    obligations: declarations.obligations,
    rules,
    scores,
    invariants,
    tests,
    sources: [
      ...files.map(({ path, text }) => ({ path, text, isTable: false })),
      ...[...new Set(files.flatMap(tableFiles))].map((path) => ({
        path,
        text: sources.get(path) ?? '',
        isTable: true,
      })),
    ]
      .map((source) => ({ ...source, name: nameOf(entry, source.path) }))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
  if (!withoutWarnings && !hasErrors(reporter.diagnostics)) {
    const namesIn = (path: string) => context.namesIn(path);
    measure('warn', () => warn({ policy, entry, files: loaded.files, namesIn }, reporter));
  }
  return policy;
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

/** The name that answers and manifests show for a file. */
function nameOf(entry: string, path: string): string {
  return isVocabulary(path) ? shownPath(path) : relativePath(entry, path);
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
function recordReference(
  item: import('./syntax/ast.ts').RecordNode,
): import('./syntax/ast.ts').TypeNode {
  return {
    kind: 'NamedType',
    name: item.name,
    inSeconds: false,
    range: undefined,
    span: item.name.span,
  };
}
