// Of what a rule asks for, its access request: one at most, where the instant of evaluation is known,
// and for a time that an answer can tell the end of. Goes out: what must hold for it to be made.

import type { Related } from '../diagnostics/diagnostics.ts';
import type { Demand, Expr } from '../model/model.ts';
import type { Span } from '../support/source.ts';
import type { Context } from './context.ts';
import { declaringTime } from './declared-time.ts';
import { intervalOf } from './intervals.ts';
import { lasting, withinConditions } from './ranges.ts';

/** undefined after a report. */
export function accessRequestConditions(
  context: Context,
  demands: readonly Demand[],
  hasTime: boolean,
): readonly Expr[] | undefined {
  const [request, second] = demands.filter(
    ({ obligation }) => obligation.type === 'access_request',
  );
  const lasts = request?.properties.find(({ name }) => name === 'expires_in')?.value;
  if (request === undefined || lasts === undefined) return [];
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
    const fix = declaringTime(context);
    context.reporter.report(
      'undeclared-time',
      request.span,
      { what: 'an access request' },
      { fix },
    );
    return undefined;
  }
  const { min, max } = intervalOf(lasts);
  if (max < lasting.min || min > lasting.max) {
    return report(lasts.span, 'an access request expires after 1 millisecond to 100 years');
  }
  return withinConditions(lasting, lasts);
}
