package dev.nhipol;

import java.util.List;
import java.util.Map;

/**
 * What must be done along with an answer. Whoever enforces a permit or a narrow carries out all of
 * them, or denies; those of another answer are carried out beside the refusal.
 *
 * @param name what the policy calls it
 * @param type what AuthZEN calls it: {@code step-up}, {@code notification}, {@code
 *     session_termination} or {@code custom}
 * @param properties by name, in ASCII order: Boolean, Long, BigDecimal, String, or a List of these
 * @param reasons ids of the rules that asked for it
 */
public record Obligation(
    String name, String type, Map<String, Object> properties, List<String> reasons) {}
