package dev.nhipol;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Instants, durations and Decimals as messages print them, the same in every host. */
final class Show {
  private static final long MILLION = 1_000_000;

  /** The first and the last instant that RFC 3339 can write, in milliseconds since the epoch. */
  private static final long FIRST_INSTANT = -62_167_219_200_000L;

  private static final long LAST_INSTANT = 253_402_300_799_999L;

  private static final DateTimeFormatter RFC_3339 =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final long[] UNIT_SIZES = {86_400_000, 3_600_000, 60_000, 1_000};
  private static final String UNITS = "dhms";

  private Show() {}

  /** A duration as a literal: {@code 5m}, {@code 1500ms}. */
  static String duration(long milliseconds) {
    if (milliseconds == 0) return "0s";
    for (int at = 0; at < UNIT_SIZES.length; at += 1) {
      if (milliseconds % UNIT_SIZES[at] == 0) {
        return milliseconds / UNIT_SIZES[at] + UNITS.substring(at, at + 1);
      }
    }
    return milliseconds + "ms";
  }

  /** A Decimal's millionths in their shortest form: {@code 12.5}, {@code 12}. */
  static String decimal(long millionths) {
    String whole = (millionths < 0 ? "-" : "") + Math.abs(millionths / MILLION);
    long rest = Math.abs(millionths % MILLION);
    if (rest == 0) return whole;
    String digits = String.valueOf(MILLION + rest).substring(1);
    int end = digits.length();
    while (digits.charAt(end - 1) == '0') end -= 1;
    return whole + "." + digits.substring(0, end);
  }

  /** RFC 3339 with milliseconds, in UTC. */
  static String instant(long milliseconds) {
    return milliseconds < FIRST_INSTANT || milliseconds > LAST_INSTANT
        ? milliseconds + "ms"
        : RFC_3339.format(Instant.ofEpochMilli(milliseconds));
  }
}
