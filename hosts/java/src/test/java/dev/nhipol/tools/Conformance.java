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

/** All cases of the folder test/conformance, whose README.md says what they are. */
public final class Conformance {
  private static final int MOST_TOLD = 20;

  private final Path folder;
  private final List<String> failures = new ArrayList<>();
  private int checks;

  /**
   * Takes the folder of all cases.
   *
   * @param folder where index.json lies
   */
  public Conformance(Path folder) {
    this.folder = folder;
  }

  /**
   * Runs all cases.
   *
   * @throws IOException where a file cannot be read
   */
  public void run() throws IOException {
    JsonNode index = read("index.json");
    for (JsonNode path : index.path("cases")) runCase(read(path.asText()));
    for (JsonNode malformed : read("malformed.json")) refuse(malformed);
    int expected = index.path("checks").asInt();
    if (checks != expected) failures.add("index: there are " + expected + " checks, not " + checks);
  }

  /**
   * What was not as expected.
   *
   * @return case, step and why of each
   */
  public List<String> failures() {
    return failures;
  }

  Map<String, Object> told() {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("checks", checks);
    told.put("passed", checks - failures.size());
    told.put("failures", failures.subList(0, Math.min(MOST_TOLD, failures.size())));
    return told;
  }

  private JsonNode read(String path) throws IOException {
    return Workload.MAPPER.readTree(Files.readString(folder.resolve(path)));
  }

  private void runCase(JsonNode whole) throws IOException {
    Policy policy = Policy.load(Files.readAllBytes(folder.resolve(whole.path("module").asText())));
    Performer performer = new Performer(policy);
    int place = 0;
    for (JsonNode step : whole.path("steps")) {
      String name =
          whole.path("name").asText() + ": step " + place + " " + step.path("do").asText();
      place += 1;
      checks += 1;
      if (!passes(name, step, performer.outcomeOf(step))) continue;
      if (step.path("native").asBoolean()) {
        passes(name + " by values", step, performer.nativeOutcomeOf(step));
      }
    }
  }

  private boolean passes(String name, JsonNode step, Map<String, Object> outcome) {
    JsonNode told = Workload.MAPPER.valueToTree(outcome);
    for (String member : List.of("answer", "error", "changes", "text", "session", "misfit")) {
      if (isGiven(step, member)) continue;
      JsonNode expected = compared(step.path(member));
      JsonNode found = withoutOffset(compared(told.path(member)), expected);
      if (SameJson.areSame(expected, found)) continue;
      failures.add(name + ": " + member + ": expected " + expected + ", found " + found);
      return false;
    }
    return true;
  }

  /** Whether the member tells what is done, and not what comes of it. */
  private static boolean isGiven(JsonNode step, String member) {
    boolean isRestore = step.path("do").asText().equals("restore");
    return (member.equals("session") && !isRestore) || (member.equals("text") && isRestore);
  }

  /** Each host says in its own words what failed in it. */
  private static JsonNode compared(JsonNode outcome) {
    JsonNode context = outcome.path("context");
    if (!context.path("error").path("code").asText().equals("engine_error")) return outcome;
    ObjectNode shown = Workload.MAPPER.createObjectNode();
    shown.set("decision", outcome.path("decision"));
    shown.set("effect", context.path("effect"));
    shown.set("reasons", context.path("reasons"));
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
