// The operands for which a builtin on strings has a result that an automaton accepts.

import { type ApplyExpr, isInterpolation } from '@nhipol/language/model';
import type { Monitor } from '../automata/monitors.ts';
import { createAffixedPreimage, findFunctionPreimage } from '../automata/preimages.ts';

/** Turns monitors of results into monitors of operands, or `undefined` if the function has no preimages of this kind. */
export function createPreimage(apply: ApplyExpr): ((inner: Monitor) => Monitor) | undefined {
  const preimage = findFunctionPreimage(apply.builtin.name);
  if (preimage !== undefined) return preimage;
  const open = apply.args.flatMap(({ kind }, index) => (kind === 'Constant' ? [] : [index]));
  const [at, ...others] = open;
  if (!isInterpolation(apply) || at === undefined || others.length > 0) return undefined;
  const readText = (parts: ApplyExpr['args']) =>
    parts.map((part) => (part.kind === 'Constant' ? String(part.value) : '')).join('');
  const [before, after] = [apply.args.slice(0, at), apply.args.slice(at + 1)].map(readText);
  return (inner) => createAffixedPreimage(inner, before ?? '', after ?? '');
}
