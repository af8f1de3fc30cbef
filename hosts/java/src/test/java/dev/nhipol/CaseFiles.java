package dev.nhipol;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The conformance cases of all hosts. */
final class CaseFiles {
  static final String LIVE_REQUEST =
      """
      {"subject":{"type":"agent","id":"a","properties":{"expires_at":"2026-03-03T11:00:00Z"}},
       "action":{"name":"call","properties":{"tool":"t"}},
       "resource":{"type":"file","id":"f"},"context":{"risk":1}}""";

  /** An instant at which the request above is permitted. */
  static final long NOW = 1_772_532_000_000L;

  private CaseFiles() {}

  static Path folder() {
    String given = System.getenv("NHIPOL_CONFORMANCE");
    return Path.of(given == null ? "../../test/conformance" : given);
  }

  static byte[] module(String name) {
    try {
      return Files.readAllBytes(folder().resolve("modules/" + name + ".wasm"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Policy policy(String name) {
    return Policy.load(module(name));
  }
}
