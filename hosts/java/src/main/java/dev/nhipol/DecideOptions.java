package dev.nhipol;

import java.time.InstantSource;

/**
 * When a request is judged. Unless told the policy's clock says so, and what the request itself
 * says is ignored: a caller that could choose the time could walk into a window.
 */
public final class DecideOptions {
  private static final int BY_HOST = 0;
  private static final int BY_REQUEST = 1;

  /** The furthest instant from the epoch, in milliseconds, that a module knows. */
  private static final double FURTHEST = 8.64e15;

  private static final DecideOptions HOST_CLOCK = new DecideOptions(true, Double.NaN, BY_HOST);
  private static final DecideOptions REQUEST_TIME =
      new DecideOptions(false, Double.NaN, BY_REQUEST);

  private final boolean asksClock;
  private final double now;
  private final int clock;

  private DecideOptions(boolean asksClock, double now, int clock) {
    this.asksClock = asksClock;
    this.now = now;
    this.clock = clock;
  }

  /**
   * Now, by the clock that the policy was loaded with.
   *
   * @return the options that count unless others are told
   */
  public static DecideOptions hostClock() {
    return HOST_CLOCK;
  }

  /**
   * At an instant.
   *
   * @param milliseconds since the epoch; the answer to what is no instant is an {@code
   *     engine_error}
   * @return the options
   */
  public static DecideOptions at(long milliseconds) {
    return new DecideOptions(false, milliseconds, BY_HOST);
  }

  /**
   * At the request's own {@code context.time}. It is for those who trust whoever writes the
   * request.
   *
   * @return the options
   */
  public static DecideOptions requestTime() {
    return REQUEST_TIME;
  }

  /**
   * At the request's own {@code context.time}, or at an instant where it has none.
   *
   * @param milliseconds since the epoch
   * @return the options
   */
  public static DecideOptions requestTimeOr(long milliseconds) {
    return new DecideOptions(false, milliseconds, BY_REQUEST);
  }

  /** In milliseconds, NaN for none. What is no instant is a failure. */
  double now(InstantSource source) {
    return asksClock ? instant((double) source.millis()) : instant(now);
  }

  static double instant(double milliseconds) {
    if (Math.abs(milliseconds) > FURTHEST) {
      throw EngineFailure.ofHost(Contract.ENGINE_EPOCH_INSTANT, Contract.TEXT_OTHER_VALUE);
    }
    return milliseconds;
  }

  /** As the module takes it. */
  int clock() {
    return clock;
  }
}
