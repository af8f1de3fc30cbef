// Keeps the values of secret members out of answers: out of their texts and values, and out of the instant
// at which they end.

import type { Related } from '../../diagnostics/diagnostics.ts';
import type { Expr } from '../../model/model.ts';
import { listOperands } from '../../model/operands.ts';
import { collectRevealedExprs, findSecret } from '../../model/secrets.ts';
import type { Member } from '../../types/types.ts';
import type { Context } from '../context.ts';

/** Reports a value of an answer that a secret member would be part of. `where`: the part of the answer. */
export function withoutSecrets(context: Context, expr: Expr, where: string): Expr | undefined {
  const secret = findSecret(expr);
  if (secret === undefined) return expr;
  const { name } = secret;
  context.reporter.report('secret-in-answer', expr.span, { name, where }, relateSecret(secret));
  return undefined;
}

/**
 * Reports a secret that is combined with the time of evaluation: an answer ends at the instant when such a
 * condition changes, and would reveal the secret.
 */
export function withoutSecretEdge(context: Context, expr: Expr): Expr | undefined {
  const parts = [...collectRevealedExprs(listOperands(expr))];
  const readsClock =
    expr.kind === 'Age' || parts.some(({ kind }) => kind === 'Now' || kind === 'Age');
  const secret = readsClock ? findFirstSecret(listOperands(expr)) : undefined;
  if (secret === undefined) return expr;
  context.reporter.report(
    'secret-with-time',
    expr.span,
    { name: secret.name },
    relateSecret(secret),
  );
  return undefined;
}

function findFirstSecret(exprs: readonly Expr[]): Member | undefined {
  return exprs.map(findSecret).find((secret) => secret !== undefined);
}

function relateSecret({ name, span }: Member): { readonly related: readonly Related[] } {
  return { related: [{ span, message: `\`${name}\` is declared \`secret\` here` }] };
}
