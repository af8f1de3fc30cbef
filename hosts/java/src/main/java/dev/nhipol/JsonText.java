package dev.nhipol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** JSON text as it grows, in UTF-8: texts, and what is ASCII as it is. */
final class JsonText {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  /** Of ASCII, what JSON writes as it is. */
  private static final boolean[] PLAIN = new boolean[0x80];

  static {
    Arrays.fill(PLAIN, ' ', PLAIN.length, true);
    PLAIN['"'] = false;
    PLAIN['\\'] = false;
  }

  private static final int USUAL_BYTES = 1024;

  /** More than a request that a module reads takes is let go. */
  private static final int MOST_KEPT_BYTES = 8 * Contract.MAX_REQUEST_BYTES;

  private byte[] bytes = new byte[USUAL_BYTES];
  private int length;

  void clear() {
    length = 0;
    if (bytes.length > MOST_KEPT_BYTES) bytes = new byte[USUAL_BYTES];
  }

  int length() {
    return length;
  }

  /** Good until the next writing. */
  byte[] bytes() {
    return bytes;
  }

  byte[] copy() {
    return Arrays.copyOf(bytes, length);
  }

  String text() {
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  /** A lone surrogate is written as an escape, so that the module refuses it. */
  void string(String text) {
    int count = text.length();
    room(2 + 6 * count);
    bytes[length++] = '"';
    int plain = plain(text);
    length += plain;
    if (plain < count) special(text, plain);
    bytes[length++] = '"';
  }

  /** Writes what JSON writes as it is, as far as the text begins with it; gives how much. */
  private int plain(String text) {
    byte[] to = bytes;
    int start = length;
    int count = text.length();
    for (int at = 0; at < count; at += 1) {
      char unit = text.charAt(at);
      if (unit >= PLAIN.length || !PLAIN[unit]) return at;
      to[start + at] = (byte) unit;
    }
    return count;
  }

  private void special(String text, int start) {
    for (int at = start; at < text.length(); at += 1) {
      char unit = text.charAt(at);
      if (unit < PLAIN.length) {
        if (PLAIN[unit]) bytes[length++] = (byte) unit;
        else escape(unit);
      } else if (!Character.isSurrogate(unit)) {
        length = Utf8.put(bytes, length, unit);
      } else {
        int point = Character.codePointAt(text, at);
        if (point == unit) {
          unicode(unit);
        } else {
          length = Utf8.put(bytes, length, point);
          at += 1;
        }
      }
    }
  }

  private void escape(char unit) {
    char letter =
        switch (unit) {
          case '\b' -> 'b';
          case '\t' -> 't';
          case '\n' -> 'n';
          case '\f' -> 'f';
          case '\r' -> 'r';
          case '"', '\\' -> unit;
          default -> 'u';
        };
    if (letter == 'u') {
      unicode(unit);
    } else {
      bytes[length++] = '\\';
      bytes[length++] = (byte) letter;
    }
  }

  private void unicode(char unit) {
    bytes[length++] = '\\';
    bytes[length++] = 'u';
    for (int shift = 12; shift >= 0; shift -= 4) bytes[length++] = HEX[unit >> shift & 0xf];
  }

  void ascii(String text) {
    int count = text.length();
    room(count);
    for (int at = 0; at < count; at += 1) bytes[length + at] = (byte) text.charAt(at);
    length += count;
  }

  void put(char letter) {
    room(1);
    bytes[length++] = (byte) letter;
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }

  void put(byte[] more) {
    room(more.length);
    System.arraycopy(more, 0, bytes, length, more.length);
    length += more.length;
  }
}
