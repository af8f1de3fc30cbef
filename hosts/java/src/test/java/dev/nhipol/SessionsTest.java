package dev.nhipol;

import static dev.nhipol.CaseFiles.LIVE_REQUEST;
import static dev.nhipol.CaseFiles.NOW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SessionsTest {
  private long now = NOW;
  private final Policy policy =
      Policy.load(
          CaseFiles.module("sessions-live"),
          LoadOptions.defaults().withTableBytes(0).withClock(() -> Instant.ofEpochMilli(now)));
  private final Sessions sessions = policy.sessions();

  @Test
  void evaluatesAgainWhenFactsChange() {
    sessions.open("one", LIVE_REQUEST);
    assertEquals(1, sessions.count());
    assertEquals(Effect.PERMIT, sessions.decide("one").effect());
    sessions.patch("one", Map.of("context", Map.of("risk", 60)));
    List<SessionChange> changes = sessions.sweep();
    assertEquals("one", changes.get(0).session());
    assertEquals(Effect.PERMIT, changes.get(0).before());
    assertEquals(changes.get(0).after(), sessions.reevaluate("one").effect());
  }

  @Test
  void restoresASnapshot() {
    sessions.open("one", LIVE_REQUEST);
    String text = sessions.snapshot("one");
    sessions.close("one");
    assertEquals(List.of("invalid_request"), sessions.decide("one").reasons());
    RestoredSession restored = sessions.restore(text);
    assertEquals("one", restored.id());
    assertTrue(restored.mismatch().isEmpty());
    assertEquals(text, sessions.snapshot("one"));
    assertEquals("session_exists", codeOf(() -> sessions.restore(text)));
    assertEquals("no_snapshot", codeOf(() -> sessions.restore("{}")));
    sessions.end();
    assertEquals(0, sessions.count());
  }

  @Test
  void reportsWhyNothingChanged() {
    assertEquals("no_session", codeOf(() -> sessions.patch("none", Map.of())));
    assertEquals("not_json", codeOf(() -> sessions.open("one", "{")));
    assertEquals("wrong_id", codeOf(() -> sessions.open("x".repeat(256), LIVE_REQUEST)));
    now = Long.MAX_VALUE;
    assertEquals("wrong_type", codeOf(() -> sessions.open("one", LIVE_REQUEST)));
    assertEquals("wrong_type", codeOf(sessions::sweep));
    now = NOW;
    sessions.open("one", LIVE_REQUEST);
    assertEquals("session_exists", codeOf(() -> sessions.open("one", LIVE_REQUEST)));
    assertEquals("wrong_type", codeOf(() -> sessions.patch("one", List.of(Double.NaN))));
    assertEquals(Effect.PERMIT, sessions.decide("one").effect());
  }

  @Test
  void survivesAnInterruptAndExceptionsOfTheCaller() {
    Thread.currentThread().interrupt();
    sessions.open("one", LIVE_REQUEST);
    assertTrue(Thread.interrupted());
    Iterable<Object> throwing =
        () -> {
          throw new IllegalStateException("no elements");
        };
    assertEquals("engine_error", codeOf(() -> sessions.patch("one", throwing)));
    assertEquals(List.of("engine_error"), sessions.decide("one", throwing).reasons());
    assertEquals(Effect.PERMIT, sessions.decide("one").effect());
  }

  @Test
  void growsUpToItsLimit() {
    Sessions few = policy.sessions(1_048_576);
    SessionException full =
        assertThrows(
            SessionException.class,
            () -> {
              for (int at = 0; at < 100_000; at += 1) few.open("s-" + at, LIVE_REQUEST);
            });
    assertEquals("no_room", full.error().code());
    assertTrue(few.count() > 100, "only " + few.count());
    assertEquals(Effect.PERMIT, few.decide("s-0").effect());
  }

  @Test
  void refusesModulesWithoutSessions() {
    Policy without = CaseFiles.policy("effects-order");
    assertThrows(LoadException.class, without::sessions);
  }

  private static String codeOf(Runnable act) {
    return assertThrows(SessionException.class, act::run).error().code();
  }
}
