package dev.nhipol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import run.endive.runtime.ConstantEvaluators;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;
import run.endive.wasm.types.ActiveDataSegment;
import run.endive.wasm.types.DataSegment;
import run.endive.wasm.types.MemoryLimits;
import run.endive.wasm.types.PassiveDataSegment;

/**
 * The memory of a module as one array; that of the engine consists of pages and is slower. Every
 * access is checked by the array itself, and throws an IndexOutOfBoundsException outside of it.
 */
@SuppressWarnings("removal")
final class LinearMemory implements Memory {
  private static final VarHandle SHORTS = view(short[].class);
  private static final VarHandle INTS = view(int[].class);
  private static final VarHandle LONGS = view(long[].class);
  private static final VarHandle FLOATS = view(float[].class);
  private static final VarHandle DOUBLES = view(double[].class);

  private final MemoryLimits limits;
  private byte[] bytes;
  private DataSegment[] segments = {};

  LinearMemory(MemoryLimits limits) {
    this.limits = limits;
    bytes = new byte[limits.initialPages() * PAGE_SIZE];
  }

  private static VarHandle view(Class<?> array) {
    return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.LITTLE_ENDIAN);
  }

  boolean holds(int address, long size) {
    return address >= 0 && address + size <= bytes.length;
  }

  boolean startsWith(int address, byte[] start) {
    return holds(address, start.length)
        && Arrays.equals(bytes, address, address + start.length, start, 0, start.length);
  }

  @Override
  public int pages() {
    return bytes.length / PAGE_SIZE;
  }

  /** Also -1 if the heap has no room: a module can continue without. */
  @Override
  public int grow(int more) {
    int before = pages();
    long after = (long) before + more;
    if (more < 0 || after > maximumPages()) return -1;
    try {
      bytes = Arrays.copyOf(bytes, (int) after * PAGE_SIZE);
      return before;
    } catch (OutOfMemoryError e) {
      return -1;
    }
  }

  @Override
  public int initialPages() {
    return limits.initialPages();
  }

  @Override
  public int maximumPages() {
    return Math.min(limits.maximumPages(), RUNTIME_MAX_PAGES);
  }

  @Override
  public void initialize(Instance instance, DataSegment[] dataSegments) {
    if (dataSegments == null) return;
    segments = dataSegments.clone();
    for (DataSegment each : segments) {
      if (!(each instanceof ActiveDataSegment active)) continue;
      long[] offset =
          ConstantEvaluators.computeConstantValue(instance, active.offsetInstructions());
      write((int) offset[0], active.data(), 0, active.data().length);
    }
  }

  @Override
  public void initPassiveSegment(int segment, int destination, int offset, int size) {
    write(destination, segments[segment].data(), offset, size);
  }

  @Override
  public void drop(int segment) {
    segments[segment] = PassiveDataSegment.EMPTY;
  }

  @Override
  public void zero() {
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public void fill(byte value, int from, int to) {
    Arrays.fill(bytes, from, to, value);
  }

  @Override
  public void copy(int destination, int source, int size) {
    System.arraycopy(bytes, source, bytes, destination, size);
  }

  @Override
  public void write(int address, byte[] data, int offset, int size) {
    System.arraycopy(data, offset, bytes, address, size);
  }

  @Override
  public byte[] readBytes(int address, int length) {
    byte[] copy = new byte[length];
    System.arraycopy(bytes, address, copy, 0, length);
    return copy;
  }

  @Override
  public byte read(int address) {
    return bytes[address];
  }

  @Override
  public void writeByte(int address, byte value) {
    bytes[address] = value;
  }

  @Override
  public short readShort(int address) {
    return (short) SHORTS.get(bytes, address);
  }

  @Override
  public long readU16(int address) {
    return readShort(address) & 0xffff;
  }

  @Override
  public void writeShort(int address, short value) {
    SHORTS.set(bytes, address, value);
  }

  @Override
  public int readInt(int address) {
    return (int) INTS.get(bytes, address);
  }

  @Override
  public void writeI32(int address, int value) {
    INTS.set(bytes, address, value);
  }

  @Override
  public long readLong(int address) {
    return (long) LONGS.get(bytes, address);
  }

  @Override
  public void writeLong(int address, long value) {
    LONGS.set(bytes, address, value);
  }

  @Override
  public float readFloat(int address) {
    return (float) FLOATS.get(bytes, address);
  }

  @Override
  public long readF32(int address) {
    return readInt(address);
  }

  @Override
  public void writeF32(int address, float value) {
    FLOATS.set(bytes, address, value);
  }

  @Override
  public double readDouble(int address) {
    return (double) DOUBLES.get(bytes, address);
  }

  @Override
  public long readF64(int address) {
    return readLong(address);
  }

  @Override
  public void writeF64(int address, double value) {
    DOUBLES.set(bytes, address, value);
  }

  @Override
  public boolean shared() {
    return false;
  }

  @Override
  public Object lock(int address) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int waitOn(int address, int expected, long timeout) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int waitOn(int address, long expected, long timeout) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int notify(int address, int maxThreads) {
    throw new UnsupportedOperationException();
  }
}
