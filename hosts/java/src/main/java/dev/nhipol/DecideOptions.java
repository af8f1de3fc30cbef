package dev.nhipol;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The instant of evaluation. By default it is that of the clock, and the time in the request is
 * ignored: a caller that could choose the time could choose one inside a window.
 */
public final class DecideOptions {
  /** null: the clock of the policy. */
  private final Double now;

  private final int clock;

  private DecideOptions(Double now, int clock) {
    this.now = now;
    this.clock = clock;
  }

  /**
   * Now, by the clock of the policy.
   *
   * @return the default options
   */
  public static DecideOptions hostClock() {
    return new DecideOptions(null, Contract.CLOCK_HOST);
  }

  /**
   * At an instant.
   *
   * @param now the instant
   * @return the options
   */
  public static DecideOptions at(Instant now) {
    return new DecideOptions(Instants.milliseconds(now), Contract.CLOCK_HOST);
  }

  /**
   * At {@code context.time} of the request, for requests from a trusted source.
   *
   * @return the options
   */
  public static DecideOptions requestTime() {
    return new DecideOptions(Double.NaN, Contract.CLOCK_REQUEST);
  }

  /**
   * At {@code context.time} of the request, or at an instant if it has none.
   *
   * @param now the instant
   * @return the options
   */
  public static DecideOptions requestTimeOr(Instant now) {
    return new DecideOptions(Instants.milliseconds(now), Contract.CLOCK_REQUEST);
  }

  /** In milliseconds; NaN: none. */
  double now(InstantSource source) {
    return now == null ? (double) source.millis() : now;
  }

  int clock() {
    return clock;
  }
}
