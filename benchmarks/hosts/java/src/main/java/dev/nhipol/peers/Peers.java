package dev.nhipol.peers;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares the Java host of nhipol with alternatives for services in Java, from the same bytes.
 * First, all engines must decide every request as expected. Then they take turns, once per round. It
 * prints a line of JSON for each engine and workload, and exits with 1 if an engine disagrees.
 */
public final class Peers {
  private static final int ROUNDS = 15;

  private Peers() {}

  private interface Maker {
    Engine of(Workload workload) throws Exception;
  }

  private static final List<Maker> ENGINES =
      List.of(NhipolEngine::new, CedarEngine::new, SaplEngine::new);

  /**
   * Checks and measures all engines.
   *
   * @param arguments the folder of workloads, and the names of those to measure; default:
   *     all
   * @throws Exception if a file cannot be read, or an engine fails
   */
  public static void main(String[] arguments) throws Exception {
    if (arguments.length == 0) {
      System.err.println("usage: FOLDER [NAME...]");
      System.exit(2);
    }
    Path folder = Path.of(arguments[0]);
    List<String> wanted = Arrays.asList(arguments).subList(1, arguments.length);
    for (String name : wanted.isEmpty() ? Workload.namesIn(folder) : wanted) {
      measure(Workload.read(folder, name));
    }
    System.exit(0);
  }

  private static void measure(Workload workload) throws Exception {
    List<Engine> engines = new ArrayList<>();
    for (Maker maker : ENGINES) engines.add(maker.of(workload));
    for (Engine engine : engines) check(engine, workload);
    List<Timing> timings = new ArrayList<>();
    for (Engine engine : engines) {
      Timing timing = new Timing(engine, workload.requests(), ROUNDS);
      timing.warmUp();
      timings.add(timing);
    }
    for (int round = 0; round < ROUNDS; round += 1) {
      for (Timing timing : timings) timing.round(round);
    }
    for (int at = 0; at < engines.size(); at += 1) {
      print(engines.get(at), workload, timings.get(at));
    }
  }

  private static void check(Engine engine, Workload workload) throws Exception {
    for (int at = 0; at < workload.requests().size(); at += 1) {
      boolean allowed = engine.allows(workload.requests().get(at));
      if (allowed == workload.expected().get(at)) continue;
      System.err.printf(
          "%s, %s: request %d is %s%n",
          engine.name(), workload.name(), at, allowed ? "allowed" : "denied");
      System.exit(1);
    }
  }

  private static void print(Engine engine, Workload workload, Timing timing) throws IOException {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("language", "java");
    figures.put("workload", workload.name());
    figures.put("engine", engine.name());
    figures.put("ns", timing.quantile(0.5));
    figures.put("min", timing.quantile(0));
    figures.put("lower", timing.quantile(0.25));
    figures.put("upper", timing.quantile(0.75));
    figures.put("rounds", ROUNDS);
    figures.put("checked", workload.requests().size());
    System.out.println(new ObjectMapper().writeValueAsString(figures));
    System.err.printf("%s allowed %d%n", engine.name(), timing.allowed());
  }
}
