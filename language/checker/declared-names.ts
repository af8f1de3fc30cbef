// Names of subject types, actions and resource types where a policy refers to them: in scopes, in patterns of
// events and in the requests of tests. Reports a name that no declaration has. An action or resource type may be
// anything in a policy that declares none of them.

import type { Extra } from '../diagnostics/diagnostics.ts';
import { replacing } from '../diagnostics/fix.ts';
import type { Span } from '../support/source.ts';
import { didYouMean, nearMisses, suggest } from '../support/suggest.ts';
import type { NameNode } from '../syntax/ast.ts';
import type { RecordType } from '../types/types.ts';
import type { Context } from './context.ts';
import { declaredHere } from './related.ts';
import type { Shapes } from './shapes.ts';

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

export function declaredNames(
  shapes: Pick<
    Shapes,
    'subjects' | 'actions' | 'resources' | `any${'Subject' | 'Action' | 'Resource'}`
  >,
  what: Named,
): Declared {
  if (what === 'subject') return { names: shapes.subjects, any: shapes.anySubject };
  return what === 'action'
    ? { names: shapes.actions, any: shapes.anyAction }
    : { names: shapes.resources, any: shapes.anyResource };
}

/** Reports each name of a scope or of a pattern of events that is not declared. */
export function checkNames(
  context: Context,
  shapes: Shapes,
  what: Named,
  names: readonly NameNode[] | undefined,
): void {
  if (context.isIncomplete) return;
  const { names: declared, any } = declaredNames(shapes, what);
  for (const name of names ?? []) {
    if (declared.has(name.text)) continue;
    if (any !== undefined) checkSpelling(context, shapes, what, name.text, name.span);
    else if (declared.size > 0 || what === 'subject') {
      const extra = meant(name.text, name.span, declared, suggest(name.text, declared.keys()));
      context.reporter.report(errors[what], name.span, { name: name.text }, extra);
    }
  }
}

/** Warns of a name that is most likely a misspelling of a declared one. */
export function checkSpelling(
  context: Pick<Context, 'reporter'>,
  shapes: Parameters<typeof declaredNames>[0],
  what: Named,
  name: string,
  span: Span,
): void {
  const { names } = declaredNames(shapes, what);
  if (names.has(name)) return;
  const near = nearMisses(name, names.keys());
  if (near.length === 0) return;
  const { fix: _, ...extra } = meant(name, span, names, near);
  context.reporter.report('undeclared-name', span, { what, name }, extra);
}

/** The fix is offered only where a single name is near enough to be certain. */
function meant(
  name: string,
  span: Span,
  declared: ReadonlyMap<string, RecordType>,
  near: readonly string[],
): Extra {
  const [first] = near;
  if (first === undefined) return {};
  const [certain, ...others] = nearMisses(name, declared.keys());
  const place = declared.get(first)?.span;
  const isWord = /^[A-Za-z_][A-Za-z0-9_]*$/;
  // The quotes that were written stay.
  const wasQuoted = span.end - span.start > name.length;
  const text = (to: string) => (isWord.test(to) && !wasQuoted ? to : JSON.stringify(to));
  return {
    label: didYouMean(near),
    related:
      place === undefined
        ? []
        : declaredHere(place).map((each) => ({
            ...each,
            message: `\`${first}\` is declared here`,
          })),
    ...(certain !== undefined && others.length === 0
      ? { fix: replacing(span, text(certain)) }
      : {}),
  };
}
