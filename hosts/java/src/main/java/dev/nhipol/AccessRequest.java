package dev.nhipol;

import java.time.Instant;
import java.util.Map;

/**
 * The request that can be made to an approver, so that the same request may be permitted later.
 *
 * @param name its name in the policy
 * @param properties by name, in ASCII order: JSON values as in {@link Answer#constraints()}
 * @param reason id of the rule that offers it
 * @param evaluatedAt the instant of evaluation
 * @param expiresAt the access request must be made before this instant
 */
public record AccessRequest(
    String name,
    Map<String, Object> properties,
    String reason,
    Instant evaluatedAt,
    Instant expiresAt) {}
