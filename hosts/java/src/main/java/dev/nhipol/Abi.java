package dev.nhipol;

import java.util.List;
import java.util.Map;

/** The module contract, version 1, as numbers and texts; runtime/ABI.md tells it in words. */
final class Abi {
  static final int MAJOR = 1;
  static final String MANIFEST_SECTION = "nhipol.manifest";
  static final String ENCODING_SECTION = "nhipol.encoding";

  /** Bytes of a request that a module reads at most; as many are free at its request's address. */
  static final int MOST_REQUEST_BYTES = 65_536;

  static final int PAGE_BYTES = 65_536;

  /** The type of obligations that an answer tells apart, as its access request. */
  static final String ACCESS_REQUEST_TYPE = "access_request";

  /** Where an answer that depends on the call's digest reads it. */
  static final String DIGEST_PATH = "context.call_digest";

  /** Characters of a digest, which are as many bytes. */
  static final int DIGEST_LENGTH = 72;

  private Abi() {}

  /** Offsets in a result. */
  static final class Result {
    static final int EFFECT = 0;
    static final int FLAGS = 4;
    static final int VALID_UNTIL = 8;
    static final int ERROR_CODE = 16;
    static final int ERROR_PATH = 20;
    static final int ERROR_FOUND = 24;
    static final int ERROR_OFFSET = 28;
    static final int ERROR_INDEXES = 32;
    static final int INDEX_COUNT = 4;
    static final int REASON_COUNT = 48;
    static final int SUBJECT = 52;
    static final int ACTION = 56;
    static final int RESOURCE = 60;
    static final int SIZE = 64;

    private Result() {}
  }

  /** A result's flags. */
  static final class Flag {
    static final int DEFAULT_DENY = 1;
    static final int INVALID = 2;
    static final int CLOCK_WENT_BACK = 4;
    static final int REVOKED_BEFORE = 8;

    private Flag() {}
  }

  /** Offsets in a fired reason. */
  static final class Reason {
    static final int INDEX = 0;
    static final int BITS = 4;
    static final int UNKNOWN = 8;
    static final int SIZE = 16;

    private Reason() {}
  }

  /** Offsets in a value's cell. */
  static final class Cell {
    static final int VALUE = 0;
    static final int POINTER = 0;
    static final int LENGTH = 4;
    static final int PRESENT = 8;
    static final int KNOWN = 9;
    static final int SIZE = 16;

    private Cell() {}
  }

  /** Offsets in what became of a table that was to be loaded. */
  static final class Outcome {
    static final int PLACE = 4;
    static final int FOUND = 8;
    static final int OFFSET = 12;
    static final int FIRST_KEY = 16;
    static final int SECOND_KEY = 20;
    static final int ELEMENT = 24;
    static final int MISSING_PAGES = 28;

    private Outcome() {}
  }

  /** Offsets in a change that a sweep found. */
  static final class Change {
    static final int HANDLE = 0;
    static final int BEFORE = 4;
    static final int AFTER = 5;
    static final int SIZE = 8;

    /** As many a sweep tells at once. */
    static final int MOST = 1024;

    private Change() {}
  }

  /** Parts of a request, of which a patch tells the whole. */
  static final class Part {
    static final int SUBJECT = 1;
    static final int ACTION = 2;
    static final int RESOURCE = 4;
    static final int CONTEXT = 8;

    private Part() {}
  }

  /**
   * An error's name, and what it expects and finds; empty where the manifest or the result says.
   */
  record ErrorTexts(String name, String expected, String found) {}

  static final int OUT_OF_MEMORY = 7;
  static final int FIRST_OF_MEMBERS = 16;
  static final int FIRST_OF_SESSIONS = 22;
  static final String NO_ROOM = "no_room";

  private static final Map<Integer, ErrorTexts> ERRORS =
      Map.ofEntries(
          error(1, "not_json", "JSON text", "a byte that cannot stand there"),
          error(2, "not_utf8", "UTF-8", "bytes that are not UTF-8"),
          error(3, "lone_surrogate", "paired surrogates", "a lone surrogate"),
          error(4, "too_deep", "at most 16 levels", "a deeper nesting"),
          error(5, "too_large", "at most 65536 bytes", "a longer text"),
          error(6, "duplicate_name", "each name once", "a name twice"),
          error(OUT_OF_MEMORY, "out_of_memory", "a smaller request", "more than fits"),
          error(16, "wrong_type", "", ""),
          error(17, "missing", "", ""),
          error(18, "too_long", "at most 4096 bytes", "a longer string"),
          error(19, "too_many", "at most 256 elements", "more elements"),
          error(20, "wrong_key", "", ""),
          error(21, "duplicate_key", "each key once", "a key twice"),
          error(22, NO_ROOM, "room for another session", "none, until more memory is reserved"),
          error(23, "no_session", "the handle of an open session", "another"),
          error(24, "other_type", "the same as the session was opened with", "another"),
          error(25, "no_signal", "a signal that the policy declares", "another"),
          error(26, "no_snapshot", "a session's text, as a module writes it", "another"));

  private static final List<String> FOUND =
      List.of(
          "nothing",
          "an object",
          "an array",
          "a string",
          "a number",
          "true or false",
          "null",
          "a fraction",
          "text that is no instant",
          "a value outside of it");

  private static Map.Entry<Integer, ErrorTexts> error(
      int code, String name, String expected, String found) {
    return Map.entry(code, new ErrorTexts(name, expected, found));
  }

  static ErrorTexts errorTexts(int code) {
    ErrorTexts texts = ERRORS.get(code);
    if (texts == null) throw EngineFailure.misread("an error that is not listed");
    return texts;
  }

  static String found(int number) {
    if (number < 0 || number >= FOUND.size()) {
      throw EngineFailure.misread("an error that is not listed");
    }
    return FOUND.get(number);
  }
}
