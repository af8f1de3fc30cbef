package dev.nhipol;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.regex.Pattern;

/** The text of a response, parsed when it is first needed. Threads share it. */
final class Response {
  private static final String INVALID_REQUEST = "invalid_request";
  private static final String REFUSAL =
      """
      {"decision":false,"context":{"effect":"deny","reasons":["%1$s"],\
      "reason_details":[{"id":"%1$s","effect":"deny","fired_on":"true"}],\
      "read":["action","context","resource","subject"],"error":{"code":"%2$s","path":"%3$s",\
      "expected":"%4$s","found":"%5$s","offset":%6$d}}}""";

  private static final String READ = ",\"read\":[";
  private static final String VALID_UNTIL = ",\"valid_until\":\"%s\"";
  private static final Pattern OLD_END = Pattern.compile(",\"valid_until\":\"[^\"]*\"$");

  private final Effect effect;
  private byte[] text;
  private volatile Content content;

  Response(byte[] text, Effect effect) {
    this.text = text;
    this.effect = effect;
  }

  /** Throws a Failure if the text is not a response. */
  Response parsed() {
    content = Content.parse(text, effect);
    return this;
  }

  /** That of an engine error if the text is not a response. */
  Content content() {
    if (content != null) return content;
    try {
      return parsed().content;
    } catch (Failure failure) {
      text = refusal(Failure.errorOf(failure));
      content = Content.parse(text, Effect.DENY);
      return content;
    }
  }

  /** The text with another end; null for none. */
  String textUntil(Instant end) {
    content();
    String whole = new String(text, StandardCharsets.UTF_8);
    // The next member contains no objects, and neither do those after it.
    int next = whole.lastIndexOf(READ);
    String until = end == null ? "" : VALID_UNTIL.formatted(Instants.format(end));
    return OLD_END.matcher(whole.substring(0, next)).replaceFirst("")
        + until
        + whole.substring(next);
  }

  /** The response of a host that refuses a request. */
  static byte[] refusal(AnswerError error) {
    boolean isOfEngine = error.code().equals(Contract.ERROR_ENGINE_ERROR);
    String reason = isOfEngine ? Contract.ERROR_ENGINE_ERROR : INVALID_REQUEST;
    return REFUSAL
        .formatted(
            reason,
            JsonWriter.quoted(error.code()),
            JsonWriter.quoted(error.path()),
            JsonWriter.quoted(error.expected()),
            JsonWriter.quoted(error.found()),
            error.offset())
        .getBytes(StandardCharsets.UTF_8);
  }
}
