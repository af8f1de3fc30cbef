package dev.nhipol;

import java.util.List;
import java.util.Optional;

/**
 * A rule that fired at the answer's effect.
 *
 * @param id the rule's
 * @param effect the answer's
 * @param message what the rule says because of it, with its placeholders filled in
 * @param firedOn whether its condition was true, or could not be told
 * @param unknown the paths and tables that made it unknown, in ASCII order
 * @param source where the rule stands; empty for a reason that is no rule's
 */
public record ReasonDetail(
    String id,
    Effect effect,
    Optional<String> message,
    FiredOn firedOn,
    List<String> unknown,
    Optional<Source> source) {

  /** Why a rule fired. */
  public enum FiredOn {
    /** Its condition is true. */
    TRUE,
    /** Its condition could not be told, and the rule restricts. */
    UNKNOWN;

    private final String id = name().toLowerCase(java.util.Locale.ROOT);

    /**
     * As AuthZEN responses write it.
     *
     * @return the name in lower case
     */
    public String id() {
      return id;
    }
  }

  /**
   * A place in the policy's sources.
   *
   * @param file its name
   * @param line from 1
   * @param column from 1
   */
  public record Source(String file, int line, int column) {}

  /** A reason that is no rule's. */
  static ReasonDetail own(String id, Effect effect) {
    return new ReasonDetail(
        id, effect, Optional.empty(), FiredOn.TRUE, List.of(), Optional.empty());
  }
}
