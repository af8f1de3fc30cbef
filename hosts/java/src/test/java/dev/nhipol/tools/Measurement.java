package dev.nhipol.tools;

import com.sun.management.ThreadMXBean;
import dev.nhipol.Answer;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;

/** Measures decisions: from bytes in memory, and from values, to an answer. */
final class Measurement {
  private static final int ROUNDS = 21;

  /** Minimum duration of a round. */
  private static final long ROUND_NANOSECONDS = 100_000_000;

  private static final long WARM_UP_NANOSECONDS = 5_000_000_000L;

  private final Workload workload;

  /** Changed by every result, so that no decision is optimized away. */
  private int seen;

  Measurement(Workload workload) {
    this.workload = workload;
  }

  Map<String, Object> result() {
    IntFunction<Answer> json = index -> workload.policy().decideJson(workload.texts().get(index));
    IntFunction<Answer> values = index -> workload.policy().decide(workload.values().get(index));
    check("JSON", json);
    check("values", values);
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("json", median(json));
    long allocated = allocated(json);
    result.put("native", median(values));
    result.put(
        "response", median(index -> workload.policy().decideResponse(workload.texts().get(index))));
    result.put("allocations", null);
    result.put("allocated_bytes", allocated);
    System.err.println("answers seen: " + seen);
    return result;
  }

  private void check(String way, IntFunction<Answer> decide) {
    for (int at = 0; at < workload.size(); at += 1) {
      Answer answer = decide.apply(at);
      if (workload.isExpected(at, answer)) continue;
      System.err.printf(
          "%s: request %d: expected %s, answered %s%n",
          way, at, workload.effects().get(at), answer.toAuthZenJson());
      System.exit(1);
    }
  }

  /** Nanoseconds per decision. */
  private double median(IntFunction<?> decide) {
    long start = System.nanoTime();
    int passes = 0;
    while (System.nanoTime() - start < WARM_UP_NANOSECONDS) {
      pass(decide);
      passes += 1;
    }
    double[] rounds = new double[ROUNDS];
    int perRound = (int) Math.max(1, passes * ROUND_NANOSECONDS / WARM_UP_NANOSECONDS);
    for (int round = 0; round < ROUNDS; round += 1) {
      long before = System.nanoTime();
      for (int pass = 0; pass < perRound; pass += 1) pass(decide);
      rounds[round] = (System.nanoTime() - before) / ((double) perRound * workload.size());
    }
    Arrays.sort(rounds);
    System.err.printf("rounds from %.0f to %.0f ns%n", rounds[0], rounds[ROUNDS - 1]);
    return Math.round(rounds[ROUNDS / 2] * 10) / 10.0;
  }

  private void pass(IntFunction<?> decide) {
    for (int at = 0; at < workload.size(); at += 1) {
      if (decide.apply(at) != null) seen += 1;
    }
  }

  /** Bytes per decision. */
  private long allocated(IntFunction<Answer> decide) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    for (int round = 0; round < ROUNDS; round += 1) pass(decide);
    long after = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    return Math.round((after - before) / ((double) ROUNDS * workload.size()));
  }
}
