// Checks the access request of a rule: there is at most one, the instant of evaluation is known,
// and the time until it expires is in range. Returns the conditions under which it can be made.

import type { Related } from '../../diagnostics/diagnostics.ts';
import type { Demand, Expr } from '../../model/model.ts';
import type { Span } from '../../support/source.ts';
import type { Context } from '../context.ts';
import { addTimeDeclaration } from '../declarations/declared-time.ts';
import { buildWithinConditions, lasting } from '../declarations/ranges.ts';
import { inferInterval } from '../expressions/intervals.ts';

/** Returns undefined after a report. */
export function buildAccessRequestConditions(
  context: Context,
  demands: readonly Demand[],
  hasTime: boolean,
): readonly Expr[] | undefined {
  const [request, second] = demands.filter(
    ({ obligation }) => obligation.type === 'access_request',
  );
  const expiresIn = request?.properties.find(({ name }) => name === 'expires_in')?.value;
  if (request === undefined || expiresIn === undefined) return [];
  const report = (span: Span, why: string, related: readonly Related[] = []): undefined => {
    context.reporter.report('bad-access-request', span, { why }, { related });
    return undefined;
  };
  if (second !== undefined) {
    return report(second.span, 'a rule can have only one access request', [
      { span: request.span, message: 'the first' },
    ]);
  }
  if (!hasTime) {
    const fix = addTimeDeclaration(context);
    context.reporter.report(
      'undeclared-time',
      request.span,
      { what: 'an access request' },
      { fix },
    );
    return undefined;
  }
  const { min, max } = inferInterval(expiresIn);
  if (max < lasting.min || min > lasting.max) {
    return report(expiresIn.span, 'an access request expires after 1 millisecond to 100 years');
  }
  return buildWithinConditions(lasting, expiresIn);
}
