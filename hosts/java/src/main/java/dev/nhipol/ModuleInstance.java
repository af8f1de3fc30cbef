package dev.nhipol;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import run.endive.runtime.ExportFunction;
import run.endive.runtime.Instance;

/**
 * One instance of a module: writes what callers pass into its memory, and calls its functions. It
 * is used by one thread at a time. After it threw anything, it must not be used again.
 */
final class ModuleInstance {
  final LinearMemory memory;

  /** The contents of its tables, by their numbers. */
  Map<Integer, byte[]> tables = Map.of();

  private final Instance instance;
  private final Duration deadline;
  private final Map<String, ExportFunction> functions = new HashMap<>();
  private final int request;

  /** {@code deadline}: null for none. */
  ModuleInstance(Instance instance, Duration deadline) {
    this.instance = instance;
    this.deadline = deadline;
    memory = (LinearMemory) instance.memory();
    request = call("request", 0);
  }

  int global(String name) {
    return (int) instance.exports().global(name).getValue();
  }

  /** The i32 that the function returns. */
  int call(String name, long... values) {
    return (int) run(name, values)[0];
  }

  /** All results of the function. An f64 is passed and returned as its bits. */
  long[] run(String name, long... values) {
    ExportFunction function = functions.computeIfAbsent(name, instance::export);
    if (deadline == null) return function.apply(values);
    return Deadline.limit(deadline, () -> function.apply(values));
  }

  /** Returns the address of the header of a response. */
  int decide(byte[] text, double now, int clock, int form) {
    return call("decide", write(text), Double.doubleToRawLongBits(now), clock, form);
  }

  /** The same for a request of which members may be missing. */
  int could(byte[] text, double now, int clock, int form) {
    return call("could", write(text), Double.doubleToRawLongBits(now), clock, form);
  }

  /** Writes a request. Returns the length to pass, which the module refuses if it is too long. */
  int write(byte[] text) {
    if (text.length <= Contract.MAX_REQUEST_BYTES) memory.write(request, text, 0, text.length);
    return text.length;
  }

  /** Writes the name of a table, session or signal. Returns the length to pass. */
  int writeName(String name) {
    byte[] bytes = Utf8.bytesOf(name);
    if (bytes.length <= Contract.MAX_NAME_BYTES) {
      memory.write(global("name"), bytes, 0, bytes.length);
    }
    return bytes.length;
  }

  /** Gives the tables these contents. Returns 0, or the address of a refusal. */
  int setTables(Map<Integer, byte[]> contents) {
    if (contents == tables) return 0;
    for (int table : tables.keySet()) {
      if (!contents.containsKey(table)) call("table_drop", table);
    }
    for (Map.Entry<Integer, byte[]> table : contents.entrySet()) {
      if (tables.get(table.getKey()) == table.getValue()) continue;
      int refusal = loadTable(table.getKey(), table.getValue());
      if (refusal != 0) return refusal;
    }
    tables = contents;
    return 0;
  }

  /** Fills a table. Returns 0, or the address of a refusal. */
  int loadTable(int table, byte[] contents) {
    int address = call("table_text", contents.length);
    if (address != 0) memory.write(address, contents, 0, contents.length);
    return call("table_load", table);
  }
}
