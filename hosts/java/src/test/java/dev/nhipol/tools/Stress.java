package dev.nhipol.tools;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Decides in several threads, and checks each answer. Memory is the heap after a collection, after
 * a tenth of the decisions and at the end; it includes that of the modules.
 */
final class Stress {
  private static final int SHARE = 1000;

  private final Workload workload;
  private final int decisions;
  private final int threads;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger disagreements = new AtomicInteger();
  private long afterWarmUp;
  private long atEnd;

  Stress(Workload workload, int decisions, int threads) {
    this.workload = workload;
    this.decisions = decisions;
    this.threads = threads;
  }

  void run() throws InterruptedException {
    decideUpTo(decisions / 10);
    afterWarmUp = heapBytes();
    decideUpTo(decisions);
    atEnd = heapBytes();
  }

  int disagreements() {
    return disagreements.get();
  }

  Map<String, Object> result() {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("decisions", next.get());
    result.put("threads", threads);
    result.put("disagreements", disagreements());
    result.put("memory", List.of(afterWarmUp, atEnd));
    return result;
  }

  private void decideUpTo(int end) throws InterruptedException {
    List<Thread> running = new ArrayList<>();
    for (int at = 0; at < threads; at += 1) {
      Thread thread = new Thread(() -> decideShares(end));
      thread.start();
      running.add(thread);
    }
    for (Thread thread : running) thread.join();
    next.set(end);
  }

  private void decideShares(int end) {
    for (int start = next.getAndAdd(SHARE); start < end; start = next.getAndAdd(SHARE)) {
      for (int at = start; at < Math.min(start + SHARE, end); at += 1) {
        int index = at % workload.size();
        var answer =
            at % 2 == 0
                ? workload.policy().decideJson(workload.texts().get(index))
                : workload.policy().decide(workload.values().get(index));
        if (!workload.isExpected(index, answer)) disagreements.incrementAndGet();
      }
    }
  }

  private static long heapBytes() {
    Runtime runtime = Runtime.getRuntime();
    for (int at = 0; at < 3; at += 1) System.gc();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
