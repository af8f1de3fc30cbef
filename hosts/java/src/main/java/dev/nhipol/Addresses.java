package dev.nhipol;

import java.util.StringJoiner;

/**
 * Addresses as text: RFC 5952, and a v4 address as a dotted quad. A module holds an Ip in 16 bytes,
 * v4 as {@code ::ffff:0:0/96}, and a Cidr with one more, how many of the 128 bits count.
 */
final class Addresses {
  private static final int GROUPS = 8;
  private static final int BITS = 128;
  private static final int BITS_BEFORE_V4 = 96;

  private Addresses() {}

  static String showIp(byte[] bytes) {
    return isV4(bytes) ? showQuad(bytes) : showGroups(bytes);
  }

  static String showCidr(byte[] bytes) {
    int bits = bytes[16] & 0xff;
    if (bits > BITS) throw EngineFailure.misread(Contract.VIOLATION_LONG_PREFIX);
    int length = isV4(bytes) ? bits - BITS_BEFORE_V4 : bits;
    if (length < 0) throw EngineFailure.misread(Contract.VIOLATION_UNKNOWN_CIDR);
    return showIp(bytes) + "/" + length;
  }

  private static boolean isV4(byte[] bytes) {
    for (int at = 0; at < 12; at += 1) {
      if (bytes[at] != (at < 10 ? 0 : (byte) 0xff)) return false;
    }
    return true;
  }

  private static String showQuad(byte[] bytes) {
    StringJoiner quad = new StringJoiner(".");
    for (int at = 12; at < 16; at += 1) quad.add(String.valueOf(bytes[at] & 0xff));
    return quad.toString();
  }

  /** The first of the longest runs of two or more groups of zero is left out. */
  private static String showGroups(byte[] bytes) {
    int[] groups = new int[GROUPS];
    for (int at = 0; at < GROUPS; at += 1) {
      groups[at] = (bytes[2 * at] & 0xff) << 8 | (bytes[2 * at + 1] & 0xff);
    }
    int start = 0;
    int length = 1;
    for (int from = 0; from < GROUPS; from += 1) {
      int end = from;
      while (end < GROUPS && groups[end] == 0) end += 1;
      if (end - from > length) {
        start = from;
        length = end - from;
      }
    }
    if (length < 2) return joined(groups, 0, GROUPS);
    return joined(groups, 0, start) + "::" + joined(groups, start + length, GROUPS);
  }

  private static String joined(int[] groups, int from, int to) {
    StringJoiner text = new StringJoiner(":");
    for (int at = from; at < to; at += 1) text.add(Integer.toHexString(groups[at]));
    return text.toString();
  }
}
