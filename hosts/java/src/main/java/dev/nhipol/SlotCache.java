package dev.nhipol;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Values by number, each in one of the few slots that its number has: callers choose among the
 * numbers, so what is kept must have an end. Threads share it without waiting for one another.
 */
final class SlotCache<T> {
  /** Slots, as a power of two. */
  private static final int BITS = 12;

  /** Slots that a number may take, which follow each other. */
  private static final int WAYS = 8;

  /** 2^64 by the golden ratio, which scatters numbers that follow each other. */
  private static final long SCATTER = 0x9E3779B97F4A7C15L;

  private record Kept<T>(long key, T value) {}

  private final AtomicReferenceArray<Kept<T>> slots = new AtomicReferenceArray<>(1 << BITS);

  /** Null: it is not kept. */
  T get(long key) {
    long first = key * SCATTER;
    for (int way = 0; way < WAYS; way += 1) {
      Kept<T> kept = slots.getAcquire(slot(first, way));
      if (kept == null) return null;
      if (kept.key == key) return kept.value;
    }
    return null;
  }

  void put(long key, T value) {
    long first = key * SCATTER;
    int way = 0;
    while (way < WAYS && slots.getAcquire(slot(first, way)) != null) way += 1;
    int chosen = way < WAYS ? way : (int) first & (WAYS - 1);
    slots.setRelease(slot(first, chosen), new Kept<>(key, value));
  }

  private static int slot(long first, int way) {
    return (int) ((first >>> (64 - BITS)) + way) & ((1 << BITS) - 1);
  }
}
