package dev.nhipol;

import java.time.InstantSource;
import java.util.Objects;

/**
 * How a policy is loaded.
 *
 * @param tableBytes what external tables may take in all, in each instance of the module
 * @param maxMemoryBytes what an instance's memory may come to, whatever else is allowed
 * @param clock what time it is where a caller tells no instant
 */
public record LoadOptions(long tableBytes, long maxMemoryBytes, InstantSource clock) {
  /** As much as the engine can address: 2 GiB but one page. */
  private static final long MOST_MEMORY = 32_767L * 65_536;

  /**
   * Checks that there is a clock.
   *
   * @param tableBytes what external tables may take in all, in each instance of the module
   * @param maxMemoryBytes what an instance's memory may come to, whatever else is allowed
   * @param clock what time it is where a caller tells no instant
   */
  public LoadOptions {
    Objects.requireNonNull(clock, "clock");
  }

  /**
   * What counts unless told: 64 MiB for tables, all the memory that the engine can address, and the
   * system's clock.
   *
   * @return the defaults
   */
  public static LoadOptions defaults() {
    return new LoadOptions(67_108_864, MOST_MEMORY, InstantSource.system());
  }

  /**
   * Another limit for tables.
   *
   * @param bytes what they may take in all
   * @return the options with it
   */
  public LoadOptions withTableBytes(long bytes) {
    return new LoadOptions(bytes, maxMemoryBytes, clock);
  }

  /**
   * Another limit for memory.
   *
   * @param bytes what an instance may take
   * @return the options with it
   */
  public LoadOptions withMaxMemoryBytes(long bytes) {
    return new LoadOptions(tableBytes, bytes, clock);
  }

  /**
   * Another clock.
   *
   * @param source what tells the time
   * @return the options with it
   */
  public LoadOptions withClock(InstantSource source) {
    return new LoadOptions(tableBytes, maxMemoryBytes, source);
  }
}
