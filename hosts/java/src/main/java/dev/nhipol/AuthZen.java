package dev.nhipol;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An answer as an AuthZEN evaluation response: its boolean, and everything else as the context. */
final class AuthZen {
  private AuthZen() {}

  static Map<String, Object> responseOf(Answer answer) {
    Map<String, Object> context = new LinkedHashMap<>();
    context.put("effect", answer.effect().id());
    context.put("reasons", answer.reasons());
    context.put("reason_details", answer.reasonDetails().stream().map(AuthZen::reason).toList());
    if (answer.effect() == Effect.NARROW) context.put("constraints", answer.constraints());
    if (!answer.obligations().isEmpty()) {
      context.put("obligations", obligations(answer.obligations()));
    }
    answer.accessRequest().ifPresent(asked -> putAccessRequest(context, asked));
    answer.validUntil().ifPresent(instant -> context.put("valid_until", Show.instant(instant)));
    context.put("read", answer.read());
    if (answer.singleUse()) context.put("single_use", true);
    answer.callDigest().ifPresent(digest -> context.put("call_digest", digest));
    answer.error().ifPresent(error -> context.put("error", error(error)));
    Map<String, Object> response = new LinkedHashMap<>();
    response.put("decision", answer.decision());
    response.put("context", context);
    return response;
  }

  private static Map<String, Object> reason(ReasonDetail detail) {
    Map<String, Object> reason = new LinkedHashMap<>();
    reason.put("id", detail.id());
    reason.put("effect", detail.effect().id());
    detail.message().ifPresent(message -> reason.put("message", message));
    reason.put("fired_on", detail.firedOn().id());
    if (!detail.unknown().isEmpty()) reason.put("unknown", detail.unknown());
    detail
        .source()
        .ifPresent(
            source -> {
              Map<String, Object> place = new LinkedHashMap<>();
              place.put("file", source.file());
              place.put("line", source.line());
              place.put("column", source.column());
              reason.put("source", place);
            });
    return reason;
  }

  private static List<Map<String, Object>> obligations(List<Obligation> obligations) {
    List<Map<String, Object>> told = new ArrayList<>(obligations.size());
    for (Obligation obligation : obligations) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("id", "obl-" + (told.size() + 1));
      one.put("type", obligation.type());
      one.put("properties", obligation.properties());
      one.put("name", obligation.name());
      one.put("reasons", obligation.reasons());
      told.add(one);
    }
    return told;
  }

  private static void putAccessRequest(Map<String, Object> context, AccessRequest asked) {
    Map<String, Object> said = new LinkedHashMap<>(asked.properties());
    said.remove("expires_in");
    said.put("expires_at", Show.instant(asked.expiresAt()));
    context.put("access_request", said);
    context.put("reason", asked.reason());
    context.put("evaluated_at", Show.instant(asked.evaluatedAt()));
  }

  private static Map<String, Object> error(AnswerError error) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("code", error.code());
    told.put("path", error.path());
    told.put("expected", error.expected());
    told.put("found", error.found());
    told.put("offset", error.offset());
    return told;
  }
}
