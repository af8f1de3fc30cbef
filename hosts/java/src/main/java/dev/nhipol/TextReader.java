package dev.nhipol;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What sessions are told, JSON or values, as the UTF-8 text that a module reads. */
final class TextReader {
  /** What may be asked of a session. */
  private static final Set<String> ASKED = Set.of("action", "resource", "context");

  private static final Map<String, Integer> PARTS =
      Map.of(
          "subject", Contract.PART_SUBJECT,
          "action", Contract.PART_ACTION,
          "resource", Contract.PART_RESOURCE,
          "context", Contract.PART_CONTEXT);

  private TextReader() {}

  static byte[] of(String id, Object told) {
    try {
      return of(told);
    } catch (NotJson e) {
      throw new SessionException(id, e.error());
    }
  }

  /**
   * What else than action, resource and context it has is left out. What is not valid JSON stays.
   */
  static byte[] ofAsked(Object asked) throws NotJson {
    byte[] text = of(asked);
    if (text.length > Contract.MAX_REQUEST_BYTES) return text;
    try {
      if (!(Json.values(Utf8.textOf(text)) instanceof Map<?, ?> members)) return text;
      Map<Object, Object> told = new LinkedHashMap<>(members);
      told.keySet().retainAll(ASKED);
      return of(told);
    } catch (CharacterCodingException | JsonProcessingException e) {
      return text;
    }
  }

  private static byte[] of(Object told) throws NotJson {
    if (told instanceof byte[] bytes) return bytes;
    if (told instanceof String text) return Utf8.bytesOf(text);
    JsonWriter writer = new JsonWriter();
    try {
      writer.write(told, null, JsonWriter.MOST_REQUEST);
      return writer.copy();
    } catch (RuntimeException | StackOverflowError e) {
      throw EngineFailure.unreadable();
    }
  }

  /**
   * The parts that there are, as a set; what is not valid JSON has none, and the module says so.
   */
  static int partsIn(byte[] text) {
    if (text.length > Contract.MAX_REQUEST_BYTES) return 0;
    try (JsonParser parser = Json.FACTORY.createParser(Utf8.textOf(text))) {
      if (parser.nextToken() != JsonToken.START_OBJECT) return 0;
      int found = 0;
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        found |= PARTS.getOrDefault(parser.currentName(), 0);
        parser.nextToken();
        parser.skipChildren();
      }
      return parser.nextToken() == null ? found : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  /** What was answered last before the snapshot was taken; a deny where there is none. */
  static Effect effectIn(String snapshot) {
    try {
      Effect effect = Effect.ofId(Json.tree(snapshot).path("effect").asText());
      return effect == null ? Effect.DENY : effect;
    } catch (JsonProcessingException e) {
      return Effect.DENY;
    }
  }

  /** Whose text a snapshot is; empty where it is none, and the module says so. */
  static String idIn(String snapshot) {
    try {
      return Json.tree(snapshot).path("id").asText();
    } catch (JsonProcessingException e) {
      return "";
    }
  }
}
