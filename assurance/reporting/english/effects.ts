// Effects in words: what they do and when they fire.

import type { Expr } from '@nhipol/language/model';
import type { MergeRule } from '@nhipol/language/syntax';
import type { EffectName } from '@nhipol/runtime/abi';
import type { Phrase } from '../pages/phrase.ts';
import { say } from '../pages/phrase.ts';

/** Returns the end of a rule's sentence: what it does if its condition is unknown. */
export function describeUnknownEffect(effect: EffectName, skips: boolean): string {
  if (effect === 'permit') return 'only if this is certain';
  if (skips) return 'not if this is unknown';
  if (effect === 'revoke') return 'if this is unknown, it denies and the session continues';
  return 'also if this is unknown';
}

export function describeFiring(effect: EffectName, skips: boolean, condition: Expr): string {
  if (effect === 'permit' || skips || !mayBeUnknown(condition)) return 'true';
  return effect === 'revoke' ? 'true; denies on unknown' : 'true or unknown';
}

export const effectMeanings: readonly (readonly [effect: EffectName, meaning: string])[] = [
  ['revoke', 'the action must not proceed, and the session ends'],
  ['deny', 'the action must not proceed now'],
  ['challenge', 'the action must not proceed before a step-up, a new attestation or an approval'],
  ['narrow', 'the action may proceed within constraints'],
  ['permit', 'the action may proceed'],
];

/** Returns the start of a rule's sentence. */
export function describeEffect(effect: EffectName, scope: Phrase): Phrase {
  switch (effect) {
    case 'permit':
      return say`Permit ${scope}`;
    case 'narrow':
      return say`Narrow ${scope}`;
    case 'challenge':
      return say`Challenge ${scope}`;
    case 'deny':
      return say`Deny ${scope}`;
    case 'revoke':
      return say`Deny ${scope} and end the session`;
  }
}

export const mergeWords: Readonly<Record<MergeRule, string>> = {
  limits: 'the tightest value applies; a request that exceeds it is denied',
  'smallest wins': 'the smallest value applies',
  'largest wins': 'the largest value applies',
  intersects: 'the intersection applies; if it is empty, the request is denied',
  'must agree': 'all values must be equal; if they differ, the request is denied',
};

/** Whether a condition can be unknown, according to its form. */
export function mayBeUnknown(expr: Expr): boolean {
  switch (expr.kind) {
    case 'Constant':
    case 'Known':
    case 'Presence':
      return false;
    case 'And':
    case 'Or':
      return expr.operands.some(mayBeUnknown);
    case 'Not':
      return mayBeUnknown(expr.operand);
    case 'Binding':
      return mayBeUnknown(expr.binding.value);
    default:
      expr.kind satisfies
        | ('Read' | 'Selector' | 'Now' | 'Variable' | 'Lookup' | 'Apply' | 'Compare')
        | ('Age' | 'InWindow' | 'Calendar' | 'Quantifier' | 'Aggregate' | 'If')
        | ('Else' | 'Set' | 'History');
      return true;
  }
}
