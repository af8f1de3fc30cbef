package dev.nhipol;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a policy declares of a request, as names within names, by the module's section on facts:
 * nothing else of a caller's values is looked at.
 *
 * @param members by name; null: it is no record, and is taken as it is
 * @param properties what {@code properties} are; null: a member like any other
 */
record Declared(Map<String, Declared> members, Properties properties) {
  private static final String PROPERTIES = "properties";
  private static final Declared NOTHING = new Declared(Map.of(), null);

  /** Action and resource with all that is said of them. */
  static final Declared WHOLE_CALL = asTheyAre("action", "resource");

  /** By the text of another member. */
  record Properties(String by, Map<String, Declared> of, Declared others) {}

  static Declared in(JsonNode encoding, Manifest manifest) {
    Map<String, Declared> members = new HashMap<>();
    members.put("subject", ofEntity(encoding.path("subject"), "type", manifest.subjects()));
    members.put("action", ofEntity(encoding.path("action"), "name", manifest.actions()));
    members.put("resource", ofEntity(encoding.path("resource"), "type", manifest.resources()));
    if (encoding.has("context")) members.put("context", ofMembers(encoding.path("context")));
    return new Declared(members, null);
  }

  boolean has(String name) {
    return members.containsKey(name);
  }

  /** What the member is; {@code own}: the text of the member that {@code properties} go by. */
  Declared of(String name, Object own) {
    if (properties == null || !name.equals(PROPERTIES)) return members.get(name);
    return properties.of.getOrDefault(own instanceof String text ? text : "", properties.others);
  }

  private static Declared asTheyAre(String... names) {
    Map<String, Declared> members = new HashMap<>();
    for (String name : names) members.put(name, null);
    return new Declared(members, null);
  }

  private static Declared ofEntity(JsonNode entity, String by, List<String> names) {
    Map<Integer, Declared> bySelector = new HashMap<>();
    for (JsonNode shape : entity.path("shapes")) {
      Declared declared = ofMembers(shape.path("members"));
      for (JsonNode selector : shape.path("selectors")) {
        bySelector.putIfAbsent(selector.intValue(), declared);
      }
    }
    Declared others = bySelector.getOrDefault(0, NOTHING);
    Map<String, Declared> of = new HashMap<>();
    for (int at = 0; at < names.size(); at += 1) {
      of.put(names.get(at), bySelector.getOrDefault(at + 1, others));
    }
    Map<String, Declared> members = new HashMap<>();
    entity.path("own").fieldNames().forEachRemaining(name -> members.put(name, null));
    members.put(PROPERTIES, null);
    return new Declared(members, new Properties(by, of, others));
  }

  private static Declared ofMembers(JsonNode rows) {
    Map<String, Declared> members = new HashMap<>();
    for (JsonNode row : rows) {
      JsonNode value = row.path(1);
      JsonNode element = value.has("element") ? value.path("element") : value;
      boolean isRecord = element.path("kind").asText().equals("Record");
      members.put(row.path(0).asText(), isRecord ? ofMembers(element.path("members")) : null);
    }
    return new Declared(members, null);
  }
}
