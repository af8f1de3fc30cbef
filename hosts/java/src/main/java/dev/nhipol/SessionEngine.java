package dev.nhipol;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The sessions of one instance of a module, by their handles: what is told comes in as bytes,
 * answers and errors go out. Memory grows as sessions need it, up to a limit. One caller at a time.
 */
final class SessionEngine {
  /** Bytes of a session's id, and of its text, at most. */
  static final int LONGEST_ID = 255;

  private static final int LONGEST_TEXT = 16_777_216;

  /** How many pages are reserved at least when there is no more room. */
  private static final int LEAST_PAGES = 16;

  private static final AnswerError TOO_LONG =
      AnswerError.of(
          "too_large", "at most " + LONGEST_TEXT + " bytes", Contract.TEXT_LONGER_DOCUMENT);

  private final ModuleInstance instance;
  private final Manifest manifest;
  private final AnswerReader reader;
  private final long bytes;
  private final int sessionId;
  private final int changes;

  /** What came of a call: something, or an error. Where there is none of the two it was done. */
  record Outcome<T>(T value, AnswerError error) {
    static <T> Outcome<T> of(T value) {
      return new Outcome<>(value, null);
    }

    static <T> Outcome<T> refused(AnswerError error) {
      return new Outcome<>(null, error);
    }
  }

  /** Handles are unsigned. */
  record Restored(int handle, Optional<AnswerError> misfit) {}

  record Found(int handle, Effect before, Effect after) {}

  SessionEngine(ModuleInstance instance, Manifest manifest, AnswerReader reader, long bytes) {
    if (!instance.exports("session_open") || !instance.exports("session_sweep")) {
      throw new LoadException("the module does not export the functions of sessions");
    }
    this.instance = instance;
    this.manifest = manifest;
    this.reader = reader;
    this.bytes = bytes;
    sessionId = instance.global("session_id");
    changes = instance.global("changes");
  }

  boolean asksDigest() {
    return instance.asksDigest();
  }

  /** The digest of the call that the module read last, or restored; null for none. */
  String judgedDigest() {
    return instance.judgedDigest();
  }

  /** Whether it held other tables until now. {@code tableBytes}: what tables alone may take. */
  boolean hold(Tables tables, long tableBytes) {
    return tables.bringTo(instance, manifest, tableBytes + bytes);
  }

  Outcome<Integer> open(byte[] id, byte[] request, double now, String digest) {
    return growing(
        () -> {
          int length = instance.told(request);
          instance.memory.write(sessionId, id, 0, id.length);
          instance.tellDigest(digest);
          int handle = instance.i32("session_open", length, length < 0 ? 0 : id.length, bits(now));
          return handle == 0 ? Outcome.refused(refused(instance.result)) : Outcome.of(handle);
        });
  }

  /**
   * {@code replaced}: a set of parts that are told as a whole; {@code digest}: of the call as it is
   * then. Gives an answer with an error where nothing changed; one that revokes ends the session.
   */
  Outcome<Answer> patch(int handle, byte[] part, int replaced, String digest) {
    return growing(
        () -> {
          int length = instance.told(part);
          instance.tellDigest(digest);
          int result = instance.i32("session_patch", unsigned(handle), length, replaced);
          if (result == 0) return Outcome.of(null);
          Answer answer = reader.read(instance, result);
          return new Outcome<>(answer, answer.error().orElse(null));
        });
  }

  /** {@code time}: NaN for now. Null: it is recorded. */
  AnswerError record(int handle, int signal, byte[] told, double time, double now) {
    int length = instance.told(told);
    int result =
        instance.i32("session_record", unsigned(handle), signal, length, bits(time), bits(now));
    return result == 0 ? null : refused(result);
  }

  /** {@code taken}: whether the decision is taken, or what was asked last is judged once more. */
  Answer decide(int handle, double now, boolean taken) {
    int result = instance.i32("session_decide", unsigned(handle), bits(now), taken ? 1 : 0);
    return reader.read(instance, result);
  }

  void close(int handle) {
    instance.i32("session_close", unsigned(handle));
  }

  Outcome<String> snapshot(int handle) {
    return growing(
        () -> {
          int length = instance.i32("session_snapshot", unsigned(handle));
          return length > 0
              ? Outcome.of(instance.memory.text(instance.i32("session_buffer", 0), length))
              : Outcome.refused(refused(instance.result));
        });
  }

  Outcome<Restored> restore(byte[] text) {
    if (text.length > LONGEST_TEXT) return Outcome.refused(TOO_LONG);
    return growing(
        () -> {
          int address = instance.i32("session_buffer", text.length);
          if (address == 0) return Outcome.refused(lacksRoom());
          instance.memory.write(address, text, 0, text.length);
          int handle = instance.i32("session_restore", text.length);
          return handle == 0
              ? Outcome.refused(refused(instance.result))
              : Outcome.of(new Restored(handle, Optional.ofNullable(reader.errorOf(instance))));
        });
  }

  private static AnswerError lacksRoom() {
    Contract.ErrorTexts texts = Abi.errorTexts(Contract.CODE_NO_ROOM);
    return AnswerError.of(texts.name(), texts.expected(), texts.found());
  }

  /** All that a sweep finds; where it has no more room for knowing when, memory grows. */
  List<Found> sweep(double now, boolean isAll) {
    List<Found> found = new ArrayList<>();
    int count = sweepOnce(now, isAll, found);
    while (count == Contract.MAX_CHANGES || (due() == 0 && grow())) {
      count = sweepOnce(now, false, found);
    }
    return found;
  }

  private int sweepOnce(double now, boolean isAll, List<Found> found) {
    int count = instance.i32("session_sweep", bits(now), isAll ? 1 : 0);
    if (count < 0 || count > Contract.MAX_CHANGES) {
      throw EngineFailure.misread(Contract.VIOLATION_TOO_MANY_CHANGES);
    }
    for (int at = 0; at < count; at += 1) {
      int entry = changes + at * Contract.CHANGE_SIZE;
      found.add(
          new Found(
              instance.memory.readInt(entry + Contract.CHANGE_HANDLE),
              Effect.of(instance.memory.u8(entry + Contract.CHANGE_BEFORE)),
              Effect.of(instance.memory.u8(entry + Contract.CHANGE_AFTER))));
    }
    return count;
  }

  /** In milliseconds; 0: at once; infinite: nothing will change by itself. */
  double due() {
    return instance.f64("session_due");
  }

  /** Until there is room for it, or no more memory. */
  private <T> Outcome<T> growing(Supplier<Outcome<T>> attempt) {
    while (true) {
      Outcome<T> outcome = attempt.get();
      boolean isForRoom =
          outcome.error != null && outcome.error.code().equals(Contract.ERROR_NO_ROOM);
      if (!isForRoom || !grow()) return outcome;
    }
  }

  /** By a quarter, so that it is seldom. Whether there is more than before. */
  private boolean grow() {
    int before = instance.i32("reserve", 0);
    long wanted =
        Math.min((long) before + Math.max(LEAST_PAGES, before >> 2), bytes / Contract.PAGE_BYTES);
    return wanted > before && instance.i32("reserve", wanted) > before;
  }

  private AnswerError refused(int result) {
    return reader
        .read(instance, result)
        .error()
        .orElseThrow(() -> EngineFailure.misread(Contract.VIOLATION_NO_ERROR));
  }

  private static long bits(double value) {
    return Double.doubleToRawLongBits(value);
  }

  private static long unsigned(int handle) {
    return Integer.toUnsignedLong(handle);
  }
}
