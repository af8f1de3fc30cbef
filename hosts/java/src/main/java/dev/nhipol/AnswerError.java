package dev.nhipol;

import java.io.Serializable;

/**
 * The error of a request, a table or a session, or of the engine that should have evaluated it.
 *
 * @param code one of the codes in {@link Contract}
 * @param path JSONPath (RFC 9535) of the member at fault; {@code $} for the whole document
 * @param expected a description of what was expected
 * @param found a description of what was found
 * @param offset the position in the document, in bytes
 */
public record AnswerError(String code, String path, String expected, String found, long offset)
    implements Serializable {
  static AnswerError of(String code, String expected, String found) {
    return new AnswerError(code, "$", expected, found, 0);
  }

  @Override
  public String toString() {
    String place = path.equals("$") ? "at byte " + offset : path;
    return "%s: %s: expected %s, found %s".formatted(code, place, expected, found);
  }
}
