package dev.nhipol.tools;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.nhipol.Answer;
import dev.nhipol.AnswerError;
import dev.nhipol.DecideOptions;
import dev.nhipol.LoadOptions;
import dev.nhipol.Policy;
import dev.nhipol.Possibility;
import dev.nhipol.RestoredSession;
import dev.nhipol.SessionChange;
import dev.nhipol.SessionException;
import dev.nhipol.Sessions;
import dev.nhipol.TableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Performs the steps of a case, and returns their outcomes as the steps state them. */
final class Performer {
  private final Policy policy;
  private Sessions sessions;

  private interface Act {
    Map<String, Object> run();
  }

  /** The instant of the latest step of a session. */
  private long now;

  Performer(byte[] module) {
    InstantSource clock = () -> Instant.ofEpochMilli(now);
    policy = Policy.load(module, LoadOptions.defaults().withClock(clock));
  }

  Map<String, Object> outcomeOf(JsonNode step) throws IOException {
    return refusable(() -> act(step));
  }

  /** The outcome of a decision as the bytes of its response. */
  Map<String, Object> responseOutcomeOf(JsonNode step) throws IOException {
    byte[] response = policy.decideResponse(requestIn(step), whenOf(step));
    return Map.of("answer", Workload.MAPPER.readTree(response));
  }

  /** The outcome of a decision of Java values. */
  Map<String, Object> nativeOutcomeOf(JsonNode step) throws JsonProcessingException {
    Object request = Workload.MAPPER.readValue(text(step, "request"), Object.class);
    if (text(step, "do").equals("could")) return shown(policy.could(request, whenOf(step)));
    return answered(policy.decide(request, whenOf(step)));
  }

  private Map<String, Object> act(JsonNode step) {
    switch (step.path("do").asText()) {
      case "decide" -> {
        return answered(policy.decideJson(requestIn(step), whenOf(step)));
      }
      case "could" -> {
        return shown(policy.couldJson(requestIn(step), whenOf(step)));
      }
      case "load_table" -> policy.loadTable(text(step, "table"), text(step, "contents"));
      case "drop_table" -> policy.dropTable(text(step, "table"));
      default -> {
        if (sessions == null) sessions = policy.sessions();
        now = step.path("now").asLong(now);
        return inSession(step, text(step, "session"));
      }
    }
    return Map.of();
  }

  private Map<String, Object> inSession(JsonNode step, String id) {
    switch (step.path("do").asText()) {
      case "open" -> sessions.open(id, text(step, "request"));
      case "patch" -> sessions.patch(id, text(step, "part"));
      case "replace" -> sessions.replace(id, text(step, "part"));
      case "record" -> {
        String signal = text(step, "signal");
        String payload = text(step, "payload");
        if (step.has("time")) sessions.record(id, signal, payload, instant(step, "time"));
        else sessions.record(id, signal, payload);
      }
      case "decide_session" -> {
        return answered(
            step.has("request") ? sessions.decide(id, text(step, "request")) : sessions.decide(id));
      }
      case "could_session" -> {
        return shown(
            step.has("request") ? sessions.could(id, text(step, "request")) : sessions.could(id));
      }
      case "reevaluate" -> {
        return answered(sessions.reevaluate(id));
      }
      case "sweep" -> {
        // A host sweeps when it is due; a failure of that call is one of the sessions.
        var unused = sessions.due();
        return Map.of("changes", changes(sessions.sweep(step.path("all").asBoolean())));
      }
      case "snapshot" -> {
        return Map.of("text", sessions.snapshot(id));
      }
      case "restore" -> {
        return restored(sessions.restore(text(step, "text")));
      }
      case "close" -> sessions.close(id);
      default -> throw new IllegalArgumentException("unknown step: " + step);
    }
    return Map.of();
  }

  private static byte[] requestIn(JsonNode step) {
    return step.has("request")
        ? text(step, "request").getBytes(StandardCharsets.UTF_8)
        : Base64.getDecoder().decode(text(step, "request_base64"));
  }

  private static DecideOptions whenOf(JsonNode step) {
    boolean byRequest = text(step, "clock").equals("request");
    if (!step.has("now")) {
      return byRequest ? DecideOptions.requestTime() : DecideOptions.hostClock();
    }
    Instant now = instant(step, "now");
    return byRequest ? DecideOptions.requestTimeOr(now) : DecideOptions.at(now);
  }

  private static Map<String, Object> answered(Answer answer) {
    try {
      return Map.of("answer", Workload.MAPPER.readTree(answer.toAuthZenJson()));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
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
    Map<String, Object> outcome = new LinkedHashMap<>();
    outcome.put("session", session.id());
    session.mismatch().ifPresent(error -> outcome.put("mismatch", shown(error)));
    return outcome;
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

  private static Map<String, Object> shown(Possibility found) {
    Map<String, Object> outcome = new LinkedHashMap<>();
    outcome.put("possible", found.possible());
    outcome.put("reasons", found.reasons());
    found.validUntil().ifPresent(end -> outcome.put("valid_until", end.toEpochMilli()));
    found.error().ifPresent(error -> outcome.put("error", shown(error)));
    return outcome;
  }

  private static Map<String, Object> shown(AnswerError error) {
    return Map.of(
        "code", error.code(),
        "path", error.path(),
        "expected", error.expected(),
        "found", error.found(),
        "offset", error.offset());
  }

  private static Instant instant(JsonNode step, String name) {
    return Instant.ofEpochMilli(step.path(name).asLong());
  }

  private static String text(JsonNode step, String name) {
    return step.path(name).asText();
  }
}
