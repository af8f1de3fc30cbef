package dev.nhipol;

import java.util.List;
import java.util.Map;

/**
 * An action that the enforcement point must take. It carries out all obligations of a permit or
 * narrow, or denies; those of another answer accompany the refusal.
 *
 * @param name its name in the policy
 * @param type its type in AuthZEN: {@code step-up}, {@code notification}, {@code
 *     session_termination} or {@code custom}
 * @param properties by name, in ASCII order: JSON values as in {@link Answer#constraints()}
 * @param reasons ids of the rules that require it
 */
public record Obligation(
    String name, String type, Map<String, Object> properties, List<String> reasons) {
  /**
   * Makes the members unmodifiable.
   *
   * @param name its name in the policy
   * @param type its type in AuthZEN
   * @param properties by name, in ASCII order
   * @param reasons ids of the rules that require it
   */
  public Obligation {
    properties = Json.frozen(properties);
    reasons = List.copyOf(reasons);
  }
}
