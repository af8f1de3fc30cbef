// Checks references to subject types, actions and resource types: in scopes, in patterns of events
// and in the requests of tests. Reports undeclared names. In a policy that declares no action or
// resource type, any name is valid.

import type { Extra } from '../diagnostics/diagnostics.ts';
import { proposeReplacement } from '../diagnostics/fix.ts';
import type { PolicyModel } from '../model/model.ts';
import type { Span } from '../support/source.ts';
import { didYouMean, findNearMisses, suggest } from '../support/suggest.ts';
import type { NameNode } from '../syntax/ast.ts';
import type { RecordType } from '../types/types.ts';
import type { Context } from './context.ts';
import { relateDeclaration } from './related.ts';

/** The parts of a request whose types or names a policy declares. */
export type Named = 'subject' | 'action' | 'resource';

const errors = {
  subject: 'unknown-subject',
  action: 'unknown-action',
  resource: 'unknown-resource',
} as const;

interface Declared {
  readonly names: ReadonlyMap<string, RecordType>;
  readonly any: RecordType | undefined;
}

/** The declarations of subjects, actions and resources. */
export type EntityShapes = Pick<
  PolicyModel,
  'subjects' | 'actions' | 'resources' | `any${'Subject' | 'Action' | 'Resource'}`
>;

export function selectDeclared(shapes: EntityShapes, what: Named): Declared {
  if (what === 'subject') return { names: shapes.subjects, any: shapes.anySubject };
  return what === 'action'
    ? { names: shapes.actions, any: shapes.anyAction }
    : { names: shapes.resources, any: shapes.anyResource };
}

/** Reports each undeclared name of a scope or of a pattern of events. */
export function checkNames(
  context: Context,
  shapes: EntityShapes,
  what: Named,
  names: readonly NameNode[] | undefined,
): void {
  if (context.isIncomplete) return;
  const { names: declared, any } = selectDeclared(shapes, what);
  for (const name of names ?? []) {
    if (declared.has(name.text)) continue;
    if (any !== undefined) checkSpelling(context, shapes, what, name.text, name.span);
    else if (declared.size > 0 || what === 'subject') {
      const extra = suggestDeclaredName(
        name.text,
        name.span,
        declared,
        suggest(name.text, declared.keys()),
      );
      context.reporter.report(errors[what], name.span, { name: name.text }, extra);
    }
  }
}

/** Warns of a name that is probably a misspelling of a declared one. */
export function checkSpelling(
  context: Pick<Context, 'reporter'>,
  shapes: EntityShapes,
  what: Named,
  name: string,
  span: Span,
): void {
  const { names } = selectDeclared(shapes, what);
  if (names.has(name)) return;
  const near = findNearMisses(name, names.keys());
  if (near.length === 0) return;
  const { fix: _, ...extra } = suggestDeclaredName(name, span, names, near);
  context.reporter.report('undeclared-name', span, { what, name }, extra);
}

/** Offers a fix only if a single name is similar enough to be certain. */
function suggestDeclaredName(
  name: string,
  span: Span,
  declared: ReadonlyMap<string, RecordType>,
  near: readonly string[],
): Extra {
  const [first] = near;
  if (first === undefined) return {};
  const [certain, ...others] = findNearMisses(name, declared.keys());
  const place = declared.get(first)?.span;
  const isWord = /^[A-Za-z_][A-Za-z0-9_]*$/;
  // Quotes stay if they were written.
  const wasQuoted = span.end - span.start > name.length;
  const text = (to: string) => (isWord.test(to) && !wasQuoted ? to : JSON.stringify(to));
  return {
    label: didYouMean(near),
    related:
      place === undefined
        ? []
        : relateDeclaration(place).map((each) => ({
            ...each,
            message: `\`${first}\` is declared here`,
          })),
    ...(certain !== undefined && others.length === 0
      ? { fix: proposeReplacement(span, text(certain)) }
      : {}),
  };
}
