package dev.nhipol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SlotCacheTest {
  @Test
  void keepsSomeOfAnyNumberOfValues() {
    SlotCache<Long> cache = new SlotCache<>();
    assertNull(cache.get(7));
    int found = 0;
    for (long key = 0; key < 100_000; key += 1) {
      cache.put(key, key);
      assertEquals(key, cache.get(key));
    }
    for (long key = 0; key < 100_000; key += 1) {
      Long kept = cache.get(key);
      if (kept == null) continue;
      assertEquals(key, kept);
      found += 1;
    }
    assertTrue(found > 2000 && found <= 4096, "kept " + found);
  }
}
