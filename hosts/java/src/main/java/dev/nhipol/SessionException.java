package dev.nhipol;

/** Why something was not done to a session, which is then as it was. */
public final class SessionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String session;
  private final AnswerError error;

  SessionException(String session, AnswerError error) {
    super(
        "the session `%s`: %s: expected %s, found %s"
            .formatted(session, error.path(), error.expected(), error.found()));
    this.session = session;
    this.error = error;
  }

  /**
   * Which session it is.
   *
   * @return its id
   */
  public String session() {
    return session;
  }

  /**
   * What is wrong: a code of the module contract, {@code wrong_id}, {@code session_exists} or
   * {@code engine_error}.
   *
   * @return the error
   */
  public AnswerError error() {
    return error;
  }
}
