package dev.nhipol.tools;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.nhipol.Answer;
import dev.nhipol.AnswerError;
import dev.nhipol.DecideOptions;
import dev.nhipol.Policy;
import dev.nhipol.RestoredSession;
import dev.nhipol.SessionChange;
import dev.nhipol.SessionException;
import dev.nhipol.Sessions;
import dev.nhipol.TableException;
import java.io.IOException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** What comes of a case's steps, as the steps say it. */
final class Performer {
  private final Policy policy;
  private Sessions sessions;

  private interface Act {
    Map<String, Object> run();
  }

  Performer(Policy policy) {
    this.policy = policy;
  }

  Map<String, Object> outcomeOf(JsonNode step) throws IOException {
    return refusable(() -> act(step));
  }

  /** The same from what the request is as JSON. */
  Map<String, Object> nativeOutcomeOf(JsonNode step) throws JsonProcessingException {
    Object request = Workload.MAPPER.readValue(text(step, "request"), Object.class);
    return answered(policy.decide(request, whenOf(step)));
  }

  private Map<String, Object> act(JsonNode step) {
    switch (step.path("do").asText()) {
      case "decide" -> {
        return answered(decide(step));
      }
      case "load_table" -> policy.loadTable(text(step, "table"), text(step, "contents"));
      case "drop_table" -> policy.dropTable(text(step, "table"));
      default -> {
        if (sessions == null) sessions = policy.sessions();
        return inSession(step, text(step, "session"), step.path("now").asLong());
      }
    }
    return Map.of();
  }

  private Map<String, Object> inSession(JsonNode step, String id, long now) {
    switch (step.path("do").asText()) {
      case "open" -> sessions.open(id, text(step, "request"), now);
      case "patch" -> sessions.patch(id, text(step, "part"));
      case "replace" -> sessions.replace(id, text(step, "part"));
      case "record" -> {
        JsonNode time = step.path("time");
        OptionalLong came =
            time.isMissingNode() ? OptionalLong.empty() : OptionalLong.of(time.asLong());
        sessions.record(id, text(step, "signal"), text(step, "told"), came, now);
      }
      case "ask" -> {
        return answered(
            step.has("asked")
                ? sessions.decide(id, text(step, "asked"), now)
                : sessions.decide(id, now));
      }
      case "reevaluate" -> {
        return answered(sessions.reevaluate(id, now));
      }
      case "sweep" -> {
        return Map.of("changes", changes(sessions.sweep(now, step.path("all").asBoolean())));
      }
      case "snapshot" -> {
        return Map.of("text", sessions.snapshot(id));
      }
      case "restore" -> {
        return restored(sessions.restore(text(step, "text")));
      }
      case "close" -> sessions.close(id);
      default -> throw new IllegalArgumentException("a step that nobody knows: " + step);
    }
    return Map.of();
  }

  private Answer decide(JsonNode step) {
    return step.has("request")
        ? policy.decideJson(text(step, "request"), whenOf(step))
        : policy.decideJson(Base64.getDecoder().decode(text(step, "request_base64")), whenOf(step));
  }

  private static DecideOptions whenOf(JsonNode step) {
    boolean byRequest = text(step, "clock").equals("request");
    if (!step.has("now")) {
      return byRequest ? DecideOptions.requestTime() : DecideOptions.hostClock();
    }
    long now = step.path("now").asLong();
    return byRequest ? DecideOptions.requestTimeOr(now) : DecideOptions.at(now);
  }

  private static Map<String, Object> answered(Answer answer) {
    return Map.of("answer", answer.toAuthZen());
  }

  private static List<Map<String, String>> changes(List<SessionChange> changes) {
    return changes.stream()
        .map(
            change ->
                Map.of(
                    "session", change.session(),
                    "before", change.before().id(),
                    "after", change.after().id()))
        .toList();
  }

  private static Map<String, Object> restored(RestoredSession session) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("session", session.id());
    session.misfit().ifPresent(misfit -> told.put("misfit", shown(misfit)));
    return told;
  }

  private static Map<String, Object> refusable(Act act) {
    try {
      return act.run();
    } catch (TableException refused) {
      return Map.of("error", shown(refused.error()));
    } catch (SessionException refused) {
      return Map.of("error", shown(refused.error()));
    }
  }

  private static Map<String, Object> shown(AnswerError error) {
    return Map.of(
        "code", error.code(),
        "path", error.path(),
        "expected", error.expected(),
        "found", error.found(),
        "offset", error.offset());
  }

  private static String text(JsonNode step, String name) {
    return step.path(name).asText();
  }
}
