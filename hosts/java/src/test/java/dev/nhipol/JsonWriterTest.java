package dev.nhipol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JsonWriterTest {
  private record Subject(String type, Optional<String> id, Map<String, Object> properties) {}

  private enum Tier {
    GOLD
  }

  @Test
  void writesJavaValues() {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("record", new Subject("agent", Optional.empty(), Map.of()));
    value.put("list", Arrays.asList(1, 2L, null, true, Tier.GOLD, 'c'));
    value.put("array", new int[] {1, 2});
    value.put("numbers", List.of(1.0, 0.1f, 12.5, new BigDecimal("1.10"), BigInteger.TEN));
    value.put("doubles", new double[] {3, 2e-44});
    value.put("instant", Instant.ofEpochMilli(1));
    assertEquals(
        """
        {"record":{"type":"agent","properties":{}},"list":[1,2,null,true,"GOLD","c"],\
        "array":[1,2],"numbers":[1,0.1,12.5,1.10,10],"doubles":[3,2.0E-44],\
        "instant":"1970-01-01T00:00:00.001Z"}""",
        text(value));
  }

  @Test
  void writesADoubleInItsShortestForm() {
    assertEquals("5.684341886080802E-14", text(0x1p-44));
    assertEquals("0.30000000000000004", text(0.1 + 0.2));
  }

  @Test
  void escapesALoneSurrogate() {
    assertEquals("[\"\\\"\\n\u00e9\\uD800x\"]", text(List.of("\"\n\u00e9\ud800x")));
    byte[] bytes = JsonWriter.document("\ud800", 10);
    assertEquals("eda080", java.util.HexFormat.of().formatHex(bytes));
  }

  @Test
  void reportsThePathOfAValueThatJsonCannotRepresent() {
    Map<String, Object> value = Map.of("context", Map.of("a b", List.of(1, Double.NaN)));
    assertEquals(
        new AnswerError(
            "wrong_type", "$.context[\"a b\"][1]", "a number that JSON can represent", "NaN", 0),
        errorOf(value));
    assertEquals("$[1][0].x", errorOf(List.of(0, List.of(Map.of("x", 1e300)))).path());
    assertEquals("an integer beyond 2^53", errorOf(new double[] {1e300}).found());
    assertEquals("an integer beyond 2^24", errorOf(1e30f).found());
    assertEquals("a Object", errorOf(new Object()).found());
  }

  @Test
  void refusesValuesWithoutAnEnd() {
    List<Object> cycle = new ArrayList<>();
    cycle.add(cycle);
    assertEquals("too_deep", errorOf(cycle).code());
    assertEquals("too_large", errorOf(List.of("x".repeat(2_000_000))).code());
    Object nested = 1;
    for (int at = 0; at < 64; at += 1) nested = List.of(nested);
    assertEquals("[".repeat(64) + "1" + "]".repeat(64), text(nested));
    assertEquals("too_deep", errorOf(List.of(nested)).code());
  }

  private static String text(Object value) {
    Object document = value instanceof String ? List.of(value) : value;
    return new String(JsonWriter.document(document, 1_048_576), StandardCharsets.UTF_8);
  }

  private static AnswerError errorOf(Object value) {
    Failure refused =
        assertThrows(Failure.class, () -> JsonWriter.document(value, Contract.MAX_INPUT_BYTES));
    return Failure.errorOf(refused);
  }
}
