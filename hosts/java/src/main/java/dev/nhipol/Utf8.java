package dev.nhipol;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Text to UTF-8 and back, losing nothing: what cannot be written as UTF-8 stays recognisable as
 * such, so that a module refuses it.
 */
final class Utf8 {
  private Utf8() {}

  /** A lone surrogate becomes three bytes that are no UTF-8. */
  static byte[] bytesOf(String text) {
    if (isWellFormed(text)) return text.getBytes(StandardCharsets.UTF_8);
    byte[] bytes = new byte[text.length() * 3];
    int length = 0;
    for (int at = 0; at < text.length(); ) {
      int point = text.codePointAt(at);
      at += Character.charCount(point);
      length = put(bytes, length, point);
    }
    return Arrays.copyOf(bytes, length);
  }

  /** Writes a code point, and gives where the next goes. */
  static int put(byte[] bytes, int start, int point) {
    int at = start;
    if (point < 0x80) {
      bytes[at++] = (byte) point;
    } else if (point < 0x800) {
      bytes[at++] = (byte) (0xc0 | (point >> 6));
      bytes[at++] = (byte) (0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
      bytes[at++] = (byte) (0xe0 | (point >> 12));
      bytes[at++] = (byte) (0x80 | ((point >> 6) & 0x3f));
      bytes[at++] = (byte) (0x80 | (point & 0x3f));
    } else {
      bytes[at++] = (byte) (0xf0 | (point >> 18));
      bytes[at++] = (byte) (0x80 | ((point >> 12) & 0x3f));
      bytes[at++] = (byte) (0x80 | ((point >> 6) & 0x3f));
      bytes[at++] = (byte) (0x80 | (point & 0x3f));
    }
    return at;
  }

  /** Throws on invalid UTF-8. */
  static String textOf(byte[] bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8
        .newDecoder()
        .onMalformedInput(CodingErrorAction.REPORT)
        .onUnmappableCharacter(CodingErrorAction.REPORT)
        .decode(ByteBuffer.wrap(bytes))
        .toString();
  }

  /** Whether it has no lone surrogate. */
  static boolean isWellFormed(String text) {
    for (int at = 0; at < text.length(); at += 1) {
      char unit = text.charAt(at);
      if (!Character.isSurrogate(unit)) continue;
      boolean isPair =
          Character.isHighSurrogate(unit)
              && at + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(at + 1));
      if (!isPair) return false;
      at += 1;
    }
    return true;
  }
}
