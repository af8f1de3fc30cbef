package dev.nhipol;

import java.time.Duration;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Supplier;

/**
 * The deadline for the calls of one module instance, which run one at a time. A call that takes
 * longer is interrupted: the code of a module with a deadline looks for an interrupt at each call
 * and each turn of a loop. All deadlines are watched by one daemon thread, which is started with
 * the first of them. An interrupt that the caller's thread had before a call waits until after it.
 */
final class Deadline {
  private static final long TICK_MILLIS = 10;

  /** Weak, so that a deadline goes with its instance. */
  private static final Set<Deadline> ALL =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  private final long nanos;
  private Thread running;
  private long start;
  private boolean isLate;

  private Deadline(long nanos) {
    this.nanos = nanos;
  }

  /** {@code limit}: of each call; null for none, which gives null. */
  static Deadline of(Duration limit) {
    if (limit == null) return null;
    Deadline made = new Deadline(nanosOf(limit));
    Watcher.start();
    ALL.add(made);
    return made;
  }

  private static long nanosOf(Duration limit) {
    try {
      return limit.toNanos();
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE;
    }
  }

  /** Runs the call. Throws what the call throws, and an EngineFailure if it was stopped. */
  <T> T limit(Supplier<T> call) {
    boolean wasInterrupted = Thread.interrupted();
    begin();
    try {
      return call.get();
    } catch (RuntimeException | Error failure) {
      if (end()) throw EngineFailure.late();
      throw failure;
    } finally {
      end();
      if (wasInterrupted) Thread.currentThread().interrupt();
    }
  }

  private synchronized void begin() {
    isLate = false;
    start = System.nanoTime();
    running = Thread.currentThread();
  }

  /** Whether the call was interrupted by its deadline; the interrupt is then taken back, once. */
  private synchronized boolean end() {
    if (running == null) return false;
    running = null;
    if (isLate) Thread.interrupted();
    return isLate;
  }

  private synchronized void look(long now) {
    if (running == null || isLate || now - start < nanos) return;
    isLate = true;
    running.interrupt();
  }

  /** Looks at all deadlines at each tick, for as long as the process. */
  private static final class Watcher {
    static {
      Thread watcher = new Thread(Watcher::watch, "nhipol-deadline");
      watcher.setDaemon(true);
      watcher.start();
    }

    /** Initializes the class, which happens once. */
    static void start() {}

    private static void watch() {
      while (true) {
        try {
          Thread.sleep(TICK_MILLIS);
        } catch (InterruptedException e) {
          // Nobody else has this thread, and it has nothing to end for.
          continue;
        }
        Deadline[] all = ALL.toArray(Deadline[]::new);
        long now = System.nanoTime();
        for (Deadline each : all) if (each != null) each.look(now);
      }
    }
  }
}
