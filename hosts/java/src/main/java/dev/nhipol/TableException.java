package dev.nhipol;

/** Why a table was not loaded. It holds what it held before. */
public final class TableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String table;
  private final AnswerError error;

  TableException(String table, AnswerError error) {
    super(
        "the table `%s` was not loaded: %s: expected %s, found %s"
            .formatted(
                table,
                error.path().equals("$") ? "at byte " + error.offset() : error.path(),
                error.expected(),
                error.found()));
    this.table = table;
    this.error = error;
  }

  /**
   * Which table it is.
   *
   * @return the name that was told
   */
  public String table() {
    return table;
  }

  /**
   * What is wrong: a code of the module contract, {@code unknown_table} or {@code engine_error}.
   * The path starts at the table's own object.
   *
   * @return the error
   */
  public AnswerError error() {
    return error;
  }
}
