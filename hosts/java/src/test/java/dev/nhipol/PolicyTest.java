package dev.nhipol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class PolicyTest {
  private record Entity(String type, String id) {}

  private record Action(String name, Map<String, Object> properties) {}

  private record Request(Entity subject, Action action, Entity resource) {}

  private static Request asking(boolean permits) {
    Map<String, Object> properties =
        Map.of(
            "permits", permits,
            "narrows", false,
            "challenges", false,
            "denies", false,
            "revokes", false);
    return new Request(
        new Entity("agent", "s-1"), new Action("use", properties), new Entity("thing", "r-1"));
  }

  @Test
  void decidesRecordsAndJsonAlikeAndCachesTheAnswer() {
    Policy policy = CaseFiles.policy("effects-order");
    Answer byValues = policy.decide(asking(true));
    Answer byJson = policy.decideJson(JsonWriter.document(asking(true), 1000));
    assertEquals(Effect.PERMIT, byValues.effect());
    assertEquals(List.of("granted"), byValues.reasons());
    assertSame(byValues, byJson);
    assertEquals(Effect.DENY, policy.decide(asking(false)).effect());
  }

  @Test
  void deniesWhatCannotBeRead() {
    Policy policy = CaseFiles.policy("effects-order");
    Map<String, Object> throwing =
        new AbstractMap<>() {
          @Override
          public Set<Entry<String, Object>> entrySet() {
            throw new IllegalStateException("no entries");
          }
        };
    for (Answer answer :
        List.of(
            policy.decide(throwing),
            policy.decideJson(null),
            policy.decide(asking(true), null),
            policy.decide(asking(true), DecideOptions.at(Instant.MAX)))) {
      assertEquals(Effect.DENY, answer.effect());
      assertEquals(List.of("engine_error"), answer.reasons());
    }
    assertEquals(List.of("invalid_request"), policy.decide(null).reasons());
    assertEquals(List.of("invalid_request"), policy.decide(Double.NaN).reasons());
    assertEquals(Effect.PERMIT, policy.decide(asking(true)).effect());
  }

  @Test
  void refusesALongRequest() {
    Answer answer = CaseFiles.policy("effects-order").decideJson(new byte[70_000]);
    assertEquals("too_large", answer.error().orElseThrow().code());
  }

  @Test
  void decidesInAnInterruptedThread() {
    Policy policy = CaseFiles.policy("effects-order");
    Thread.currentThread().interrupt();
    Answer answer = policy.decide(asking(true));
    assertTrue(Thread.interrupted());
    assertEquals(Effect.PERMIT, answer.effect());
  }

  @Test
  void canBeSharedByThreads() throws Exception {
    Policy policy = CaseFiles.policy("tables-external");
    String request =
        """
        {"subject":{"type":"agent","id":"s","properties":{"team":"a"}},
         "action":{"name":"pay","properties":{"amount":5}},"resource":{"type":"thing","id":"r"}}""";
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Boolean>> asking = new ArrayList<>();
      for (int at = 0; at < 400; at += 1) {
        int quota = at % 3;
        asking.add(
            () -> {
              if (quota == 0) policy.loadTable("quotas", Map.of("a", 9, "b", quota));
              Answer answer = policy.decide(request);
              return !answer.reasons().contains("engine_error");
            });
      }
      for (Future<Boolean> each : threads.invokeAll(asking)) assertTrue(each.get());
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void keepsTablesWithinTheirLimit() {
    byte[] module = CaseFiles.module("tables-external");
    Policy policy = Policy.load(module, LoadOptions.defaults().withTableBytes(0));
    TableException refused =
        assertThrows(TableException.class, () -> policy.loadTable("quotas", "{\"a\":1}"));
    assertEquals("out_of_memory", refused.error().code());
  }

  @Test
  void keepsMemoryWithinItsLimit() {
    byte[] module = CaseFiles.module("effects-order");
    LoadOptions options = LoadOptions.defaults().withMaxMemoryBytes(65_536);
    LoadException refused = assertThrows(LoadException.class, () -> Policy.load(module, options));
    assertTrue(refused.getMessage().endsWith("and may have 65536"), refused.getMessage());
  }

  @Test
  void usesItsClock() {
    LoadOptions options = LoadOptions.defaults().withClock(InstantSource.fixed(Instant.EPOCH));
    Policy policy = Policy.load(CaseFiles.module("sessions-live"), options);
    assertEquals(
        policy.decide(CaseFiles.LIVE_REQUEST, DecideOptions.at(Instant.EPOCH)).toAuthZenJson(),
        policy.decide(CaseFiles.LIVE_REQUEST).toAuthZenJson());
  }

  @Test
  void writesTheResponseOfTheModule() {
    Policy policy = CaseFiles.policy("effects-order");
    byte[] request = JsonWriter.document(asking(true), 1000);
    assertEquals(
        policy.decideJson(request).toAuthZenJson(),
        new String(policy.decideResponse(request), StandardCharsets.UTF_8));
    String refused = new String(policy.decideResponse(null), StandardCharsets.UTF_8);
    assertTrue(
        refused.startsWith("{\"decision\":false,\"context\":{\"effect\":\"deny\","), refused);
  }

  @Test
  void waitsForOneOfItsInstances() throws Exception {
    LoadOptions options = LoadOptions.defaults().withMaxInstances(1);
    Policy policy = Policy.load(CaseFiles.module("effects-order"), options);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      Callable<Effect> deciding = () -> policy.decide(asking(true)).effect();
      for (Future<Effect> each : threads.invokeAll(Collections.nCopies(1000, deciding))) {
        assertEquals(Effect.PERMIT, each.get());
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void readsTheManifestOnDemand() {
    Policy policy = CaseFiles.policy("effects-order");
    assertTrue(policy.manifestJson().contains("\"name\":\"" + policy.name() + "\""));
    assertEquals("0.0.0", policy.version());
  }

  @Test
  void refusesModulesThatItCannotRun() {
    byte[] module = CaseFiles.module("effects-order");
    module[4] = 9;
    assertThrows(LoadException.class, () -> Policy.load(module));
  }

  @Test
  void deniesWithAResponseThatIsNotJson() {
    Policy policy = CaseFiles.policy("answers-canned");
    for (Effect effect : List.of(Effect.PERMIT, Effect.DENY)) {
      String text =
          "{\"decision\":%b,\"context\":{\"effect\":\"%s\",\"reasons\":"
              .formatted(effect.isGrant(), effect.id());
      ByteBuffer request = ByteBuffer.allocate(Contract.HEADER_SIZE + text.length());
      request.order(ByteOrder.LITTLE_ENDIAN);
      request.put(Contract.HEADER_EFFECT, (byte) (effect.isGrant() ? 0 : 3));
      request.putInt(Contract.HEADER_LENGTH, text.length());
      request.putDouble(Contract.HEADER_VALID_UNTIL, Double.POSITIVE_INFINITY);
      request.put(Contract.HEADER_SIZE, text.getBytes(StandardCharsets.US_ASCII));
      Answer answer = policy.decideJson(request.array());
      assertEquals(Effect.DENY, answer.effect());
      assertEquals(List.of("engine_error"), answer.reasons());
      assertTrue(answer.toAuthZenJson().contains("\"code\":\"engine_error\""));
    }
  }
}
