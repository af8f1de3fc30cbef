package dev.nhipol;

/**
 * Looks up what a module writes by number; the constants of the contract are in {@link Contract}.
 */
final class Abi {
  /** Where an answer that depends on the call's digest reads it. */
  static final String DIGEST_PATH = "context.call_digest";

  private Abi() {}

  static Contract.ErrorTexts errorTexts(int code) {
    Contract.ErrorTexts texts = Contract.ERROR_TEXTS.get(code);
    if (texts == null) throw EngineFailure.misread(Contract.VIOLATION_UNKNOWN_ERROR);
    return texts;
  }

  static String found(int number) {
    if (number < 0 || number >= Contract.FOUND_TEXTS.size()) {
      throw EngineFailure.misread(Contract.VIOLATION_UNKNOWN_ERROR);
    }
    return Contract.FOUND_TEXTS.get(number);
  }
}
