package dev.nhipol;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * The module's cells as values: in a message, and as JSON carries them. A cell that holds what its
 * type does not allow throws.
 */
final class Cells {
  private static final int ADDRESS_BYTES = 16;

  private Cells() {}

  static boolean isPresent(LinearMemory memory, int cell) {
    return memory.u8(cell + Contract.CELL_PRESENT) != 0;
  }

  static boolean isKnown(LinearMemory memory, int cell) {
    return memory.u8(cell + Contract.CELL_KNOWN) != 0;
  }

  /** As a message prints it. */
  static String show(LinearMemory memory, int cell, Manifest.Type type) {
    return isKnown(memory, cell) ? show(type, read(memory, cell, type)) : "(unknown)";
  }

  /**
   * Boolean, Long, BigDecimal, String, or a List of these: durations in seconds, instants in RFC
   * 3339, enums by name, sets in order of code points.
   */
  static Object value(LinearMemory memory, int cell, Manifest.Type type) {
    if (!isKnown(memory, cell)) throw EngineFailure.misread(Contract.VIOLATION_UNKNOWN_VALUE);
    if (type.kind() != Manifest.Kind.SET) return value(type, read(memory, cell, type));
    List<Object> elements = new ArrayList<>();
    for (int each : elementsOf(memory, cell)) elements.add(read(memory, each, type.element()));
    elements.sort(Cells::compare);
    return elements.stream().map(each -> value(type.element(), each)).toList();
  }

  static String text(LinearMemory memory, int cell) {
    return memory.text(
        memory.readInt(cell + Contract.CELL_POINTER), memory.readInt(cell + Contract.CELL_LENGTH));
  }

  private static int[] elementsOf(LinearMemory memory, int cell) {
    int start = memory.readInt(cell + Contract.CELL_POINTER);
    int count = memory.readInt(cell + Contract.CELL_LENGTH);
    if (!memory.holds(start, (long) count * Contract.CELL_SIZE)) {
      throw EngineFailure.misread(Contract.VIOLATION_OUTSIDE_MEMORY);
    }
    int[] cells = new int[count];
    for (int at = 0; at < count; at += 1) cells[at] = start + at * Contract.CELL_SIZE;
    return cells;
  }

  /** Text, or a 64-bit integer, as the cell holds it. */
  private static Object read(LinearMemory memory, int cell, Manifest.Type type) {
    if (!isKnown(memory, cell)) throw EngineFailure.misread(Contract.VIOLATION_UNKNOWN_ELEMENT);
    return switch (type.kind()) {
      case SET -> throw EngineFailure.misread(Contract.VIOLATION_NESTED_SET);
      case STRING, SPIFFE_ID -> text(memory, cell);
      case IP -> Addresses.showIp(address(memory, cell, ADDRESS_BYTES, "an Ip"));
      case CIDR -> Addresses.showCidr(address(memory, cell, ADDRESS_BYTES + 1, "a Cidr"));
      default -> memory.readLong(cell);
    };
  }

  private static byte[] address(LinearMemory memory, int cell, int size, String what) {
    if (memory.readInt(cell + Contract.CELL_LENGTH) != size) {
      throw EngineFailure.misread(what + " that is not " + size + " bytes");
    }
    return memory.readBytes(memory.readInt(cell + Contract.CELL_POINTER), size);
  }

  private static Object value(Manifest.Type type, Object held) {
    if (!(held instanceof Long number)) return held;
    return switch (type.kind()) {
      case BOOL -> bool(number);
      case INT -> number;
      case DECIMAL -> new BigDecimal(Show.decimal(number));
      case DURATION -> seconds(number);
      default -> show(type, number);
    };
  }

  private static BigDecimal seconds(long milliseconds) {
    BigDecimal exact = BigDecimal.valueOf(milliseconds, 3).stripTrailingZeros();
    return exact.scale() < 0 ? exact.setScale(0) : exact;
  }

  private static String show(Manifest.Type type, Object held) {
    if (!(held instanceof Long number)) return held.toString();
    return switch (type.kind()) {
      case TIMESTAMP -> Show.instant(number);
      case DURATION -> Show.duration(number);
      case DECIMAL -> Show.decimal(number);
      case BOOL -> String.valueOf(bool(number));
      case ENUM -> memberOf(type.members(), number);
      default -> number.toString();
    };
  }

  private static boolean bool(long value) {
    if (value != 0 && value != 1) throw EngineFailure.misread(Contract.VIOLATION_INVALID_BOOL);
    return value == 1;
  }

  private static String memberOf(List<String> members, long place) {
    if (place < 0 || place >= members.size()) {
      throw EngineFailure.misread(Contract.VIOLATION_UNKNOWN_MEMBER);
    }
    return members.get((int) place);
  }

  private static int compare(Object a, Object b) {
    return a instanceof Long left && b instanceof Long right
        ? left.compareTo(right)
        : compareCodePoints(a.toString(), b.toString());
  }

  private static int compareCodePoints(String a, String b) {
    int[] left = a.codePoints().toArray();
    int[] right = b.codePoints().toArray();
    return java.util.Arrays.compare(left, right);
  }
}
