package dev.nhipol.tools;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Runs the conformance cases with this host, and measures it. Prints one line of JSON, and exits
 * with 1 if something is not as expected.
 */
public final class HostTool {
  private HostTool() {}

  /**
   * Runs one of the commands.
   *
   * @param arguments {@code conformance DIR}, {@code measure PREFIX} or {@code stress PREFIX
   *     DECISIONS THREADS}
   * @throws Exception if a file cannot be read
   */
  public static void main(String[] arguments) throws Exception {
    try {
      run(arguments);
    } catch (NoSuchFileException missing) {
      System.err.println("no such file: " + missing.getFile());
      System.exit(1);
    }
  }

  private static void run(String[] arguments) throws Exception {
    String verb = arguments.length < 2 ? "" : arguments[0];
    switch (verb) {
      case "conformance" -> {
        Conformance conformance = new Conformance(Path.of(arguments[1]));
        conformance.run();
        finish(conformance.result(), conformance.failures().isEmpty());
      }
      case "measure" -> finish(new Measurement(Workload.read(arguments[1])).result(), true);
      case "stress" -> {
        int decisions = Integer.parseInt(arguments[2]);
        int threads = Integer.parseInt(arguments[3]);
        Stress stress = new Stress(Workload.read(arguments[1]), decisions, threads);
        stress.run();
        finish(stress.result(), stress.disagreements() == 0);
      }
      default -> {
        System.err.println(
            "usage: conformance DIR | measure PREFIX | stress PREFIX DECISIONS THREADS");
        System.exit(2);
      }
    }
  }

  private static void finish(Map<String, Object> result, boolean isAsExpected) throws Exception {
    System.out.println(new ObjectMapper().writeValueAsString(result));
    System.exit(isAsExpected ? 0 : 1);
  }
}
