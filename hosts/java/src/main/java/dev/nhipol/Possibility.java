package dev.nhipol;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Whether a request could be permitted for some value of the members that it does not have. It is
 * never an answer to act upon: decide the complete request.
 *
 * @param possible false: no completion of the request is permitted; true: some completion may be
 * @param reasons the ids of the rules that restrict every completion, or {@code default_deny} if no
 *     permit can fire; empty if it is possible
 * @param validUntil it stays the same strictly before this instant; empty: time alone does not
 *     change it
 * @param error what makes every completion invalid, or the error of the engine
 */
public record Possibility(
    boolean possible,
    List<String> reasons,
    Optional<Instant> validUntil,
    Optional<AnswerError> error) {

  static Possibility until(double end) {
    Optional<Instant> validUntil =
        end == Double.POSITIVE_INFINITY
            ? Optional.empty()
            : Optional.of(Instant.ofEpochMilli((long) end));
    return new Possibility(true, List.of(), validUntil, Optional.empty());
  }

  static Possibility refused(Answer refusal) {
    return new Possibility(false, refusal.reasons(), refusal.validUntil(), refusal.error());
  }
}
