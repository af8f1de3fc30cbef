package dev.nhipol;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a policy declares of a request, as names within names, by the module's section on facts:
 * nothing else of a caller's values is looked at.
 */
final class Declared {
  private static final String PROPERTIES = "properties";
  private static final Declared NOTHING = new Declared(Map.of(), null);

  /** What the digest of a call covers. */
  static final Declared WHOLE_CALL =
      members(
          new Member("subject", caller()),
          new Member("action", null),
          new Member("resource", null));

  private final Map<String, Member> members;
  private final ByOther properties;

  /** One that is looked at. */
  static final class Member {
    private final String name;

    /** Its name and the colon, as JSON. */
    final byte[] key;

    /** Null: it is taken as it is. */
    private final Declared what;

    private final boolean isProperties;

    private Member(String name, Declared what) {
      this.name = name;
      key = (JsonWriter.text(name) + ":").getBytes(StandardCharsets.UTF_8);
      this.what = what;
      isProperties = name.equals(PROPERTIES);
    }
  }

  /** What {@code properties} are, by the text of another member. */
  private record ByOther(String name, Map<String, Declared> of, Declared others) {}

  private Declared(Map<String, Member> members, ByOther properties) {
    this.members = members;
    this.properties = properties;
  }

  /** By the section's JSON. */
  static Declared in(JsonNode encoding, Manifest manifest) {
    Map<String, Member> members = new HashMap<>();
    put(members, "subject", ofEntity(encoding.path("subject"), "type", manifest.subjects()));
    put(members, "action", ofEntity(encoding.path("action"), "name", manifest.actions()));
    put(members, "resource", ofEntity(encoding.path("resource"), "type", manifest.resources()));
    if (encoding.has("context")) put(members, "context", ofMembers(encoding.path("context")));
    return new Declared(members, null);
  }

  /** Null: it is not looked at. */
  Member member(String name) {
    return members.get(name);
  }

  /** The name of the member that {@code properties} go by; null: they are a member like others. */
  String chooser() {
    return properties == null ? null : properties.name;
  }

  /** What is declared of a member; {@code chosen}: the value of the chooser. Null: all of it. */
  Declared of(Member member, Object chosen) {
    if (properties == null || !member.isProperties) return member.what;
    return properties.of.getOrDefault(chosen instanceof String text ? text : "", properties.others);
  }

  /** The members of a subject that identify the caller. */
  private static Declared caller() {
    Declared principal = members(new Member(CallDigest.PRINCIPAL, null));
    return members(
        new Member("type", null), new Member("id", null), new Member(PROPERTIES, principal));
  }

  private static Declared members(Member... members) {
    Map<String, Member> named = new HashMap<>();
    for (Member member : members) named.put(member.name, member);
    return new Declared(named, null);
  }

  private static void put(Map<String, Member> members, String name, Declared what) {
    members.put(name, new Member(name, what));
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
    Map<String, Member> members = new HashMap<>();
    entity.path("own").fieldNames().forEachRemaining(name -> put(members, name, null));
    put(members, PROPERTIES, null);
    return new Declared(members, new ByOther(by, of, others));
  }

  private static Declared ofMembers(JsonNode rows) {
    Map<String, Member> members = new HashMap<>();
    for (JsonNode row : rows) {
      JsonNode value = row.path(1);
      JsonNode element = value.has("element") ? value.path("element") : value;
      boolean isRecord = element.path("kind").asText().equals("Record");
      put(members, row.path(0).asText(), isRecord ? ofMembers(element.path("members")) : null);
    }
    return new Declared(members, null);
  }
}
