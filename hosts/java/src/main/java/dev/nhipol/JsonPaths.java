package dev.nhipol;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** JSONPath (RFC 9535) of a member, in its short form where a name allows it. */
final class JsonPaths {
  private static final Pattern SHORT = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern PLACE = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|\\[\\]");

  private JsonPaths() {}

  /** Names as String, places in arrays as Integer. */
  static String of(List<Object> steps) {
    StringBuilder path = new StringBuilder("$");
    for (Object step : steps) {
      if (!(step instanceof String name)) {
        path.append('[').append(step).append(']');
      } else if (SHORT.matcher(name).matches()) {
        path.append('.').append(name);
      } else {
        path.append('[').append(JsonWriter.text(name)).append(']');
      }
    }
    return path.toString();
  }

  /**
   * Puts the places in arrays into a path of the manifest; those beyond what is known stay open.
   */
  static String withIndexes(String path, long[] indexes) {
    Matcher places = PLACE.matcher(path);
    StringBuilder whole = new StringBuilder();
    int next = 0;
    while (places.find()) {
      String part = places.group();
      if (part.equals("[]")) {
        part = "[" + (next < indexes.length ? String.valueOf(indexes[next]) : "*") + "]";
        next += 1;
      }
      places.appendReplacement(whole, Matcher.quoteReplacement(part));
    }
    return places.appendTail(whole).toString();
  }
}
