// Reports the result of a score: its conditions with their counts, the two sums, and the bands that
// they reach.

import type { Score } from '../model/model.ts';
import { sumWeights } from './downgrades.ts';
import type { ScoreAccount } from './explanation.ts';
import type { EvaluationView } from './view.ts';

export function explainScore(score: Score, view: EvaluationView): ScoreAccount {
  const certain = sumWeights(score, view, (value) => value === true);
  const possible = sumWeights(score, view, (value) => value !== false);
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
