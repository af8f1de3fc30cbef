package dev.nhipol;

import static dev.nhipol.CaseFiles.LIVE_REQUEST;
import static dev.nhipol.CaseFiles.NOW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SessionsTest {
  private final Policy policy = CaseFiles.policy("sessions-live");
  private final Sessions sessions = policy.sessions();

  @Test
  void asksAgainByWhatItLearns() {
    sessions.open("one", LIVE_REQUEST, NOW);
    assertEquals(1, sessions.count());
    assertEquals(Effect.PERMIT, sessions.decide("one", NOW).effect());
    sessions.patch("one", Map.of("context", Map.of("risk", 60)));
    List<SessionChange> changes = sessions.sweep(NOW + 1, false);
    assertEquals("one", changes.get(0).session());
    assertEquals(Effect.PERMIT, changes.get(0).before());
    assertEquals(changes.get(0).after(), sessions.reevaluate("one", NOW + 2).effect());
  }

  @Test
  void comesBackFromItsText() {
    sessions.open("one", LIVE_REQUEST, NOW);
    String text = sessions.snapshot("one");
    sessions.close("one");
    assertEquals(List.of("invalid_request"), sessions.decide("one", NOW).reasons());
    RestoredSession restored = sessions.restore(text);
    assertEquals("one", restored.id());
    assertTrue(restored.misfit().isEmpty());
    assertEquals(text, sessions.snapshot("one"));
  }

  @Test
  void saysWhyNothingWasDone() {
    assertEquals("no_session", codeOf(() -> sessions.patch("none", Map.of())));
    assertEquals("not_json", codeOf(() -> sessions.open("one", "{", NOW)));
    assertEquals("wrong_id", codeOf(() -> sessions.open("x".repeat(256), LIVE_REQUEST, NOW)));
    assertEquals("engine_error", codeOf(() -> sessions.open("one", LIVE_REQUEST, Long.MAX_VALUE)));
    sessions.open("one", LIVE_REQUEST, NOW);
    assertEquals("session_exists", codeOf(() -> sessions.open("one", LIVE_REQUEST, NOW)));
    assertEquals("wrong_type", codeOf(() -> sessions.patch("one", List.of(Double.NaN))));
    assertEquals(Effect.PERMIT, sessions.decide("one", NOW).effect());
  }

  @Test
  void outlivesAnInterruptAndWhatACallerThrows() {
    Thread.currentThread().interrupt();
    sessions.open("one", LIVE_REQUEST, NOW);
    assertTrue(Thread.interrupted());
    Iterable<Object> throwing =
        () -> {
          throw new IllegalStateException("no elements");
        };
    assertEquals("engine_error", codeOf(() -> sessions.patch("one", throwing)));
    assertEquals(List.of("engine_error"), sessions.decide("one", throwing, NOW).reasons());
    assertEquals(Effect.PERMIT, sessions.decide("one", NOW).effect());
  }

  @Test
  void growsUpToItsLimit() {
    Sessions few = policy.sessions(SessionsOptions.defaults().withSessionBytes(1_048_576));
    SessionException full =
        assertThrows(
            SessionException.class,
            () -> {
              for (int at = 0; at < 100_000; at += 1) few.open("s-" + at, LIVE_REQUEST, NOW);
            });
    assertEquals("no_room", full.error().code());
    assertTrue(few.count() > 100, "only " + few.count());
    assertEquals(Effect.PERMIT, few.decide("s-0", NOW).effect());
  }

  @Test
  void isNotForModulesWithoutSessions() {
    Policy without = CaseFiles.policy("effects-order");
    assertThrows(LoadException.class, without::sessions);
  }

  private static String codeOf(Runnable act) {
    return assertThrows(SessionException.class, act::run).error().code();
  }
}
