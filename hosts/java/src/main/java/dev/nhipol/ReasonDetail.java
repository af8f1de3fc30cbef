package dev.nhipol;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Optional;

/**
 * A rule that fired at the effect of the answer.
 *
 * @param id the id of the rule
 * @param effect the effect of the answer
 * @param message the message of the rule, with its placeholders replaced
 * @param firedOn whether the condition of the rule was true or unknown
 * @param unknown the paths and tables that made it unknown, in ASCII order
 * @param source the place of the rule in the sources; empty for a reason that is not a rule
 */
@JsonNaming(SnakeCaseStrategy.class)
public record ReasonDetail(
    String id,
    Effect effect,
    Optional<String> message,
    FiredOn firedOn,
    List<String> unknown,
    Optional<Source> source) {
  /**
   * Makes the members unmodifiable.
   *
   * @param id the id of the rule
   * @param effect the effect of the answer
   * @param message the message of the rule
   * @param firedOn whether the condition of the rule was true or unknown
   * @param unknown the paths and tables that made it unknown; null for none
   * @param source the place of the rule in the sources
   */
  public ReasonDetail {
    unknown = unknown == null ? List.of() : List.copyOf(unknown);
  }

  /** Why a rule fired. */
  public enum FiredOn {
    /** Its condition is true. */
    TRUE,
    /** Its condition is unknown, and the rule restricts. */
    UNKNOWN
  }

  /**
   * A place in the sources of the policy.
   *
   * @param file the name of the file
   * @param line from 1
   * @param column from 1
   */
  public record Source(String file, long line, long column) {}
}
