// Resolves the entries after `doing` and `on` of a scope or a pattern of events (names, sets of
// names and globs) to a list of names. A glob selects the declared names that it matches. If the
// policy declares `any`, a glob must also match undeclared names, because a rule that denies must
// not miss them: the result is then not a list but a condition that is evaluated for every request.

import type { Span } from '../../support/source.ts';
import type {
  BinaryNode,
  ExprNode,
  NameNode,
  NameSetNode,
  PatternNode,
  ReferenceNode,
  ScopeNameNode,
} from '../../syntax/ast.ts';
import type { Pattern } from '../../types/patterns/pattern.ts';
import type { Context } from '../context.ts';
import { checkNames, type EntityShapes, selectDeclared } from '../declared-names.ts';
import { reportCircle } from '../expressions/definitions.ts';
import { relateDeclaration } from '../related.ts';

/** The names that a scope or pattern selects. */
export interface GuardedNames {
  /** `undefined` for any name. */
  readonly names: readonly string[] | undefined;
  /** A condition on the name that must also be true. */
  readonly guard: ExprNode | undefined;
}

type What = 'action' | 'resource';

const any: GuardedNames = { names: undefined, guard: undefined };

/** `at` is the record from which the name is read: `event` in a pattern of events. */
export function scopeNames(
  context: Context,
  shapes: EntityShapes,
  what: What,
  entries: readonly ScopeNameNode[] | undefined,
  at?: 'event',
): GuardedNames {
  if (entries === undefined) return any;
  const { names, globs } = resolve(context, shapes, what, entries);
  if (globs.length === 0 || selectDeclared(shapes, what).any === undefined)
    return { names: [...names], guard: undefined };
  const selector = makeSelector(what, globs[0]?.node.span ?? entries[0]?.span, at);
  const conditions = [
    ...(names.size === 0 ? [] : [createNameTest(selector, [...names])]),
    ...globs.map(({ node }) => createMatching(selector, node)),
  ];
  return { names: undefined, guard: conditions.reduce(createEither) };
}

/**
 * The names in a set, or `undefined` if it also contains undeclared names, because of a glob next to
 * `any`.
 */
export function expandNameSet(
  context: Context,
  shapes: EntityShapes,
  node: NameSetNode,
): readonly string[] | undefined {
  const what = node.of === 'actions' ? 'action' : 'resource';
  const { names, globs } = resolve(context, shapes, what, node.entries, [node]);
  const isOpen = globs.length > 0 && selectDeclared(shapes, what).any !== undefined;
  return isOpen ? undefined : [...names];
}

export function checkNameSet(context: Context, shapes: EntityShapes, node: NameSetNode): void {
  const what = node.of === 'actions' ? 'action' : 'resource';
  expandNameSet(context, shapes, node);
  if (node.entries.length === 0)
    context.reporter.report('names-nothing', node.name.span, {
      what,
      name: `the set \`${node.name.text}\``,
    });
  const declared = selectDeclared(shapes, what).names.get(node.name.text);
  if (declared === undefined) return;
  const hidden = what === 'action' ? 'an action' : 'a resource type';
  const related = relateDeclaration(declared.span);
  context.reporter.report(
    'shadowed-name',
    node.name.span,
    { name: node.name.text, what: hidden },
    { related },
  );
}

interface Resolved {
  readonly names: Set<string>;
  readonly globs: { readonly node: PatternNode; readonly pattern: Pattern }[];
}

function resolve(
  context: Context,
  shapes: EntityShapes,
  what: What,
  entries: readonly ScopeNameNode[],
  path: readonly NameSetNode[] = [],
): Resolved {
  const found: Resolved = { names: new Set(), globs: [] };
  const plain: NameNode[] = [];
  for (const entry of entries) {
    if (entry.kind === 'Pattern') {
      addGlob(context, shapes, what, entry, found);
      continue;
    }
    const set = setNamed(context, entry);
    if (set === undefined) {
      plain.push(entry);
      found.names.add(entry.text);
    } else if (path.includes(set))
      reportCircle(context, fromFirst(path.slice(path.indexOf(set))), circleHelp);
    else if (set.of !== `${what}s`) {
      const related = relateDeclaration(set.name.span);
      const params = { name: entry.text, of: set.of, what };
      context.reporter.report('wrong-name-set', entry.span, params, { related });
    } else {
      const inner = resolve(context, shapes, what, set.entries, [...path, set]);
      for (const name of inner.names) found.names.add(name);
      found.globs.push(...inner.globs);
    }
  }
  checkNames(context, shapes, what, plain);
  return found;
}

const circleHelp = 'a set contains names, globs and other sets, but not itself';

/**
 * Rotates a circle so that it begins with the set that is declared first, wherever it was entered:
 * it is reported once.
 */
function fromFirst(circle: readonly NameSetNode[]): readonly NameSetNode[] {
  const key = ({ span }: NameSetNode) => `${span.file} ${String(span.start).padStart(12, '0')}`;
  const first = circle.reduce((earliest, set) => (key(set) < key(earliest) ? set : earliest));
  const index = circle.indexOf(first);
  return [...circle.slice(index), ...circle.slice(0, index)];
}

function setNamed(context: Context, { text, quoted, span }: NameNode): NameSetNode | undefined {
  const declared = quoted ? undefined : context.find(text, span.file);
  return declared?.kind === 'NameSet' ? declared : undefined;
}

function addGlob(
  context: Context,
  shapes: EntityShapes,
  what: What,
  node: PatternNode,
  found: Resolved,
): void {
  const { span, language } = node;
  if (language !== 'glob') {
    context.reporter.report(
      'names-nothing',
      span,
      { what, name: `a ${language}` },
      { help: 'a scope takes names and globs: `glob"fs.*"`' },
    );
    return;
  }
  const pattern = context.patterns.make(
    context.reporter,
    createMatching(makeSelector(what, span), node),
  );
  if (pattern === undefined) return;
  const matched = [...selectDeclared(shapes, what).names.keys()].filter((name) =>
    pattern.matches(name),
  );
  for (const name of matched) found.names.add(name);
  if (matched.length > 0) found.globs.push({ node, pattern });
  else if (!context.isIncomplete)
    context.reporter.report('names-nothing', span, { what, name: `\`glob"${node.text}"\`` });
}

// --- conditions ------------------------------------------------------------------------------------

function makeSelector(what: What, span: Span | undefined, at?: 'event'): ExprNode {
  const place = span ?? { file: '', start: 0, end: 0 };
  const access = (object: ExprNode, text: string): ExprNode => ({
    kind: 'Access',
    object,
    name: { kind: 'Name', text, quoted: false, span: place },
    span: place,
  });
  const reference = (name: string): ReferenceNode => ({ kind: 'Reference', name, span: place });
  const root = at === undefined ? reference(what) : access(reference(at), what);
  return access(root, what === 'action' ? 'name' : 'type');
}

function createMatching(operand: ExprNode, pattern: PatternNode) {
  const { span } = pattern;
  return {
    kind: 'Match',
    operand,
    negated: false,
    pattern,
    separator: undefined,
    ignoringCase: false,
    searches: false,
    span,
  } as const;
}

function createNameTest(selector: ExprNode, names: readonly string[]): ExprNode {
  const { span } = selector;
  const elements = names.map((value): ExprNode => ({ kind: 'String', value, span }));
  return createBinary('in', selector, { kind: 'Set', elements, span });
}

function createEither(left: ExprNode, right: ExprNode): ExprNode {
  return createBinary('or', left, right);
}

function createBinary(operator: BinaryNode['operator'], left: ExprNode, right: ExprNode): ExprNode {
  return { kind: 'Binary', operator, left, right, span: left.span };
}
