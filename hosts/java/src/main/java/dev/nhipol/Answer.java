package dev.nhipol;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a policy answers. Nothing of it can be changed; callers share it.
 *
 * @param effect what it comes to
 * @param decision AuthZEN's boolean: true for permit and narrow
 * @param reasons ids of the rules that fired at the effect, in ASCII order, each once
 * @param reasonDetails the same rules in full
 * @param constraints with narrow only, by name, in ASCII order: Boolean, Long, BigDecimal, String,
 *     or a List of these
 * @param obligations what must be done along with it
 * @param accessRequest what may be asked of an approver; with challenge only
 * @param validUntil the answer holds strictly before this instant, in milliseconds since the epoch;
 *     empty: time alone changes nothing
 * @param read paths and tables whose change may change the answer, in ASCII order
 * @param singleUse it holds for this action alone: what was decided before is among what it read
 * @param callDigest what an approval must be bound to; with challenge only
 * @param error what is wrong with the request, or with what should have judged it
 */
public record Answer(
    Effect effect,
    boolean decision,
    List<String> reasons,
    List<ReasonDetail> reasonDetails,
    Map<String, Object> constraints,
    List<Obligation> obligations,
    Optional<AccessRequest> accessRequest,
    OptionalLong validUntil,
    List<String> read,
    boolean singleUse,
    Optional<String> callDigest,
    Optional<AnswerError> error) {

  /** The whole request: what is read where the request itself is at fault. */
  static final List<String> EVERYTHING = List.of("action", "context", "resource", "subject");

  /**
   * As an AuthZEN evaluation response: the decision, and everything else as its context.
   *
   * @return Map, List, String, Boolean and numbers
   */
  public Map<String, Object> toAuthZen() {
    return AuthZen.responseOf(this);
  }

  /**
   * The same as JSON text.
   *
   * @return JSON of one line
   */
  public String toAuthZenJson() {
    return JsonWriter.text(toAuthZen());
  }

  static Answer invalidRequest(AnswerError error) {
    return denial("invalid_request", error);
  }

  static Answer engineError(AnswerError error) {
    return denial("engine_error", error);
  }

  private static Answer denial(String id, AnswerError error) {
    return new Answer(
        Effect.DENY,
        false,
        List.of(id),
        List.of(ReasonDetail.own(id, Effect.DENY)),
        Map.of(),
        List.of(),
        Optional.empty(),
        OptionalLong.empty(),
        EVERYTHING,
        false,
        Optional.empty(),
        Optional.of(error));
  }

  Answer until(OptionalLong instant) {
    return new Answer(
        effect,
        decision,
        reasons,
        reasonDetails,
        constraints,
        obligations,
        accessRequest,
        instant,
        read,
        singleUse,
        callDigest,
        error);
  }
}
