package dev.nhipol;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reads the responses of a module. Everything that the ABI does not allow is a Failure. Caches
 * answers by their keys. Threads share it.
 */
final class ResponseReader {
  /** Callers choose the keys, so their number is limited. */
  private static final int MAX_CACHED = 4096;

  private static final double MAX_EXACT = 0x1p53 - 1;
  private static final byte[][] STARTS =
      Contract.RESPONSE_STARTS.stream()
          .map(start -> start.getBytes(StandardCharsets.US_ASCII))
          .toArray(byte[][]::new);

  private final Map<Long, Answer> cache = new ConcurrentHashMap<>();

  /**
   * The answer of a call with form 2. The response of a refusal without a key is parsed later; any
   * other must be valid now.
   */
  Answer answer(ModuleInstance instance, int header) {
    LinearMemory memory = instance.memory;
    Effect effect = effectAt(memory, header);
    double end = endAt(memory, header);
    int flags = memory.read(header + Contract.HEADER_FLAGS) & 0xff;
    long key = memory.readLong(header + Contract.HEADER_KEY);
    if (key == 0) {
      Response response = new Response(textAt(memory, header), effect);
      return new Answer(effect, flags, end, effect.isGrant() ? response.parsed() : response);
    }
    Answer cached = cache.get(key);
    if (cached == null) {
      int written = instance.call("respond", Contract.FORM_RESPONSE);
      Response response = new Response(textAt(memory, written), effect).parsed();
      cached = new Answer(effect, flags, Double.POSITIVE_INFINITY, response);
      if (cache.size() >= MAX_CACHED) cache.clear();
      cache.put(key, cached);
    }
    if (cached.effect() != effect) throw Failure.misread(Contract.VIOLATION_OTHER_EFFECT);
    return end == Double.POSITIVE_INFINITY ? cached : cached.until(end);
  }

  /** The possibility of a call with form 2; a permit has no response. */
  Possibility possibility(ModuleInstance instance, int header) {
    return effectAt(instance.memory, header).isGrant()
        ? Possibility.until(endAt(instance.memory, header))
        : Possibility.refused(answer(instance, header));
  }

  /** The response of a call with form 1. */
  static byte[] textAt(LinearMemory memory, int header) {
    effectAt(memory, header);
    endAt(memory, header);
    byte[] start = STARTS[memory.read(header + Contract.HEADER_EFFECT)];
    int address = header + Contract.HEADER_SIZE;
    long length = memory.readU32(header + Contract.HEADER_LENGTH);
    if (length == 0) throw Failure.misread(Contract.VIOLATION_NO_RESPONSE);
    if (!memory.holds(address, length)) {
      throw Failure.misread(Contract.VIOLATION_OUTSIDE_MEMORY);
    }
    if (length < start.length || !memory.startsWith(address, start)) {
      throw Failure.misread(Contract.VIOLATION_OTHER_EFFECT);
    }
    byte[] text = memory.readBytes(address, (int) length);
    Utf8.textOf(text);
    return text;
  }

  /** The error of a response that was written. */
  static Optional<AnswerError> errorAt(LinearMemory memory, int header) {
    return Content.parse(textAt(memory, header), effectAt(memory, header)).error();
  }

  /** The error of a call that was refused. */
  static AnswerError refusalAt(LinearMemory memory, int header) {
    return errorAt(memory, header).orElseThrow(() -> Failure.misread(Contract.VIOLATION_NO_ERROR));
  }

  /** An instance has no room for contents of a table that another instance has. */
  static Failure unloadable(LinearMemory memory, int header) {
    AnswerError error = refusalAt(memory, header);
    return new Failure(Failure.engineError(error.expected(), error.found()));
  }

  private static Effect effectAt(LinearMemory memory, int header) {
    if (header == 0) throw Failure.misread(Contract.VIOLATION_NO_RESPONSE);
    if (!memory.holds(header, Contract.HEADER_SIZE)) {
      throw Failure.misread(Contract.VIOLATION_OUTSIDE_MEMORY);
    }
    Effect effect = Effect.of(memory.read(header + Contract.HEADER_EFFECT) & 0xff);
    boolean isInvalid = (memory.read(header + Contract.HEADER_FLAGS) & Contract.FLAG_INVALID) != 0;
    if (isInvalid && effect.isGrant()) {
      throw Failure.misread(Contract.VIOLATION_GRANTED_INVALID);
    }
    return effect;
  }

  private static double endAt(LinearMemory memory, int header) {
    double end = memory.readDouble(header + Contract.HEADER_VALID_UNTIL);
    if (end == Double.POSITIVE_INFINITY || (end == Math.rint(end) && Math.abs(end) <= MAX_EXACT)) {
      return end;
    }
    throw Failure.misread(Contract.VIOLATION_INVALID_INSTANT);
  }
}
