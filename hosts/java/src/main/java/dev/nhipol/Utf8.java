package dev.nhipol;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Converts strings to UTF-8 and back without hiding that either is invalid. */
final class Utf8 {
  private Utf8() {}

  /** A lone surrogate becomes three bytes that are not valid UTF-8, so that a module refuses it. */
  static byte[] bytesOf(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (new String(bytes, StandardCharsets.UTF_8).equals(text)) return bytes;
    ByteArrayOutputStream exact = new ByteArrayOutputStream();
    for (int point : text.codePoints().toArray()) {
      if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
        exact.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
      } else {
        exact.write(0xe0 | (point >> 12));
        exact.write(0x80 | ((point >> 6) & 0x3f));
        exact.write(0x80 | (point & 0x3f));
      }
    }
    return exact.toByteArray();
  }

  /** Throws a Failure for invalid UTF-8, which a module must not write. */
  static String textOf(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    // The decoder replaces invalid bytes; a replacement character that was written stays the same.
    if (text.indexOf('\ufffd') < 0 || Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes))
      return text;
    throw Failure.misread(Contract.VIOLATION_INVALID_UTF_8);
  }
}
