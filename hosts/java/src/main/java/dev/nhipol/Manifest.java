package dev.nhipol;

import java.util.List;
import java.util.Map;

/** What a module says of itself, as far as asking it takes. Made and checked by ManifestReader. */
record Manifest(
    String name,
    String version,
    boolean simd,
    List<String> subjects,
    List<String> actions,
    List<String> resources,
    List<PathRow> paths,
    List<String> expected,
    List<String> reads,
    List<Reason> reasons,
    List<Rule> rules,
    List<String> choosers,
    List<Constraint> constraints,
    List<Type> placeholders,
    List<ObligationKind> obligations,
    List<Type> properties,
    List<Table> tables,
    boolean holdsSessions,
    List<String> signals,
    History history) {

  /** A JSONPath that goes on from an earlier row; {@code expected} is an index. */
  record PathRow(int before, String step, int expected) {}

  /** The parts of {@code message} are texts, and indexes of placeholders as Integer. */
  record Reason(
      String id,
      ReasonDetail.Source source,
      List<Object> message,
      boolean hasPlaceholders,
      List<Integer> unknown,
      Effect asksAt,
      List<Demand> demands) {}

  /** What a reason asks for: an index of obligations, and indexes of properties by name, sorted. */
  record Demand(int obligation, Map<String, Integer> properties) {}

  /** {@code effects}: a bit for each effect. What is null applies to all. */
  record Rule(
      int effects,
      List<Integer> subjects,
      List<Integer> actions,
      List<Integer> resources,
      List<Integer> read) {}

  record Constraint(String name, Type type) {}

  record ObligationKind(String name, String type) {}

  record Table(String name, List<String> keys, String value, String element) {}

  /** Indexes of reads. */
  record History(List<Integer> terms, List<Integer> decisions) {}

  enum Kind {
    BOOL("Bool"),
    INT("Int"),
    DECIMAL("Decimal"),
    STRING("String"),
    TIMESTAMP("Timestamp"),
    DURATION("Duration"),
    SPIFFE_ID("SpiffeId"),
    IP("Ip"),
    CIDR("Cidr"),
    ENUM("Enum"),
    SET("Set");

    final String id;

    Kind(String id) {
      this.id = id;
    }

    /** Null: it is none. */
    static Kind ofId(String id) {
      for (Kind kind : values()) {
        if (kind.id.equals(id)) return kind;
      }
      return null;
    }
  }

  /** {@code members}: of an Enum; {@code element}: of a Set. */
  record Type(Kind kind, List<String> members, Type element) {}

  /** The place of a table by its name; -1: it is not listed. */
  int tableIndex(String name) {
    for (int at = 0; at < tables.size(); at += 1) {
      if (tables.get(at).name().equals(name)) return at;
    }
    return -1;
  }
}
