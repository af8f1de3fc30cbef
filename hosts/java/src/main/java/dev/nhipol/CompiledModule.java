package dev.nhipol;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import run.endive.compiler.InterpreterFallback;
import run.endive.compiler.MachineFactoryCompiler;
import run.endive.runtime.Instance;
import run.endive.runtime.Machine;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.ExportSection;
import run.endive.wasm.types.ExternalType;
import run.endive.wasm.types.ImportSection;
import run.endive.wasm.types.MemoryLimits;
import run.endive.wasm.types.SectionId;
import run.endive.wasm.types.UnknownCustomSection;

/**
 * The bytes of a compiled policy come in; what makes instances of it goes out. Bytes that are
 * anything else are a LoadException, here and never later.
 */
final class CompiledModule {
  private static final Map<String, ExternalType> EXPORTS =
      Map.ofEntries(
          Map.entry("memory", ExternalType.MEMORY),
          Map.entry("abi_major", ExternalType.GLOBAL),
          Map.entry("abi_minor", ExternalType.GLOBAL),
          Map.entry("result", ExternalType.GLOBAL),
          Map.entry("reasons", ExternalType.GLOBAL),
          Map.entry("constraints", ExternalType.GLOBAL),
          Map.entry("placeholders", ExternalType.GLOBAL),
          Map.entry("manifest", ExternalType.GLOBAL),
          Map.entry("manifest_length", ExternalType.GLOBAL),
          Map.entry("request", ExternalType.FUNCTION),
          Map.entry("decide", ExternalType.FUNCTION),
          Map.entry("again", ExternalType.FUNCTION),
          Map.entry("explain", ExternalType.FUNCTION));

  private final WasmModule module;
  private final List<UnknownCustomSection> custom;
  private final Function<Instance, Machine> machines;
  private final Map<String, ExternalType> exports;
  private final MemoryLimits memory;
  private final String manifestJson;
  private final Manifest manifest;
  private final Declared declared;
  private final Duration deadline;

  private CompiledModule(byte[] bytes, LoadOptions options) {
    module = Parser.parse(bytes);
    custom = customSections(bytes);
    expectNoImports(module.importSection());
    manifestJson = section(Contract.MANIFEST_SECTION, "manifest");
    if (manifestJson == null) throw new LoadException("the module has 0 manifests, expected one");
    manifest = ManifestReader.read(tree(manifestJson, "manifest"));
    if (manifest.simd()) {
      throw new LoadException(
          "the module has vector instructions, which this host does not run: compile it without"
              + " them");
    }
    exports = exportsOf(module.exportSection());
    EXPORTS.forEach(
        (name, kind) -> {
          if (exports.get(name) != kind) {
            String wanted = kind.name().toLowerCase(java.util.Locale.ROOT);
            throw new LoadException("the module exports no " + wanted + " `" + name + "`");
          }
        });
    String encoding = section(Contract.ENCODING_SECTION, "encoding");
    declared = encoding == null ? null : Declared.in(tree(encoding, "encoding"), manifest);
    memory = limits(options.maxMemoryBytes());
    deadline = options.deadline();
    machines = deadline == null ? compile(module) : compileInterruptible(module);
  }

  static CompiledModule load(byte[] bytes, LoadOptions options) {
    try {
      return new CompiledModule(bytes.clone(), options);
    } catch (LoadException e) {
      throw e;
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new LoadException(
          "these bytes are not a valid WebAssembly module that this host runs: " + e.getMessage(),
          e);
    }
  }

  Manifest manifest() {
    return manifest;
  }

  String manifestJson() {
    return manifestJson;
  }

  /** Null: the module does not tell. */
  Declared declared() {
    return declared;
  }

  boolean exports(String name) {
    return exports.containsKey(name);
  }

  /** For the calls of one instance. Null: there is none. */
  Deadline newDeadline() {
    return Deadline.of(deadline);
  }

  Instance instantiate() {
    return Instance.builder(module)
        .withMachineFactory(machines)
        .withMemoryFactory(LinearMemory::new)
        .withMemoryLimits(memory)
        .withStart(false)
        .build();
  }

  /** A parsed module keeps one of each name. */
  private static List<UnknownCustomSection> customSections(byte[] bytes) {
    List<UnknownCustomSection> found = new ArrayList<>();
    Parser.builder()
        .includeSectionId(SectionId.CUSTOM)
        .build()
        .parse(
            new ByteArrayInputStream(bytes),
            section -> {
              if (section instanceof UnknownCustomSection unknown) found.add(unknown);
            });
    return found;
  }

  private static void expectNoImports(ImportSection imports) {
    if (imports == null || imports.importCount() == 0) return;
    throw new LoadException(
        "the module imports `%s.%s`, but a policy must not import anything"
            .formatted(imports.getImport(0).module(), imports.getImport(0).name()));
  }

  private static Map<String, ExternalType> exportsOf(ExportSection section) {
    Map<String, ExternalType> found = new HashMap<>();
    for (int at = 0; at < section.exportCount(); at += 1) {
      found.put(section.getExport(at).name(), section.getExport(at).exportType());
    }
    return found;
  }

  private MemoryLimits limits(long maxMemoryBytes) {
    MemoryLimits own = module.memorySection().orElseThrow().getMemory(0).limits();
    int most = (int) Math.min(own.maximumPages(), maxMemoryBytes / Contract.PAGE_BYTES);
    if (own.initialPages() > most) {
      throw new LoadException(
          "the module takes %d bytes of memory, and may have %d"
              .formatted((long) own.initialPages() * Contract.PAGE_BYTES, maxMemoryBytes));
    }
    return new MemoryLimits(own.initialPages(), most);
  }

  /** Null: there is none. */
  private String section(String name, String what) {
    List<byte[]> found =
        custom.stream()
            .filter(each -> each.name().equals(name))
            .map(UnknownCustomSection::bytes)
            .toList();
    if (found.size() > 1) {
      throw new LoadException("the module has " + found.size() + " " + what + "s, expected one");
    }
    try {
      return found.isEmpty() ? null : Utf8.textOf(found.get(0));
    } catch (CharacterCodingException e) {
      throw new LoadException("the module's " + what + " is not UTF-8", e);
    }
  }

  private static JsonNode tree(String json, String what) {
    try {
      return Json.tree(json);
    } catch (JsonProcessingException e) {
      throw new LoadException("the module's " + what + " is not valid JSON", e);
    }
  }

  private static Function<Instance, Machine> compileInterruptible(WasmModule module) {
    return MachineFactoryCompiler.builder(module)
        .withInterpreterFallback(InterpreterFallback.SILENT)
        .compile();
  }

  /** Once to make the classes, and once to take them as they are after the change. */
  private static Function<Instance, Machine> compile(WasmModule module) {
    UninterruptedCode changed = new UninterruptedCode();
    MachineFactoryCompiler.Builder compiler =
        MachineFactoryCompiler.builder(module)
            .withInterpreterFallback(InterpreterFallback.SILENT)
            .withCache(changed);
    compiler.compile();
    return compiler.compile();
  }
}
