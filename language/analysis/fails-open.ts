// Rules by which something that is missing loosens an answer: where a rule opts out of what is
// unknown, some permit covers the request, and no other rule restricts for what is missing.

import type { Related } from '../diagnostics.ts';
import type { Expr, ReadExpr, Scope } from '../model.ts';
import { everyExpr } from '../operands.ts';
import { pathOf } from '../reads.ts';
import type { Span } from '../source.ts';
import { type Analysis, othersLimit, restrictingIn, shown } from './analysis.ts';
import type { Claim } from './assumptions.ts';
import { isAround, type Judged, partsOf } from './judged.ts';
import { type Givens, type OptOut, optOutsOf } from './opt-outs.ts';
import { combinationsOf, overlap } from './scopes.ts';
import { isTrue } from './worth.ts';

export function warnOfOpenings(
  analysis: Analysis,
  dead: ReadonlySet<Judged>,
  givens: Givens,
): void {
  for (const judged of analysis.judged) {
    if (dead.has(judged)) continue;
    for (const optOut of optOutsOf(judged, analysis.reasoning, givens)) {
      const others = analysis.readers.ofAny(optOut.paths)?.filter((other) => other !== judged);
      if (others === undefined) continue;
      const missing: Missing = { judged, optOut, others };
      const opening =
        judged.effect === 'permit'
          ? openingOf(analysis, missing, judged, [], judged.scope)
          : besideSomePermit(analysis, missing);
      if (opening !== undefined) report(analysis, judged, optOut, opening);
    }
  }
}

interface Opening {
  readonly permit: Judged;
  /** One name for each that rules are chosen by. */
  readonly combination: Scope;
}

/** A rule, what it opts out of, and the other rules that read that. */
interface Missing {
  readonly judged: Judged;
  readonly optOut: OptOut;
  readonly others: readonly Judged[];
}

function besideSomePermit(analysis: Analysis, missing: Missing): Opening | undefined {
  const { judged, optOut } = missing;
  const own: readonly Claim[] = [
    ...partsOf(judged.condition)
      .filter((part) => !speaksOf(part, optOut))
      .map((expr) => ({ expr, wanted: judged.fires })),
    { expr: judged.condition, wanted: judged.silent },
  ];
  for (const permit of analysis.permitsBy.meeting(judged.scope, othersLimit).found) {
    const scope = overlap(judged.scope, permit.scope);
    const opening = scope && openingOf(analysis, missing, permit, own, scope);
    if (opening !== undefined) return opening;
  }
  return undefined;
}

/** Whether a part of a rule's condition reads what is missing. */
function speaksOf(part: Expr, { paths }: OptOut): boolean {
  return [...everyExpr([part])].some((expr) => {
    const own =
      expr.kind === 'Read' ? pathOf(expr) : expr.kind === 'History' ? expr.term.text : undefined;
    return own !== undefined && [...paths].some((path) => isAround(path, own));
  });
}

/** Where the permit stands, `own` holds, and nothing restricts for what is missing. */
function openingOf(
  { clusters }: Analysis,
  { optOut, others }: Missing,
  permit: Judged,
  own: readonly Claim[],
  scope: Scope,
): Opening | undefined {
  for (const combination of combinationsOf(scope)) {
    const watching = restrictingIn(combination, others);
    if (watching === undefined) continue;
    const claims = [
      ...optOut.missing,
      { expr: permit.condition, wanted: isTrue },
      ...own,
      ...watching.map(({ condition, silent }) => ({ expr: condition, wanted: silent })),
    ];
    if (clusters.holding(combination, claims) === 'maybe') return { permit, combination };
  }
  return undefined;
}

function report(
  { reporter }: Analysis,
  judged: Judged,
  { path, read, lack, span, label }: OptOut,
  { permit, combination }: Opening,
): void {
  const permits = judged === permit;
  const action = combination.actions?.[0];
  const where = action === undefined ? '' : ` for \`${action}\``;
  const does = permits ? 'stands' : 'stays silent';
  const related: readonly Related[] = [
    ...(permits ? [] : [{ span: permit.span, message: 'this permit covers it' }]),
    ...(isOutside(span, judged)
      ? [{ span: judged.span, message: 'the rule that it is about' }]
      : []),
  ];
  const lacking = `no other rule${where} fires ${lack === 'absent' ? 'on its absence' : 'where it is unknown'}`;
  reporter.report(
    'fails-open',
    span,
    { what: judged.what, does, path, lack },
    {
      label: label === undefined ? lacking : `${label}, and ${lacking}`,
      help: permits ? undefined : helpFor(read, path),
      related: shown(related),
    },
  );
}

/** Whether it stands before the rule, in what surrounds it. */
function isOutside(span: Span, { span: own }: Judged): boolean {
  return span.file !== own.file || span.start < own.start;
}

function helpFor(read: ReadExpr | undefined, path: string): string | undefined {
  if (path.startsWith('last('))
    return 'ask whether there was such an event with `once(…)`, which is unknown without a session and so restricts';
  const name = read?.members.at(-1)?.name;
  if (name === undefined || !/^[a-z_]\w*$/.test(name)) return undefined;
  return `use \`given ${name} = ${path} { … } otherwise { … }\`, or a rule for what is missing`;
}
