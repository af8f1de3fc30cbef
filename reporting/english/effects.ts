// What effects do, and on what they fire, in words.

import type { EffectName } from '@nhipol/runtime/abi';
import type { Expr, MergeRule } from '../../language/index.ts';
import type { Phrase } from '../pages/phrase.ts';
import { say } from '../pages/phrase.ts';

/** What a rule's condition being unknown leads to, as the end of its sentence. */
export function unknownWords(effect: EffectName, skips: boolean): string {
  if (effect === 'permit') return 'only when that is certain';
  if (skips) return "stays silent when that can't be told";
  if (effect === 'revoke') return "when that can't be told, it denies and the session goes on";
  return "also when that can't be told";
}

export function firesOn(effect: EffectName, skips: boolean, condition: Expr): string {
  if (effect === 'permit' || skips || !mayBeUnknown(condition)) return 'true';
  return effect === 'revoke' ? 'true; on unknown as deny' : 'true or unknown';
}

export const effectMeanings: readonly (readonly [effect: EffectName, meaning: string])[] = [
  ['revoke', 'not this action, and the session ends'],
  ['deny', 'not this action, now'],
  ['challenge', 'not yet: a step-up, a new attestation or an approval is needed'],
  ['narrow', 'the action may proceed within constraints'],
  ['permit', 'the action may proceed'],
];

/** Begins a rule's sentence. */
export function effectWords(effect: EffectName, scope: Phrase): Phrase {
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
  limits: 'the tightest counts; a request beyond it is denied',
  'smallest wins': 'the smallest counts',
  'largest wins': 'the largest counts',
  intersects: 'what all have in common counts; if that is nothing, they deny',
  'must agree': 'all must set the same; if they differ, they deny',
};

/** Whether a condition may come out unknown, as far as its form tells. */
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
      return true;
  }
}
