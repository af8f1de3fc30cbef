package dev.nhipol;

import java.util.HashMap;
import java.util.Map;
import run.endive.runtime.ExportFunction;
import run.endive.runtime.Instance;
import run.endive.wasm.types.ValType;

/**
 * One instance of a module: its exports and where it puts what it says. It answers one caller at a
 * time; what fails in it throws, and then it must not be asked again.
 */
final class ModuleInstance {
  private static final byte[] NO_DIGEST = new byte[Contract.DIGEST_BYTES];

  /** What an address is where the module exports none. */
  private static final int NONE = -1;

  final LinearMemory memory;
  final int result;
  final int reasons;
  final int constraints;
  final int placeholders;
  final int properties;

  /** What is written for callers that have values instead of JSON. */
  final JsonWriter writer = new JsonWriter();

  /** What its tables hold. */
  Tables tables = Tables.NONE;

  private final Instance instance;
  private final CompiledModule module;

  /** Null: there is none. */
  private final Deadline deadline;

  private final Map<String, ExportFunction> functions = new HashMap<>();
  private final ExportFunction decide;
  private final long[] asked = new long[3];
  private final int request;
  private final int callDigest;
  private final int judgedDigest;

  ModuleInstance(CompiledModule module) {
    this.module = module;
    deadline = module.newDeadline();
    instance = started(module, deadline);
    ManifestReader.expectAbi(java.math.BigDecimal.valueOf(address("abi_major")));
    memory = (LinearMemory) instance.memory();
    result = address("result");
    reasons = address("reasons");
    constraints = address("constraints");
    placeholders = address("placeholders");
    properties = optionalAddress("properties");
    if (!memory.holds(result, Contract.RESULT_SIZE)) {
      throw new LoadException("the module's result is outside of its memory");
    }
    boolean asksDigest = module.exports("call_digest") && module.exports("judged_digest");
    callDigest = asksDigest ? address("call_digest") : NONE;
    judgedDigest = asksDigest ? address("judged_digest") : NONE;
    decide = instance.export("decide");
    request = roomForRequests();
  }

  private int roomForRequests() {
    try {
      return i32("request", 0);
    } catch (EngineFailure late) {
      throw new LoadException("the module cannot be started within the deadline", late);
    } catch (RuntimeException | StackOverflowError e) {
      throw new LoadException("the module cannot be started: " + e.getMessage(), e);
    }
  }

  private static Instance started(CompiledModule module, Deadline deadline) {
    try {
      return deadline == null ? module.instantiate() : deadline.limit(module::instantiate);
    } catch (EngineFailure late) {
      throw new LoadException("the module cannot be started within the deadline", late);
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new LoadException("the module cannot be started: " + e.getMessage(), e);
    }
  }

  private int optionalAddress(String name) {
    return module.exports(name) ? address(name) : NONE;
  }

  private int address(String name) {
    var global = instance.exports().global(name);
    if (!global.getType().equals(ValType.I32)) {
      throw new LoadException("the module does not use 32-bit addresses");
    }
    return (int) global.getValue();
  }

  boolean exports(String name) {
    return module.exports(name);
  }

  int global(String name) {
    return (int) instance.exports().global(name).getValue();
  }

  /** Calls a function that gives an i32. */
  int i32(String name, long... arguments) {
    return (int) call(function(name), arguments)[0];
  }

  /** Calls a function that gives an f64. */
  double f64(String name) {
    return Double.longBitsToDouble(call(function(name))[0]);
  }

  /** Calls a function that gives nothing. */
  void run(String name, long... arguments) {
    call(function(name), arguments);
  }

  private long[] call(ExportFunction function, long... arguments) {
    if (deadline == null) return function.apply(arguments);
    return deadline.limit(() -> function.apply(arguments));
  }

  private ExportFunction function(String name) {
    return functions.computeIfAbsent(name, instance::export);
  }

  /**
   * Judges a request in JSON, and gives the address of the result. One that is too long is not
   * written, and the module says so. {@code digest}: of the call; null for none.
   */
  int decide(byte[] text, int length, double now, int clock, String digest) {
    if (length <= Contract.MAX_REQUEST_BYTES) memory.write(request, text, 0, length);
    tellDigest(digest);
    asked[0] = length;
    asked[1] = Double.doubleToRawLongBits(now);
    asked[2] = clock;
    return (int) call(decide, asked)[0];
  }

  /**
   * Writes what a session is told, and gives its length as the module takes it: -1 for too long.
   */
  int told(byte[] text) {
    if (text.length > Contract.MAX_REQUEST_BYTES) return -1;
    memory.write(request, text, 0, text.length);
    return text.length;
  }

  boolean asksDigest() {
    return callDigest != NONE;
  }

  /** Right before each call that reads a request or a part of one. Null: the call has none. */
  void tellDigest(String digest) {
    if (callDigest == NONE) return;
    byte[] bytes = digest == null ? NO_DIGEST : Utf8.bytesOf(digest);
    memory.write(callDigest, bytes, 0, bytes.length);
  }

  /** The digest that was judged last; null for none. */
  String judgedDigest() {
    return judgedDigest != NONE && Cells.isKnown(memory, judgedDigest)
        ? Cells.text(memory, judgedDigest)
        : null;
  }
}
