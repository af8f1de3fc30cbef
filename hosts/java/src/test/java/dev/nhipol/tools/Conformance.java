package dev.nhipol.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nhipol.LoadException;
import dev.nhipol.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs the cases of the folder test/conformance, which its README.md describes. */
public final class Conformance {
  private static final int MAX_REPORTED = 20;
  private static final List<String> MEMBERS =
      List.of(
          "answer",
          "error",
          "changes",
          "text",
          "session",
          "mismatch",
          "possible",
          "reasons",
          "valid_until");

  private final Path folder;
  private final List<String> failures = new ArrayList<>();
  private int checks;

  /**
   * Creates a run of all cases.
   *
   * @param folder the folder of index.json
   */
  public Conformance(Path folder) {
    this.folder = folder;
  }

  /**
   * Runs all cases.
   *
   * @throws IOException if a file cannot be read
   */
  public void run() throws IOException {
    JsonNode index = read("index.json");
    for (JsonNode path : index.path("cases")) runCase(read(path.asText()));
    for (JsonNode malformed : read("malformed.json")) refuse(malformed);
    int expected = index.path("checks").asInt();
    if (checks != expected) failures.add("index: there are " + expected + " checks, not " + checks);
  }

  /**
   * The failures.
   *
   * @return case, step and difference of each
   */
  public List<String> failures() {
    return failures;
  }

  Map<String, Object> result() {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("checks", checks);
    result.put("passed", checks - failures.size());
    result.put("failures", failures.subList(0, Math.min(MAX_REPORTED, failures.size())));
    return result;
  }

  private JsonNode read(String path) throws IOException {
    return Workload.MAPPER.readTree(Files.readString(folder.resolve(path)));
  }

  private void runCase(JsonNode whole) throws IOException {
    Path module = folder.resolve(whole.path("module").asText());
    Performer performer = new Performer(Files.readAllBytes(module));
    int place = 0;
    for (JsonNode step : whole.path("steps")) {
      String name =
          whole.path("name").asText() + ": step " + place + " " + step.path("do").asText();
      place += 1;
      checks += 1;
      if (!passes(name, step, performer.outcomeOf(step))) continue;
      if (step.path("native").asBoolean()
          && !passes(name + " of values", step, performer.nativeOutcomeOf(step))) continue;
      if (step.path("do").asText().equals("decide")) {
        passes(name + " as response", step, performer.responseOutcomeOf(step), true);
      }
    }
  }

  private boolean passes(String name, JsonNode step, Map<String, Object> outcome) {
    return passes(name, step, outcome, false);
  }

  private boolean passes(
      String name, JsonNode step, Map<String, Object> outcome, boolean isResponse) {
    JsonNode actual = Workload.MAPPER.valueToTree(outcome);
    for (String member : MEMBERS) {
      if (isGiven(step, member)) continue;
      JsonNode expected = compared(step.path(member));
      JsonNode found = withoutOffset(compared(actual.path(member)), expected);
      // A module that was written by hand may omit the end.
      if (isResponse
          && !found.path("context").has("valid_until")
          && expected.path("context") instanceof ObjectNode context) {
        context.remove("valid_until");
      }
      if (SameJson.areSame(expected, found)) continue;
      failures.add(name + ": " + member + ": expected " + expected + ", found " + found);
      return false;
    }
    return true;
  }

  /** Whether the member is part of the input, not of the outcome. */
  private static boolean isGiven(JsonNode step, String member) {
    boolean isRestore = step.path("do").asText().equals("restore");
    return (member.equals("session") && !isRestore) || (member.equals("text") && isRestore);
  }

  /**
   * The texts of engine errors differ between hosts; a narrow may omit constraints if it has none.
   */
  private static JsonNode compared(JsonNode outcome) {
    if (!outcome.has("context")) return outcome;
    ObjectNode shown = outcome.deepCopy();
    ObjectNode context = (ObjectNode) shown.path("context");
    if (context.path("constraints").isEmpty()) context.remove("constraints");
    if (context.path("error").path("code").asText().equals("engine_error")) {
      context.retain("effect", "reasons");
    }
    return shown;
  }

  private static JsonNode withoutOffset(JsonNode found, JsonNode expected) {
    if (!found.has("offset") || expected.has("offset")) return found;
    return ((ObjectNode) found.deepCopy()).without("offset");
  }

  private void refuse(JsonNode malformed) {
    checks += 1;
    String name = "malformed: " + malformed.path("name").asText();
    try {
      Policy.load(Base64.getDecoder().decode(malformed.path("module_base64").asText()));
      failures.add(name + ": was loaded");
    } catch (LoadException refused) {
      System.err.println(name + ": " + refused.getMessage());
    }
  }
}
