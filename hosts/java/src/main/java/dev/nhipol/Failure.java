package dev.nhipol;

import run.endive.wasm.WasmEngineException;

/** A failure of the engine, the module or the caller's data, which callers get as an error. */
final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final AnswerError error;

  Failure(AnswerError error) {
    super(error.toString(), null, false, false);
    this.error = error;
  }

  /** The module wrote something that the ABI does not allow. */
  static Failure misread(String found) {
    return new Failure(engineError(Contract.ENGINE_CONFORMING_ANSWER, found));
  }

  static AnswerError engineError(String expected, String found) {
    return AnswerError.of(Contract.ERROR_ENGINE_ERROR, expected, found);
  }

  /** The error for anything that was thrown. */
  static AnswerError errorOf(Throwable thrown) {
    if (thrown instanceof Failure failure) return failure.error;
    String message = thrown.getMessage();
    String why = message == null ? thrown.getClass().getSimpleName() : message;
    return thrown instanceof WasmEngineException
        ? engineError(Contract.ENGINE_NO_TRAP, Contract.ENGINE_TRAP.formatted(why))
        : engineError(Contract.ENGINE_ANSWER, why);
  }
}
