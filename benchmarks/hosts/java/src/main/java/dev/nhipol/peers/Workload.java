package dev.nhipol.peers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of one workload, as benchmarks/hosts/write-workloads.mjs writes them. */
record Workload(
    String name,
    byte[] module,
    String cedar,
    JsonNode rules,
    List<byte[]> requests,
    List<Boolean> expected) {
  private static final String MODULE = ".wasm";

  static Workload read(Path folder, String name) throws IOException {
    Path start = folder.resolve(name);
    return new Workload(
        name,
        Files.readAllBytes(with(start, MODULE)),
        Files.readString(with(start, ".cedar")),
        new ObjectMapper().readTree(Files.readString(with(start, ".rules.json"))),
        Files.readAllLines(with(start, ".jsonl")).stream()
            .map(line -> line.getBytes(StandardCharsets.UTF_8))
            .toList(),
        Files.readAllLines(with(start, ".effects")).stream().map("permit"::equals).toList());
  }

  /** The names of all workloads in the folder, sorted. */
  static List<String> namesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(MODULE))
          .map(file -> file.substring(0, file.length() - MODULE.length()))
          .sorted()
          .toList();
    }
  }

  private static Path with(Path start, String ending) {
    return start.resolveSibling(start.getFileName() + ending);
  }
}
