package dev.nhipol;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * JSON text in its one canonical form, RFC 8785. Of two texts that say something else no form is
 * the same: what the form cannot carry (a duplicate name, a number of more digits than a double
 * keeps, a lone surrogate, more than 64 levels) has none.
 */
final class CanonicalJson {
  private static final int MOST_LEVELS = 64;

  private CanonicalJson() {}

  /**
   * The members of an object that are read, by their names.
   *
   * @param members each with the selection of its own members; null: it is read as a whole
   */
  record Selection(Map<String, Selection> members) {
    /** Members that are read as a whole. */
    static Selection of(String... names) {
      Map<String, Selection> members = new HashMap<>();
      for (String name : names) members.put(name, null);
      return new Selection(members);
    }

    /** With one more. */
    Selection and(String name, Selection within) {
      Map<String, Selection> more = new HashMap<>(members);
      more.put(name, within);
      return new Selection(more);
    }
  }

  /**
   * The selected members of an object, each in its canonical form; null: it has none. Of a text
   * that is not valid JSON there are no members.
   */
  static Map<String, String> members(String text, Selection selection) {
    try (JsonParser parser = Json.FACTORY.createParser(text)) {
      Map<String, String> found = new HashMap<>();
      if (parser.nextToken() != JsonToken.START_OBJECT) return Map.of();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        parser.nextToken();
        if (!selection.members.containsKey(name)) {
          parser.skipChildren();
        } else {
          String form = form(parser, 1, selection.members.get(name));
          found.put(name, found.containsKey(name) ? null : form);
        }
      }
      return parser.nextToken() == null ? found : Map.of();
    } catch (IOException e) {
      return Map.of();
    }
  }

  /** Of the value that begins with the present token; goes to its end. Null: it has none. */
  private static String form(JsonParser parser, int depth, Selection selection) throws IOException {
    String form =
        switch (parser.currentToken()) {
          case START_OBJECT -> object(parser, depth, selection);
          case START_ARRAY -> array(parser, depth);
          case VALUE_STRING -> string(parser.getText());
          case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> NumberText.canonical(parser.getText());
          default -> parser.getText();
        };
    return depth > MOST_LEVELS ? null : form;
  }

  private static String object(JsonParser parser, int depth, Selection selection)
      throws IOException {
    Map<String, String> members = new TreeMap<>();
    boolean hasForm = true;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      if (selection != null && !selection.members.containsKey(name)) {
        parser.skipChildren();
        continue;
      }
      Selection within = selection == null ? null : selection.members.get(name);
      String form = form(parser, depth + 1, within);
      hasForm &= form != null && Utf8.isWellFormed(name) && !members.containsKey(name);
      members.put(name, form);
    }
    if (!hasForm) return null;
    return members.entrySet().stream()
        .map(member -> JsonWriter.text(member.getKey()) + ":" + member.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String array(JsonParser parser, int depth) throws IOException {
    List<String> elements = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) elements.add(form(parser, depth + 1, null));
    return elements.contains(null) ? null : "[" + String.join(",", elements) + "]";
  }

  private static String string(String text) {
    return Utf8.isWellFormed(text) ? JsonWriter.text(text) : null;
  }
}
