package dev.nhipol;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Values of Java to JSON in UTF-8, without space: maps with texts as keys, records, collections,
 * arrays, texts, enums by name, numbers, booleans, instants and null. What JSON cannot carry is
 * NotJson, with its path, never another value. It throws besides only what the caller's own code
 * throws, and may be used again after that.
 */
final class JsonWriter {
  /** Longer than any request that a module reads; what a caller hands over may have no end. */
  static final long MOST_REQUEST = 1_048_576;

  private static final int MOST_LEVELS = 64;
  private static final double MOST_EXACT = 9_007_199_254_740_991.0;
  private static final float MOST_EXACT_FLOAT = 16_777_215f;

  private final JsonText out = new JsonText();
  private long most;
  private int depth;

  /** Names as String, places in arrays as Integer. */
  private final Object[] path = new Object[MOST_LEVELS];

  /** JSON text of values that JSON can carry. */
  static String text(Object value) {
    JsonWriter writer = new JsonWriter();
    try {
      writer.write(value, null, Integer.MAX_VALUE);
    } catch (NotJson e) {
      throw new IllegalArgumentException(e.error().expected(), e);
    }
    return writer.out.text();
  }

  /** Gives how many of {@link #bytes} it takes. Null: all members are written. */
  int write(Object value, Declared declared, long mostBytes) throws NotJson {
    out.clear();
    depth = 0;
    most = mostBytes;
    value(value, declared);
    return out.length();
  }

  /** Good until the next writing. */
  byte[] bytes() {
    return out.bytes();
  }

  byte[] copy() {
    return out.copy();
  }

  private void value(Object value, Declared declared) throws NotJson {
    if (value instanceof String text) string(text);
    else if (value instanceof Number number) number(number);
    else if (value instanceof Map<?, ?> map) members(map, declared);
    else if (value == null || value instanceof Boolean) out.ascii(String.valueOf(value));
    else if (value instanceof CharSequence text) string(text.toString());
    else if (value instanceof Enum<?> choice) string(choice.name());
    else if (value instanceof Instant instant) string(instantText(instant.toEpochMilli()));
    else if (value instanceof Character letter) string(letter.toString());
    else if (value instanceof Optional<?> maybe) value(maybe.orElse(null), declared);
    else container(value, declared);
    if (out.length() > most) tooLarge();
  }

  private String instantText(long milliseconds) throws NotJson {
    String text = Show.instant(milliseconds);
    if (text.endsWith("ms")) throw wrong("an instant of the years 0 to 9999", "another");
    return text;
  }

  private void container(Object value, Declared declared) throws NotJson {
    if (value instanceof Iterable<?> elements) elements(elements, declared);
    else if (value instanceof Record) members(RecordMembers.of(value), declared);
    else if (value.getClass().isArray()) elements(listOf(value), declared);
    else throw wrong("a value that JSON can represent", "a " + value.getClass().getSimpleName());
  }

  private void expectLevel() throws NotJson {
    if (depth >= MOST_LEVELS) {
      fail("too_deep", "at most " + MOST_LEVELS + " levels", Contract.TEXT_DEEPER_OR_CYCLIC);
    }
  }

  private static List<Object> listOf(Object array) {
    Object[] elements = new Object[Array.getLength(array)];
    for (int at = 0; at < elements.length; at += 1) elements[at] = Array.get(array, at);
    return Arrays.asList(elements);
  }

  /** What is an empty Optional is absent. */
  private void members(Map<?, ?> map, Declared declared) throws NotJson {
    expectLevel();
    String chooser = declared == null ? null : declared.chooser();
    Object chosen = chooser == null ? null : map.get(chooser);
    out.put('{');
    boolean isFirst = true;
    for (Map.Entry<?, ?> member : map.entrySet()) {
      if (!(member.getKey() instanceof String name)) {
        throw wrong("a Map whose keys are strings", "another key");
      }
      Object value = member.getValue();
      Declared.Member known = declared == null ? null : declared.member(name);
      boolean isLeftOut = declared != null && known == null;
      if (isLeftOut || (value instanceof Optional<?> maybe && maybe.isEmpty())) continue;
      if (!isFirst) out.put(',');
      isFirst = false;
      key(name, known);
      path[depth++] = name;
      value(value, known == null ? null : declared.of(known, chosen));
      depth -= 1;
    }
    out.put('}');
  }

  private void key(String name, Declared.Member known) throws NotJson {
    if (known == null) {
      string(name);
      out.put(':');
    } else {
      out.put(known.key);
    }
  }

  private void elements(Iterable<?> elements, Declared declared) throws NotJson {
    expectLevel();
    out.put('[');
    int place = 0;
    for (Object element : elements) {
      if (place > 0) out.put(',');
      path[depth++] = place++;
      value(element, declared);
      depth -= 1;
    }
    out.put(']');
  }

  private void number(Number value) throws NotJson {
    if (value instanceof Integer || value instanceof Long) out.ascii(value.toString());
    else if (value instanceof Double) real(value.doubleValue());
    else if (value instanceof Float) real(value.floatValue());
    else if (value instanceof BigDecimal || value instanceof BigInteger)
      out.ascii(value.toString());
    else if (value instanceof Short || value instanceof Byte) out.ascii(value.toString());
    else throw wrong(Contract.TEXT_NUMBER, "a " + value.getClass().getSimpleName());
  }

  private void real(double value) throws NotJson {
    boolean isWhole = value == Math.rint(value);
    if (!Double.isFinite(value) || (isWhole && Math.abs(value) > MOST_EXACT)) {
      String found = Double.isFinite(value) ? Contract.TEXT_LARGE_INTEGER : String.valueOf(value);
      throw wrong(Contract.TEXT_NUMBER, found);
    }
    out.ascii(NumberText.of(value));
  }

  private void real(float value) throws NotJson {
    boolean isWhole = value == Math.rint(value);
    if (isWhole && Float.isFinite(value) && Math.abs(value) > MOST_EXACT_FLOAT) {
      throw wrong(Contract.TEXT_NUMBER, "an integer beyond 2^24");
    }
    real(isWhole ? value : Double.parseDouble(Float.toString(value)));
  }

  private void string(String text) throws NotJson {
    if (text.length() > most) tooLarge();
    out.string(text);
  }

  private NotJson wrong(String expected, String found) {
    String where = JsonPaths.of(Arrays.asList(path).subList(0, depth));
    return new NotJson(new AnswerError("wrong_type", where, expected, found, 0));
  }

  private void tooLarge() throws NotJson {
    fail("too_large", "at most " + most + " bytes", Contract.TEXT_LONGER_DOCUMENT);
  }

  private static void fail(String code, String expected, String found) throws NotJson {
    throw new NotJson(AnswerError.of(code, expected, found));
  }
}
