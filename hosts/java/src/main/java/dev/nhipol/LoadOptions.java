package dev.nhipol;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * How a policy is loaded.
 *
 * @param tableBytes maximum memory of all external tables, in each instance of the module
 * @param maxMemoryBytes maximum memory of an instance, whatever else is allowed
 * @param maxInstances maximum number of instances, and so of requests that are decided at the same
 *     time: further threads wait. Sessions have an instance besides these
 * @param clock the clock for calls without an instant
 * @param deadline how long each call of the module may take, including its start
 */
public record LoadOptions(
    long tableBytes,
    long maxMemoryBytes,
    int maxInstances,
    InstantSource clock,
    Optional<Duration> deadline) {
  private static final LoadOptions DEFAULTS =
      new LoadOptions(67_108_864, 32_767L * 65_536, 64, InstantSource.system(), Optional.empty());

  /**
   * The default options: 64 MiB for tables, 2 GiB less one page for an instance, which is the most
   * that the engine can address, 64 instances, the clock of the system, and no deadline.
   *
   * @return the defaults
   */
  public static LoadOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Sets the maximum memory of tables.
   *
   * @param bytes of all tables, in each instance
   * @return the options with it
   */
  public LoadOptions withTableBytes(long bytes) {
    return new LoadOptions(bytes, maxMemoryBytes, maxInstances, clock, deadline);
  }

  /**
   * Sets the maximum memory of an instance.
   *
   * @param bytes of each instance
   * @return the options with it
   */
  public LoadOptions withMaxMemoryBytes(long bytes) {
    return new LoadOptions(tableBytes, bytes, maxInstances, clock, deadline);
  }

  /**
   * Sets the maximum number of instances.
   *
   * @param count at least 1
   * @return the options with it
   */
  public LoadOptions withMaxInstances(int count) {
    return new LoadOptions(tableBytes, maxMemoryBytes, Math.max(1, count), clock, deadline);
  }

  /**
   * Sets the clock.
   *
   * @param source the clock for calls without an instant
   * @return the options with it
   */
  public LoadOptions withClock(InstantSource source) {
    return new LoadOptions(tableBytes, maxMemoryBytes, maxInstances, source, deadline);
  }

  /**
   * Sets a deadline for each call of the module, for modules from an untrusted source: those that
   * nhipol compiled always end. A decision that takes longer is a deny with {@code engine_error}, a
   * start that takes longer a LoadException. The call is stopped by an interrupt of its thread,
   * which is taken back; an interrupt by others during a call stops that call, too, and remains.
   *
   * @param limit of a call
   * @return the options with it
   */
  public LoadOptions withDeadline(Duration limit) {
    return new LoadOptions(tableBytes, maxMemoryBytes, maxInstances, clock, Optional.of(limit));
  }
}
