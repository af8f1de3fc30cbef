package dev.nhipol;

import run.endive.wasm.WasmEngineException;

/**
 * What went wrong on the way to an answer, in the words of an answer's error. It stays behind the
 * doors: callers get a deny.
 */
final class EngineFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final AnswerError error;
  private final boolean isOfHost;

  private EngineFailure(String expected, String found, boolean isOfHost) {
    super("expected " + expected + ", found " + found, null, false, false);
    error = AnswerError.ofEngine(expected, found);
    this.isOfHost = isOfHost;
  }

  /** The module wrote what its manifest and the ABI do not allow. */
  static EngineFailure misread(String found) {
    return new EngineFailure(Contract.ENGINE_CONFORMING_ANSWER, found, false);
  }

  /** The module was stopped, for it did not return. */
  static EngineFailure late() {
    return new EngineFailure(Contract.ENGINE_DEADLINE, "none", false);
  }

  /** The host refuses something, and the module is as it was. */
  static EngineFailure ofHost(String expected, String found) {
    return new EngineFailure(expected, found, true);
  }

  /** What reads a caller's values was stopped by the caller's own code. */
  static EngineFailure unreadable() {
    return ofHost(Contract.ENGINE_READABLE_REQUEST, Contract.TEXT_THROWING_REQUEST);
  }

  /** Whether the module may be asked again after what was thrown. */
  static boolean leavesModule(Throwable failure) {
    return failure instanceof EngineFailure own && own.isOfHost;
  }

  /** Whatever was thrown, as an answer tells it. */
  static AnswerError errorOf(Throwable failure) {
    if (failure instanceof EngineFailure own) return own.error;
    String message = failure.getMessage();
    String why = message == null ? failure.getClass().getSimpleName() : message;
    return failure instanceof WasmEngineException
        ? AnswerError.ofEngine(Contract.ENGINE_NO_TRAP, "a trap: " + why)
        : AnswerError.ofEngine(Contract.ENGINE_ANSWER, why);
  }
}
