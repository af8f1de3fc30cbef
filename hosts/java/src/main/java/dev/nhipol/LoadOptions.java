package dev.nhipol;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;

/**
 * How a policy is loaded.
 *
 * @param tableBytes what external tables may take in all, in each instance of the module
 * @param maxMemoryBytes what an instance's memory may come to, whatever else is allowed
 * @param clock what time it is where a caller tells no instant
 * @param deadline how long each call of the module may take, its start included; null for no limit
 */
public record LoadOptions(
    long tableBytes, long maxMemoryBytes, InstantSource clock, Duration deadline) {
  /** As much as the engine can address: 2 GiB but one page. */
  private static final long MOST_MEMORY = 32_767L * 65_536;

  /**
   * Checks that there is a clock.
   *
   * @param tableBytes what external tables may take in all, in each instance of the module
   * @param maxMemoryBytes what an instance's memory may come to, whatever else is allowed
   * @param clock what time it is where a caller tells no instant
   * @param deadline how long each call of the module may take, its start included; null for no
   *     limit
   */
  public LoadOptions {
    Objects.requireNonNull(clock, "clock");
  }

  /**
   * Options without a deadline.
   *
   * @param tableBytes what external tables may take in all, in each instance of the module
   * @param maxMemoryBytes what an instance's memory may come to, whatever else is allowed
   * @param clock what time it is where a caller tells no instant
   */
  public LoadOptions(long tableBytes, long maxMemoryBytes, InstantSource clock) {
    this(tableBytes, maxMemoryBytes, clock, null);
  }

  /**
   * What counts unless told: 64 MiB for tables, all the memory that the engine can address, the
   * system's clock, and no deadline.
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
    return new LoadOptions(bytes, maxMemoryBytes, clock, deadline);
  }

  /**
   * Another limit for memory.
   *
   * @param bytes what an instance may take
   * @return the options with it
   */
  public LoadOptions withMaxMemoryBytes(long bytes) {
    return new LoadOptions(tableBytes, bytes, clock, deadline);
  }

  /**
   * Another clock.
   *
   * @param source what tells the time
   * @return the options with it
   */
  public LoadOptions withClock(InstantSource source) {
    return new LoadOptions(tableBytes, maxMemoryBytes, source, deadline);
  }

  /**
   * A deadline for each call of the module, for modules from a source that is not trusted: those
   * that nhipol compiled always end. A decision that takes longer is a deny with {@code
   * engine_error}, and a start that takes longer is a LoadException. A call is stopped up to 20 ms
   * after the deadline, by an interrupt of its thread, which the thread does not have afterwards.
   * An interrupt by anybody else during a call stops that call, too, and stays.
   *
   * @param limit of a call; null for no limit
   * @return the options with it
   */
  public LoadOptions withDeadline(Duration limit) {
    return new LoadOptions(tableBytes, maxMemoryBytes, clock, limit);
  }
}
