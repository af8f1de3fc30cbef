package dev.nhipol;

/** What JSON cannot carry, on its way from the writer to an answer or an error. */
final class NotJson extends Exception {
  private static final long serialVersionUID = 1L;

  private final AnswerError error;

  NotJson(AnswerError error) {
    super(error.code(), null, false, false);
    this.error = error;
  }

  AnswerError error() {
    return error;
  }
}
