package dev.nhipol;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The instances of a module, up to a maximum; each is used by one thread at a time. A thread looks
 * first where it returned an instance last, so that threads seldom meet.
 */
final class InstancePool {
  /** Elements from one slot to the next, so that each is in a cache line of its own. */
  private static final int STRIDE = 16;

  private static final long WAIT_NANOSECONDS = 20_000;

  private final int max;
  private final int mask;
  private final Supplier<ModuleInstance> factory;
  private final AtomicReferenceArray<ModuleInstance> slots;
  private final AtomicInteger count = new AtomicInteger();

  InstancePool(int max, Supplier<ModuleInstance> factory) {
    this.max = max;
    this.factory = factory;
    mask = Integer.highestOneBit(2 * max - 1) - 1;
    slots = new AtomicReferenceArray<>((mask + 1) * STRIDE);
  }

  /** Calls an instance; waits if all are used. One that throws is dropped. */
  <T> T use(Function<ModuleInstance, T> action) {
    ModuleInstance instance = take();
    try {
      if (instance == null) instance = factory.get();
      T result = action.apply(instance);
      // There are at least as many slots as instances.
      for (int at = start(); !slots.compareAndSet(slot(at), null, instance); at += 1) {}
      return result;
    } catch (RuntimeException | Error failure) {
      count.decrementAndGet();
      throw failure;
    }
  }

  /** Null: the caller must create an instance. */
  private ModuleInstance take() {
    while (true) {
      int start = start();
      for (int at = start; at <= start + mask; at += 1) {
        int slot = slot(at);
        if (slots.getOpaque(slot) == null) continue;
        ModuleInstance found = slots.getAndSet(slot, null);
        if (found != null) return found;
      }
      if (count.incrementAndGet() <= max) return null;
      count.decrementAndGet();
      LockSupport.parkNanos(this, WAIT_NANOSECONDS);
    }
  }

  private static int start() {
    return (int) Thread.currentThread().getId() & 0xffff;
  }

  private int slot(int at) {
    return (at & mask) * STRIDE;
  }
}
