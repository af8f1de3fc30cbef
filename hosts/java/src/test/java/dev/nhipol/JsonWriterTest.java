package dev.nhipol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.math.BigInteger;
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
  void writesWhatJavaHas() {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("record", new Subject("agent", Optional.empty(), Map.of()));
    value.put("list", Arrays.asList(1, 2L, null, true, Tier.GOLD, 'c'));
    value.put("array", new int[] {1, 2});
    value.put("numbers", List.of(1.0, 0.1f, 12.5, new BigDecimal("1.10"), BigInteger.TEN));
    value.put("instant", Instant.ofEpochMilli(0));
    assertEquals(
        """
        {"record":{"type":"agent","properties":{}},"list":[1,2,null,true,"GOLD","c"],\
        "array":[1,2],"numbers":[1,0.1,12.5,1.10,10],"instant":"1970-01-01T00:00:00.000Z"}""",
        JsonWriter.text(value));
  }

  @Test
  void escapesAsJsonDoes() {
    String text = "\"\\\n\u0001é\u2028\ud83d\ude00\ud800x";
    assertEquals("\"\\\"\\\\\\n\\u0001é\u2028\ud83d\ude00\\ud800x\"", JsonWriter.text(text));
  }

  @Test
  void tellsWhereAValueCannotBeCarried() {
    Map<String, Object> value = Map.of("context", Map.of("a b", List.of(1, Double.NaN)));
    AnswerError error = errorOf(value);
    assertEquals(
        new AnswerError(
            "wrong_type", "$.context[\"a b\"][1]", "a number that JSON can represent", "NaN", 0),
        error);
    assertEquals("an integer beyond 2^53", errorOf(1e300).found());
    assertEquals("an integer beyond 2^24", errorOf(1e30f).found());
    assertEquals("another key", errorOf(Map.of(1, 2)).found());
    assertEquals("a Object", errorOf(new Object()).found());
  }

  @Test
  void endsWhereValuesHaveNoEnd() {
    List<Object> cycle = new ArrayList<>();
    cycle.add(cycle);
    assertEquals("too_deep", errorOf(cycle).code());
    assertEquals("too_large", errorOf("x".repeat(2_000_000)).code());
  }

  private static AnswerError errorOf(Object value) {
    JsonWriter writer = new JsonWriter();
    NotJson refused =
        assertThrows(NotJson.class, () -> writer.write(value, null, JsonWriter.MOST_REQUEST));
    return refused.error();
  }
}
