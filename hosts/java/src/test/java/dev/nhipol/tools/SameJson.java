package dev.nhipol.tools;

import com.fasterxml.jackson.databind.JsonNode;

/** Compares JSON values: members in any order, numbers by their exact values. */
final class SameJson {
  private SameJson() {}

  static boolean areSame(JsonNode a, JsonNode b) {
    if (a.isNumber() && b.isNumber()) return a.decimalValue().compareTo(b.decimalValue()) == 0;
    if (a.getNodeType() != b.getNodeType() || a.size() != b.size()) return false;
    if (a.isArray()) {
      for (int at = 0; at < a.size(); at += 1) {
        if (!areSame(a.get(at), b.get(at))) return false;
      }
      return true;
    }
    if (a.isObject()) {
      return a.properties().stream()
          .allMatch(
              member ->
                  b.has(member.getKey()) && areSame(member.getValue(), b.get(member.getKey())));
    }
    return a.equals(b);
  }
}
