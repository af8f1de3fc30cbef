// Reports the result of a score: its conditions with their counts, the two sums, and the bands that
// they reach.

import type { Score } from '../model/model.ts';
import { sumOf } from './downgrades.ts';
import type { ScoreAccount } from './explanation.ts';
import type { View } from './view.ts';

export function accountOf(score: Score, view: View): ScoreAccount {
  const certain = sumOf(score, view, (value) => value === true);
  const possible = sumOf(score, view, (value) => value !== false);
  return {
    name: score.name,
    at: view.spot(score.span),
    certain: String(certain),
    possible: String(possible),
    conditions: score.conditions.map(({ id, weight, condition, span }) => ({
      id,
      counts: String(weight),
      value: view.verdict(condition),
      at: view.spot(span),
    })),
    bands: score.bands.map(({ from, effect }) => ({
      from: String(from),
      effect,
      reached: from <= certain ? 'certainly' : from <= possible ? 'possibly' : 'not',
    })),
  };
}
