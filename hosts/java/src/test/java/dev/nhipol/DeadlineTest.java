package dev.nhipol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Modules that never return, and policies that do. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DeadlineTest {
  /** More than a decision takes, on a machine that is busy. */
  private static final Duration LIMIT = Duration.ofMillis(500);

  private static Policy load(String path) {
    return Policy.load(bytes(path), LoadOptions.defaults().withDeadline(LIMIT));
  }

  private static byte[] bytes(String path) {
    try {
      return Files.readAllBytes(CaseFiles.folder().resolve(path));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void aStartThatNeverReturnsIsALoadException() {
    var thrown = assertThrows(LoadException.class, () -> load("endless/start.wasm"));
    assertEquals("the module cannot be started within the deadline", thrown.getMessage());
    assertFalse(Thread.interrupted());
  }

  @Test
  void aDecisionThatNeverReturnsIsADenyAndTheNextGetsAFreshInstance() {
    Policy policy = load("modules/answers-canned.wasm");
    // "count" is answered with how often this instance was asked, as the instant until when it
    // holds.
    var first = policy.decideJson("count", DecideOptions.at(0)).validUntil();
    assertNotEquals(first, policy.decideJson("count", DecideOptions.at(0)).validUntil());
    Answer answer = policy.decideJson("forever", DecideOptions.at(0));
    assertFalse(answer.decision());
    assertEquals(List.of("engine_error"), answer.reasons());
    assertEquals("an answer within the deadline", answer.error().orElseThrow().expected());
    assertFalse(Thread.interrupted());
    assertEquals(first, policy.decideJson("count", DecideOptions.at(0)).validUntil());
  }

  @Test
  void aSessionThatNeverReturnsDeniesAllSessions() {
    Sessions sessions = load("modules/sessions-trapping.wasm").sessions();
    sessions.open("one", "{}", 0);
    assertTrue(sessions.decide("one", 0).decision());
    sessions.patch("one", Map.of("context", Map.of("fail", 5)));
    assertEquals(List.of("engine_error"), sessions.decide("one", 0).reasons());
    assertEquals(Effect.DENY, sessions.sweep(0, false).get(0).after());
  }

  @Test
  void anInterruptFromBeforeACallIsThereAfterIt() {
    Policy policy = load("modules/answers-canned.wasm");
    Thread.currentThread().interrupt();
    Answer answer = policy.decideJson("then", DecideOptions.at(0));
    assertTrue(answer.error().isEmpty());
    assertTrue(Thread.interrupted());
  }

  @Test
  void eachCallHasTheWholeDeadline() {
    Policy policy = load("modules/answers-canned.wasm");
    long start = System.nanoTime();
    while (System.nanoTime() - start < 3 * LIMIT.toNanos()) {
      assertTrue(policy.decideJson("then", DecideOptions.at(0)).error().isEmpty());
    }
  }
}
