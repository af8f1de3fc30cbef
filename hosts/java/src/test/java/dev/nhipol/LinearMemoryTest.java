package dev.nhipol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import run.endive.wasm.types.MemoryLimits;

class LinearMemoryTest {
  private final LinearMemory memory = new LinearMemory(new MemoryLimits(1, 2));

  @Test
  void growsUpToItsLimitAndKeepsItsContents() {
    memory.writeLong(8, -2);
    assertEquals(1, memory.grow(1));
    assertEquals(-1, memory.grow(1));
    assertEquals(-1, memory.grow(-1));
    assertEquals(2, memory.pages());
    assertEquals(-2, memory.readLong(8));
  }

  @Test
  void refusesAddressesOutside() {
    assertThrows(IndexOutOfBoundsException.class, () -> memory.readInt(65_533));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.readLong(-1));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.writeByte(65_536, (byte) 0));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.readBytes(65_535, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.fill((byte) 1, 65_535, 65_537));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.copy(65_535, 0, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.write(65_535, new byte[2], 0, 2));
  }
}
