package dev.nhipol;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Instances that nobody asks right now. A thread looks first where it put one back last, so that
 * threads seldom meet; what finds no place is left to the garbage collector.
 */
final class InstancePool {
  private static final int PLACES = 32;

  /** So that places lie in cache lines of their own. */
  private static final int APART = 16;

  private final AtomicReferenceArray<ModuleInstance> slots =
      new AtomicReferenceArray<>(PLACES * APART);

  /** Null: there is none. */
  ModuleInstance take() {
    int start = start();
    for (int at = 0; at < PLACES; at += 1) {
      int slot = slot(start + at);
      if (slots.getOpaque(slot) == null) continue;
      ModuleInstance found = slots.getAndSet(slot, null);
      if (found != null) return found;
    }
    return null;
  }

  void give(ModuleInstance instance) {
    int start = start();
    for (int at = 0; at < PLACES; at += 1) {
      int slot = slot(start + at);
      if (slots.getOpaque(slot) == null && slots.compareAndSet(slot, null, instance)) return;
    }
  }

  private static int start() {
    return (int) Thread.currentThread().getId();
  }

  private static int slot(int place) {
    return (place & (PLACES - 1)) * APART;
  }
}
