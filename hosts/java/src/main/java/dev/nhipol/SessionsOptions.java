package dev.nhipol;

/**
 * How sessions are held.
 *
 * @param sessionBytes what sessions may take in all; the policy's {@code maxMemoryBytes} counts,
 *     too
 */
public record SessionsOptions(long sessionBytes) {
  /**
   * What counts unless told: 1 GiB.
   *
   * @return the defaults
   */
  public static SessionsOptions defaults() {
    return new SessionsOptions(1_073_741_824);
  }

  /**
   * Another limit.
   *
   * @param bytes what sessions may take in all
   * @return the options with it
   */
  public SessionsOptions withSessionBytes(long bytes) {
    return new SessionsOptions(bytes);
  }
}
