package dev.nhipol;

/** A table was not changed. It has its earlier contents. */
public final class TableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final AnswerError error;

  TableException(String table, AnswerError error) {
    super("the table `%s` was not changed: %s".formatted(table, error));
    this.error = error;
  }

  /**
   * The error. Its path starts at the object of the table.
   *
   * @return the error
   */
  public AnswerError error() {
    return error;
  }
}
