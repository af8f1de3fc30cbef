package dev.nhipol;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The context of a response, as it was written; unmodifiable. */
@JsonNaming(SnakeCaseStrategy.class)
record Content(
    Effect effect,
    List<String> reasons,
    List<ReasonDetail> reasonDetails,
    Map<String, Object> constraints,
    Map<String, Object> lower,
    List<Obligation> obligations,
    Map<String, Object> accessRequest,
    String reason,
    String evaluatedAt,
    String accessRequestName,
    List<String> read,
    boolean singleUse,
    Optional<String> callDigest,
    Optional<AnswerError> error) {

  private record Whole(boolean decision, Content context) {}

  Content {
    reasons = List.copyOf(reasons);
    reasonDetails = List.copyOf(reasonDetails);
    constraints = constraints == null ? Map.of() : Json.frozen(constraints);
    lower = lower == null ? Map.of() : Json.frozen(lower);
    obligations = obligations == null ? List.of() : List.copyOf(obligations);
    read = List.copyOf(read);
  }

  /** Throws a Failure if the text is not a response with this effect. */
  static Content parse(byte[] text, Effect effect) {
    try {
      Whole response = Json.MAPPER.readValue(text, Whole.class);
      Content content = response.context;
      if (content.effect == effect && response.decision == effect.isGrant()) {
        content.request();
        return content;
      }
    } catch (IOException | RuntimeException e) {
      throw Failure.misread(Contract.VIOLATION_INVALID_RESPONSE);
    }
    throw Failure.misread(Contract.VIOLATION_OTHER_EFFECT);
  }

  /** The access request; throws a RuntimeException if it is incomplete. */
  Optional<AccessRequest> request() {
    if (accessRequest == null) return Optional.empty();
    Map<String, Object> properties = new LinkedHashMap<>(accessRequest);
    String expiresAt = (String) properties.remove("expires_at");
    return Optional.of(
        new AccessRequest(
            Objects.requireNonNull(accessRequestName),
            Json.frozen(properties),
            Objects.requireNonNull(reason),
            Instants.parse(evaluatedAt),
            Instants.parse(expiresAt)));
  }
}
