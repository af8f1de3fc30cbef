package dev.nhipol;

/**
 * What is wrong with a request, a table or a session, or with what should have judged it.
 *
 * @param code a name such as {@code wrong_type}, or {@code engine_error}
 * @param path JSONPath (RFC 9535) of the member at fault; {@code $} for the whole
 * @param expected what should stand there, in words
 * @param found what stands there, in words
 * @param offset bytes from the start of the text
 */
public record AnswerError(String code, String path, String expected, String found, long offset)
    implements java.io.Serializable {
  static AnswerError of(String code, String expected, String found) {
    return new AnswerError(code, "$", expected, found, 0);
  }

  static AnswerError ofEngine(String expected, String found) {
    return of("engine_error", expected, found);
  }
}
