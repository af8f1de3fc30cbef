package dev.nhipol.peers;

import java.util.Arrays;
import java.util.List;

/** Times an engine in rounds of about the same duration for all engines. */
final class Timing {
  private static final long WARM_UP_NANOSECONDS = 5_000_000_000L;
  private static final long ROUND_NANOSECONDS = 200_000_000L;

  private final Engine engine;
  private final List<byte[]> requests;
  private final double[] rounds;
  private int perRound = 1;
  private int next;

  /** The number of permits, so that no decision can be optimized away. */
  private int allowed;

  Timing(Engine engine, List<byte[]> requests, int rounds) {
    this.engine = engine;
    this.requests = requests;
    this.rounds = new double[rounds];
  }

  /** Also determines the requests per round. A round continues where the last one ended. */
  void warmUp() throws Exception {
    long start = System.nanoTime();
    long decisions = 0;
    long before = start;
    long now = start;
    while (now - start < WARM_UP_NANOSECONDS) {
      before = now;
      decisions = decide(decisions == 0 ? 1 : (int) Math.min(2 * decisions, requests.size()));
      now = System.nanoTime();
    }
    perRound = (int) Math.max(1, decisions * ROUND_NANOSECONDS / (now - before));
  }

  void round(int at) throws Exception {
    long start = System.nanoTime();
    int decisions = decide(perRound);
    rounds[at] = (System.nanoTime() - start) / (double) decisions;
  }

  private int decide(int count) throws Exception {
    for (int at = 0; at < count; at += 1) {
      if (engine.allows(requests.get(next))) allowed += 1;
      next = next + 1 < requests.size() ? next + 1 : 0;
    }
    return count;
  }

  int allowed() {
    return allowed;
  }

  /** The quantile of the rounds, in nanoseconds per decision. */
  double quantile(double part) {
    double[] sorted = rounds.clone();
    Arrays.sort(sorted);
    return Math.round(sorted[(int) Math.round(part * (sorted.length - 1))] * 10) / 10.0;
  }
}
