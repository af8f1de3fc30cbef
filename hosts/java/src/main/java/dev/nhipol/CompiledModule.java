package dev.nhipol;

import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import run.endive.compiler.InterpreterFallback;
import run.endive.compiler.MachineFactoryCompiler;
import run.endive.runtime.Instance;
import run.endive.runtime.Machine;
import run.endive.runtime.Memory;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.ImportSection;
import run.endive.wasm.types.MemoryLimits;
import run.endive.wasm.types.UnknownCustomSection;

/** The bytes of a module, compiled to JVM bytecode. Everything else is a LoadException. */
final class CompiledModule {
  private final WasmModule module;
  private final Exports exports;
  private final MemoryLimits memory;
  private final Duration deadline;
  private final Function<Instance, Machine> machines;

  private CompiledModule(byte[] bytes, LoadOptions options) {
    module = Parser.parse(bytes);
    expectNoImports(module.importSection());
    exports = new Exports(module);
    memory = limits(options.maxMemoryBytes());
    deadline = options.deadline().orElse(null);
    machines = compiled();
  }

  static CompiledModule load(byte[] bytes, LoadOptions options) {
    return orRefuse(() -> new CompiledModule(bytes, options));
  }

  private static <T> T orRefuse(Supplier<T> action) {
    try {
      return action.get();
    } catch (LoadException refused) {
      throw refused;
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new LoadException("not a module that this host supports: " + e.getMessage(), e);
    }
  }

  Exports exports() {
    return exports;
  }

  /** The text of the manifest. */
  byte[] manifest() {
    if (module.customSection(Contract.MANIFEST_SECTION) instanceof UnknownCustomSection section) {
      return section.bytes();
    }
    throw new LoadException("the module has no manifest");
  }

  /** {@code maxBytes}: the maximum memory of tables and sessions. */
  ModuleInstance instantiate(long maxBytes) {
    return orRefuse(
        () -> {
          Instance started = Deadline.limit(deadline, this::start);
          if (started.exports().global("abi_major").getValue() != Contract.ABI_MAJOR) {
            throw new LoadException("the module does not have ABI version " + Contract.ABI_MAJOR);
          }
          ModuleInstance instance = new ModuleInstance(started, deadline);
          long pages = Math.min(maxBytes / Contract.PAGE_BYTES, Memory.RUNTIME_MAX_PAGES);
          if (exports.has("limit")) instance.run("limit", pages);
          return instance;
        });
  }

  private Instance start() {
    return Instance.builder(module)
        .withMachineFactory(machines)
        .withMemoryFactory(LinearMemory::new)
        .withMemoryLimits(memory)
        .withStart(false)
        .build();
  }

  private static void expectNoImports(ImportSection imports) {
    if (imports == null || imports.importCount() == 0) return;
    throw new LoadException(
        "the module imports `%s.%s`, but a policy must not import anything"
            .formatted(imports.getImport(0).module(), imports.getImport(0).name()));
  }

  private MemoryLimits limits(long maxBytes) {
    MemoryLimits own = module.memorySection().orElseThrow().getMemory(0).limits();
    int max = (int) Math.min(own.maximumPages(), maxBytes / Contract.PAGE_BYTES);
    if (own.initialPages() > max) {
      throw new LoadException(
          "the module needs %d bytes of memory, and may have %d"
              .formatted((long) own.initialPages() * Contract.PAGE_BYTES, maxBytes));
    }
    return new MemoryLimits(own.initialPages(), max);
  }

  /** Without a deadline, compiles first to change the classes, and then to use the changed ones. */
  private Function<Instance, Machine> compiled() {
    MachineFactoryCompiler.Builder compiler =
        MachineFactoryCompiler.builder(module).withInterpreterFallback(InterpreterFallback.SILENT);
    if (deadline == null) compiler.withCache(new UninterruptedCode()).compile();
    return compiler.compile();
  }
}
