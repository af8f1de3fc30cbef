package dev.nhipol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How this host reads and writes JSON: numbers exactly, and nothing converted silently. */
final class Json {
  static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
                  .streamWriteConstraints(
                      StreamWriteConstraints.builder()
                          .maxNestingDepth(Contract.MAX_INPUT_LEVELS)
                          .build())
                  .build())
          .addModules(new Jdk8Module(), new JavaTimeModule())
          .withConfigOverride(
              Optional.class,
              type ->
                  type.setInclude(
                      JsonInclude.Value.construct(Include.NON_ABSENT, Include.NON_ABSENT)))
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .enable(
              DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS,
              DeserializationFeature.USE_LONG_FOR_INTS,
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(
              SerializationFeature.WRITE_DATES_AS_TIMESTAMPS,
              SerializationFeature.FAIL_ON_SELF_REFERENCES,
              SerializationFeature.WRAP_EXCEPTIONS)
          .build();

  private Json() {}

  /** Throws an UncheckedIOException if the text is not JSON. */
  static JsonNode tree(byte[] text) {
    try {
      return MAPPER.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same members, unmodifiable at any depth. */
  static Map<String, Object> frozen(Map<String, Object> members) {
    Map<String, Object> copy = new LinkedHashMap<>();
    members.forEach((name, value) -> copy.put(name, frozen(value)));
    return Collections.unmodifiableMap(copy);
  }

  @SuppressWarnings("unchecked")
  private static Object frozen(Object value) {
    if (value instanceof Map<?, ?> members) return frozen((Map<String, Object>) members);
    return value instanceof List<?> list ? list.stream().map(Json::frozen).toList() : value;
  }
}
