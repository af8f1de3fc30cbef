package dev.nhipol;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The manifest's JSON comes in, checked data goes out: a module is trusted in nothing that it says
 * of itself. What is not as the ABI says is a LoadException.
 */
final class ManifestReader {
  private static final BigDecimal MOST_COUNT = BigDecimal.valueOf((1L << 53) - 1);

  /** Of the paths that make a reason unknown, each of which has a bit. */
  private static final int MOST_UNKNOWN = 64;

  private ManifestReader() {}

  static Manifest read(JsonNode root) {
    JsonNode abi = root.path("abi");
    if (!isCount(abi.path("major")) || !isCount(abi.path("minor"))) {
      throw new LoadException("the module's manifest does not state an ABI version");
    }
    expectAbi(abi.path("major").decimalValue());
    try {
      return manifest(root);
    } catch (WrongShape wrong) {
      throw new LoadException(
          "the module's manifest does not conform to the ABI: " + wrong.getMessage(), wrong);
    }
  }

  static void expectAbi(BigDecimal major) {
    if (major.compareTo(BigDecimal.valueOf(Contract.ABI_MAJOR)) != 0) {
      throw new LoadException(
          "the module has ABI version " + major + ", and this host supports " + Contract.ABI_MAJOR);
    }
  }

  private static Manifest manifest(JsonNode root) {
    text(root, "compiler");
    text(root, "sources");
    if (root.has("time_zones")) text(root, "time_zones");
    if (!root.has("schema")) throw new WrongShape("schema");
    if (root.has("bounds")) checkBounds(root.path("bounds"));
    List<String> files = texts(root, "files");
    JsonNode policy = root.path("policy");
    JsonNode selectors = root.path("selectors");
    JsonNode sessions = root.path("sessions");
    boolean holdsSessions = root.has("sessions");
    if (holdsSessions) checkSessions(sessions);
    return new Manifest(
        text(policy, "name"),
        text(policy, "version"),
        flag(root, "simd"),
        texts(selectors, "subjects"),
        texts(selectors, "actions"),
        texts(selectors, "resources"),
        list(root, "paths", ManifestReader::path),
        texts(root, "expected"),
        texts(root, "reads"),
        list(root, "reasons", reason -> reason(reason, files)),
        list(root, "rules", ManifestReader::rule),
        texts(root, "choosers"),
        list(root, "constraints", ManifestReader::constraint),
        list(root, "placeholders", type -> type(type, false)),
        optionalList(root, "obligations", ManifestReader::obligation),
        optionalList(root, "properties", type -> type(type, true)),
        optionalList(root, "tables", ManifestReader::table),
        holdsSessions,
        optionalList(sessions, "signals", ManifestReader::asText),
        root.has("history") ? history(root.path("history")) : null);
  }

  private static Manifest.PathRow path(JsonNode row) {
    if (!row.isArray() || row.size() != 3) throw new WrongShape("paths");
    return new Manifest.PathRow(asCount(row.get(0)), asText(row.get(1)), asCount(row.get(2)));
  }

  private static Manifest.Reason reason(JsonNode node, List<String> files) {
    JsonNode source = node.path("source");
    if (!source.isArray() || source.size() != 3) throw new WrongShape("source");
    int file = asCount(source.get(0));
    if (file >= files.size()) throw new WrongShape("a file that is not listed");
    if (node.has("covers")) texts(node, "covers");
    List<Object> message =
        node.has("message")
            ? ManifestReader.<Object>list(
                node, "message", part -> part.isTextual() ? part.textValue() : asCount(part))
            : null;
    List<Integer> unknown = optionalList(node, "unknown", ManifestReader::asCount);
    if (unknown.size() > MOST_UNKNOWN) throw new WrongShape("unknown");
    JsonNode asks = node.path("asks");
    return new Manifest.Reason(
        text(node, "id"),
        new ReasonDetail.Source(files.get(file), asCount(source.get(1)), asCount(source.get(2))),
        message,
        message != null && message.stream().anyMatch(Integer.class::isInstance),
        unknown,
        node.has("asks") ? asEffect(asks.path("effect")) : null,
        node.has("asks") ? list(asks, "obligations", ManifestReader::demand) : List.of());
  }

  private static Manifest.Demand demand(JsonNode node) {
    JsonNode properties = node.path("properties");
    if (!properties.isObject()) throw new WrongShape("properties");
    Map<String, Integer> indexes = new TreeMap<>();
    properties.properties().forEach(each -> indexes.put(each.getKey(), asCount(each.getValue())));
    return new Manifest.Demand(count(node, "obligation"), indexes);
  }

  private static Manifest.Rule rule(JsonNode node) {
    int effects = 0;
    for (Effect effect : list(node, "effects", ManifestReader::asEffect)) {
      effects |= 1 << effect.number();
    }
    return new Manifest.Rule(
        effects,
        numbersOrAll(node, "subjects"),
        numbersOrAll(node, "actions"),
        numbersOrAll(node, "resources"),
        list(node, "read", ManifestReader::asCount));
  }

  private static List<Integer> numbersOrAll(JsonNode node, String name) {
    return node.has(name) ? list(node, name, ManifestReader::asCount) : null;
  }

  private static Manifest.Constraint constraint(JsonNode node) {
    text(node, "merge");
    if (node.has("limits")) text(node, "limits");
    return new Manifest.Constraint(text(node, "name"), type(node.path("type"), true));
  }

  private static Manifest.ObligationKind obligation(JsonNode node) {
    list(
        node,
        "properties",
        property -> {
          type(property.path("type"), true);
          return text(property, "name");
        });
    return new Manifest.ObligationKind(text(node, "name"), text(node, "type"));
  }

  private static Manifest.Table table(JsonNode node) {
    List<String> keys =
        list(
            node,
            "keys",
            key -> {
              type(key.path("type"), false);
              return text(key, "expected");
            });
    JsonNode value = node.path("value");
    type(value.path("type"), true);
    String element = value.has("element") ? text(value, "element") : null;
    return new Manifest.Table(text(node, "name"), keys, text(value, "expected"), element);
  }

  private static void checkBounds(JsonNode node) {
    count(node, "memory_bytes");
    list(
        node,
        "steps",
        row -> {
          if (!row.isArray() || row.size() != 4) throw new WrongShape("bounds");
          row.forEach(ManifestReader::asCount);
          return row;
        });
  }

  private static void checkSessions(JsonNode node) {
    count(node, "bytes");
    JsonNode words = node.path("words");
    if (!words.isObject()) throw new WrongShape("words");
    for (JsonNode row : words) {
      if (!row.isArray() || row.size() != 2) throw new WrongShape("words");
      row.forEach(ManifestReader::asCount);
    }
  }

  private static Manifest.History history(JsonNode node) {
    return new Manifest.History(
        list(node, "terms", ManifestReader::asCount),
        list(node, "decisions", ManifestReader::asCount));
  }

  private static Manifest.Type type(JsonNode node, boolean maybeSet) {
    Manifest.Kind kind = Manifest.Kind.ofId(asText(node.path("kind")));
    if (kind == null || (kind == Manifest.Kind.SET && !maybeSet)) throw new WrongShape("a type");
    if (kind == Manifest.Kind.ENUM) text(node, "name");
    return new Manifest.Type(
        kind,
        kind == Manifest.Kind.ENUM ? texts(node, "members") : List.of(),
        kind == Manifest.Kind.SET ? type(node.path("element"), false) : null);
  }

  // --- members by their names

  private static <T> List<T> list(JsonNode node, String name, Function<JsonNode, T> element) {
    JsonNode elements = node.path(name);
    if (!elements.isArray()) throw new WrongShape(name);
    List<T> read = new ArrayList<>(elements.size());
    elements.forEach(each -> read.add(element.apply(each)));
    return List.copyOf(read);
  }

  private static <T> List<T> optionalList(
      JsonNode node, String name, Function<JsonNode, T> element) {
    return node.has(name) ? list(node, name, element) : List.of();
  }

  private static List<String> texts(JsonNode node, String name) {
    return list(node, name, ManifestReader::asText);
  }

  private static String text(JsonNode node, String name) {
    if (!node.path(name).isTextual()) throw new WrongShape(name);
    return node.path(name).textValue();
  }

  private static int count(JsonNode node, String name) {
    if (!isCount(node.path(name))) throw new WrongShape(name);
    return asCount(node.path(name));
  }

  private static boolean flag(JsonNode node, String name) {
    if (node.has(name) && !node.path(name).isBoolean()) throw new WrongShape(name);
    return node.path(name).booleanValue();
  }

  private static String asText(JsonNode node) {
    if (!node.isTextual()) throw new WrongShape("a string");
    return node.textValue();
  }

  private static Effect asEffect(JsonNode node) {
    Effect effect = node.isTextual() ? Effect.ofId(node.textValue()) : null;
    if (effect == null) throw new WrongShape("an effect");
    return effect;
  }

  /** No list has more than an int's elements, so that a larger one is an index of nothing. */
  private static int asCount(JsonNode node) {
    if (!isCount(node)) throw new WrongShape("a whole number");
    return (int) Math.min(node.longValue(), Integer.MAX_VALUE);
  }

  private static boolean isCount(JsonNode node) {
    if (!node.isNumber()) return false;
    BigDecimal number = node.decimalValue();
    return number.signum() >= 0
        && number.compareTo(MOST_COUNT) <= 0
        && number.stripTrailingZeros().scale() <= 0;
  }

  /** Names the member; never leaves this file. */
  private static final class WrongShape extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WrongShape(String member) {
      super(member, null, false, false);
    }
  }
}
