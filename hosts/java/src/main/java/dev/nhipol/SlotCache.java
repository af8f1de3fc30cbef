package dev.nhipol;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Values by number, each in the one slot that its number has: callers choose among the numbers, so
 * what is kept must have an end. Threads share it without waiting for one another.
 */
final class SlotCache<T> {
  /** Slots, as a power of two. */
  private static final int BITS = 12;

  /** 2^64 by the golden ratio, which scatters numbers that follow each other. */
  private static final long SCATTER = 0x9E3779B97F4A7C15L;

  private record Kept<T>(long key, T value) {}

  private final AtomicReferenceArray<Kept<T>> slots = new AtomicReferenceArray<>(1 << BITS);

  /** Null: it is not kept. */
  T get(long key) {
    Kept<T> kept = slots.getAcquire(slot(key));
    return kept != null && kept.key == key ? kept.value : null;
  }

  void put(long key, T value) {
    slots.setRelease(slot(key), new Kept<>(key, value));
  }

  private static int slot(long key) {
    return (int) ((key * SCATTER) >>> (64 - BITS));
  }
}
