package dev.nhipol;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The answer of a policy. Immutable, and shared by threads. The effect, its end and the flags are
 * available at once; everything else is parsed when it is first read.
 *
 * <p>JSON values are Boolean, Long, BigInteger, BigDecimal, String, and unmodifiable List and Map
 * of these.
 */
public final class Answer {
  private final Effect effect;
  private final int flags;
  private final double validUntil;
  private final Response response;

  Answer(Effect effect, int flags, double validUntil, Response response) {
    this.effect = effect;
    this.flags = flags;
    this.validUntil = validUntil;
    this.response = response;
  }

  /** The answer of a host that refuses a request. */
  static Answer refused(AnswerError error) {
    int flags = error.code().equals(Contract.ERROR_ENGINE_ERROR) ? 0 : Contract.FLAG_INVALID;
    Response response = new Response(Response.refusal(error), Effect.DENY);
    return new Answer(Effect.DENY, flags, Double.POSITIVE_INFINITY, response);
  }

  /** The same answer with another end. */
  Answer until(double end) {
    return new Answer(effect, flags, end, response);
  }

  /**
   * The effect.
   *
   * @return the effect, which is the decision to enforce
   */
  public Effect effect() {
    return effect;
  }

  /**
   * The decision in AuthZEN.
   *
   * @return true for permit and narrow
   */
  public boolean decision() {
    return effect.isGrant();
  }

  /**
   * What else the module says about the answer.
   *
   * @return a set of bits: 1 denied by default, 2 the request is invalid, 4 the clock went back, 8
   *     revoked before the session was restored, 16 the instant is not valid
   */
  public int flags() {
    return flags;
  }

  /**
   * The end of the answer.
   *
   * @return the answer is valid strictly before this instant; empty: time alone does not change it
   */
  public Optional<Instant> validUntil() {
    return validUntil == Double.POSITIVE_INFINITY
        ? Optional.empty()
        : Optional.of(Instant.ofEpochMilli((long) validUntil));
  }

  /**
   * The ids of the rules that fired at the effect.
   *
   * @return ids in ASCII order, without duplicates
   */
  public List<String> reasons() {
    return response.content().reasons();
  }

  /**
   * The rules that fired at the effect.
   *
   * @return the rules, ordered by id
   */
  public List<ReasonDetail> reasonDetails() {
    return response.content().reasonDetails();
  }

  /**
   * The constraints of a narrow.
   *
   * @return JSON values by name, in ASCII order; empty for other effects
   */
  public Map<String, Object> constraints() {
    return response.content().constraints();
  }

  /**
   * The values that the request can be lowered to so that it may be narrowed; the answer is about
   * the request as it is.
   *
   * @return JSON values by path in the JSON of the request, in ASCII order; with a deny only
   */
  public Map<String, Object> lower() {
    return response.content().lower();
  }

  /**
   * The actions that the enforcement point must take.
   *
   * @return the obligations in order
   */
  public List<Obligation> obligations() {
    return response.content().obligations();
  }

  /**
   * The request that can be made to an approver.
   *
   * @return the request; with a challenge only
   */
  public Optional<AccessRequest> accessRequest() {
    return response.content().request();
  }

  /**
   * The paths and tables that the answer depends on.
   *
   * @return paths and names of tables, in ASCII order
   */
  public List<String> read() {
    return response.content().read();
  }

  /**
   * Whether the answer is valid for one action only, because it read decisions of the session.
   *
   * @return true if it must not be reused
   */
  public boolean singleUse() {
    return response.content().singleUse();
  }

  /**
   * The digest of the call that an approval must contain.
   *
   * @return the digest; with a challenge only
   */
  public Optional<String> callDigest() {
    return response.content().callDigest();
  }

  /**
   * The error of the request, or of the engine.
   *
   * @return the error, if there is one
   */
  public Optional<AnswerError> error() {
    return response.content().error();
  }

  /**
   * The AuthZEN evaluation response.
   *
   * @return one line of JSON
   */
  public String toAuthZenJson() {
    return response.textUntil(validUntil().orElse(null));
  }
}
