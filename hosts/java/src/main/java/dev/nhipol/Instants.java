package dev.nhipol;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;

/** Instants as modules take and write them: milliseconds since the epoch, and RFC 3339. */
final class Instants {
  private static final DateTimeFormatter RFC_3339 =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();
  private static final int LENGTH = "0000-01-01T00:00:00.000Z".length();
  private static final String MILLISECONDS = "ms";
  private static final int NANOS_PER_MILLISECOND = 1_000_000;

  private Instants() {}

  /** Rounds an instant that is beyond those of a module, but does not change that it is. */
  static double milliseconds(Instant instant) {
    int rest = instant.getNano() / NANOS_PER_MILLISECOND;
    return instant.getEpochSecond() * 1000.0 + rest;
  }

  /** In RFC 3339 with milliseconds, or else milliseconds since the epoch and {@code ms}. */
  static String format(Instant instant) {
    String text = RFC_3339.format(instant);
    return text.length() == LENGTH ? text : instant.toEpochMilli() + MILLISECONDS;
  }

  /** Throws a RuntimeException if the text is not an instant. */
  static Instant parse(String text) {
    return text.endsWith(MILLISECONDS)
        ? Instant.ofEpochMilli(Long.parseLong(text, 0, text.length() - MILLISECONDS.length(), 10))
        : Instant.parse(text);
  }
}
