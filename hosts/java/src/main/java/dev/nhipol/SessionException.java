package dev.nhipol;

/** An operation on a session failed. The session is unchanged. */
public final class SessionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final AnswerError error;

  SessionException(String session, AnswerError error) {
    super("the session `%s`: %s".formatted(session, error));
    this.error = error;
  }

  /**
   * The error.
   *
   * @return the error
   */
  public AnswerError error() {
    return error;
  }
}
