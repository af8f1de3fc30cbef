package dev.nhipol;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The deadline of one call of a module. A call that takes longer is interrupted: the code of a
 * module with a deadline checks for an interrupt at each call and each iteration of a loop. An
 * interrupt of the caller's thread from before the call is restored after it.
 */
final class Deadline {
  private final Thread caller = Thread.currentThread();
  private boolean hasEnded;
  private boolean isLate;

  /**
   * Makes the call, within the limit unless that is null. Throws what the call throws, and a
   * Failure if it was stopped.
   */
  static <T> T limit(Duration limit, Supplier<T> call) {
    if (limit == null) return call.get();
    boolean wasInterrupted = Thread.interrupted();
    Deadline deadline = new Deadline();
    long nanos = TimeUnit.NANOSECONDS.convert(limit);
    CompletableFuture<Void> alarm =
        new CompletableFuture<Void>().completeOnTimeout(null, nanos, TimeUnit.NANOSECONDS);
    var unused = alarm.thenRun(deadline::interrupt);
    try {
      return call.get();
    } catch (RuntimeException | Error failure) {
      if (!deadline.end()) throw failure;
      String expected = Contract.ENGINE_DEADLINE;
      throw new Failure(Failure.engineError(expected, Contract.ENGINE_NO_ANSWER));
    } finally {
      deadline.end();
      alarm.cancel(false);
      if (wasInterrupted) Thread.currentThread().interrupt();
    }
  }

  private synchronized void interrupt() {
    if (hasEnded) return;
    isLate = true;
    caller.interrupt();
  }

  /** Takes the interrupt back; returns whether there was one. */
  private synchronized boolean end() {
    if (isLate && !hasEnded) Thread.interrupted();
    hasEnded = true;
    return isLate;
  }
}
