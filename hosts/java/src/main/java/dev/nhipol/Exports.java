package dev.nhipol;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.Export;
import run.endive.wasm.types.FunctionType;
import run.endive.wasm.types.ValType;

/** The exports of a module without imports, checked against the ABI. */
final class Exports {
  private static final String I32 = "an i32";

  private final Map<String, String> types = new HashMap<>();

  /** Throws a LoadException if an export is missing or has another type. */
  Exports(WasmModule module) {
    for (int at = 0; at < module.exportSection().exportCount(); at += 1) {
      Export export = module.exportSection().getExport(at);
      types.put(export.name(), typeOf(module, export));
    }
    expect(Map.of("memory", "memory", "abi_major", I32, "abi_minor", I32));
    expect(Contract.REQUIRED_FUNCTIONS);
    if (has("table_load")) expect(Contract.TABLE_FUNCTIONS);
    if (has("session_open")) expect(Contract.SESSION_FUNCTIONS);
    if (has("could")) expect(Contract.POSSIBILITY_FUNCTIONS);
    if (has("session_could")) expect(Contract.SESSION_POSSIBILITY_FUNCTIONS);
    if (has("limit")) expect(Map.of("name", I32));
    if (has("session_open")) expect(Map.of("changes", I32));
  }

  boolean has(String name) {
    return types.containsKey(name);
  }

  private void expect(Map<String, String> expected) {
    expected.forEach(
        (name, type) -> {
          if (type.equals(types.get(name))) return;
          String found = has(name) ? "an export `%s` of another type" : "no export `%s`";
          throw new LoadException("the module has " + found.formatted(name));
        });
  }

  private static String typeOf(WasmModule module, Export export) {
    return switch (export.exportType()) {
      case MEMORY -> "memory";
      case GLOBAL ->
          module.globalSection().getGlobal(export.index()).valueType().equals(ValType.I32)
              ? I32
              : "another global";
      case FUNCTION -> {
        FunctionType type =
            module.functionSection().getFunctionType(export.index(), module.typeSection());
        yield letters(type.params()) + ":" + letters(type.returns());
      }
      default -> "another kind";
    };
  }

  private static String letters(List<ValType> types) {
    return types.stream()
        .map(type -> type.equals(ValType.I32) ? "i" : type.equals(ValType.F64) ? "f" : "?")
        .collect(Collectors.joining());
  }
}
