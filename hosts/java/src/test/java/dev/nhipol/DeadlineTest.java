package dev.nhipol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Modules that never return, and policies that do. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DeadlineTest {
  /** Longer than a decision takes on a busy machine. */
  private static final Duration LIMIT = Duration.ofMillis(500);

  private static final DecideOptions AT_EPOCH = DecideOptions.at(Instant.EPOCH);

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
    assertTrue(thrown.getMessage().contains("within the deadline"), thrown.getMessage());
    assertFalse(Thread.interrupted());
  }

  @Test
  void aDecisionThatNeverReturnsIsADenyAndTheNextUsesANewInstance() {
    Policy policy = load("modules/answers-canned.wasm");
    // The answer to "count" is valid until the number of calls of this instance.
    var first = policy.decide("count", AT_EPOCH).validUntil();
    assertNotEquals(first, policy.decide("count", AT_EPOCH).validUntil());
    Answer answer = policy.decide("forever", AT_EPOCH);
    assertFalse(answer.decision());
    assertEquals(List.of("engine_error"), answer.reasons());
    assertEquals("an answer within the deadline", answer.error().orElseThrow().expected());
    assertFalse(Thread.interrupted());
    assertEquals(first, policy.decide("count", AT_EPOCH).validUntil());
  }

  @Test
  void aSessionThatNeverReturnsDeniesAllSessions() {
    Sessions sessions = load("modules/sessions-trapping.wasm").sessions();
    sessions.open("one", "{}");
    assertTrue(sessions.decide("one").decision());
    sessions.patch("one", Map.of("context", Map.of("fail", 5)));
    assertEquals(List.of("engine_error"), sessions.decide("one").reasons());
    assertEquals(Effect.DENY, sessions.sweep().get(0).after());
  }

  @Test
  void restoresAnInterruptFromBeforeACall() {
    Policy policy = load("modules/answers-canned.wasm");
    Thread.currentThread().interrupt();
    Answer answer = policy.decide("then", AT_EPOCH);
    assertTrue(answer.error().isEmpty());
    assertTrue(Thread.interrupted());
  }

  @Test
  void eachCallHasTheWholeDeadline() {
    Policy policy = load("modules/answers-canned.wasm");
    long start = System.nanoTime();
    while (System.nanoTime() - start < 3 * LIMIT.toNanos()) {
      assertTrue(policy.decide("then", AT_EPOCH).error().isEmpty());
    }
  }
}
