// Measures how the time of a computation grows with the size of its input, as a ratio that a busy machine
// hardly changes.

const rounds = 5;
const attempts = 4;

/**
 * The time for `factor * size` divided by the time for `size`: about `factor` for linear growth, and its
 * square for quadratic growth. The result is a median of alternating rounds; because a busy machine can
 * slow some down, a ratio of `max` or more is measured again, a few times. `make` prepares an input, and
 * returns the function to measure.
 */
export function growth(
  make: (size: number) => () => void,
  size: number,
  factor: number,
  max: number,
): number {
  const [small, large] = [make(size), make(size * factor)];
  const repeats = countRepeats(small);
  const measureTimes = () => {
    const times = Array.from({ length: rounds }, () => [
      measureElapsed(small, repeats * factor) / factor,
      measureElapsed(large, repeats),
    ]);
    const median = (which: 0 | 1) =>
      times.map((pair) => pair[which] ?? 0).sort((a, b) => a - b)[rounds >> 1] ?? 0;
    return median(1) / median(0);
  };
  let minimum = measureTimes();
  for (let left = attempts; left > 1 && minimum >= max; left -= 1) {
    minimum = Math.min(minimum, measureTimes());
  }
  return minimum;
}

/** Enough repetitions for the resolution of the clock. */
function countRepeats(run: () => void): number {
  let repeats = 1;
  while (measureElapsed(run, repeats) < 0.5 && repeats < 1 << 16) repeats *= 2;
  return repeats;
}

function measureElapsed(run: () => void, repeats: number): number {
  const start = performance.now();
  for (let left = repeats; left > 0; left -= 1) run();
  return performance.now() - start;
}
