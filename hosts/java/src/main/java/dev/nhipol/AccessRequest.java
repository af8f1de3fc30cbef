package dev.nhipol;

import java.util.Map;

/**
 * What may be asked of an approver, so that the same request may be granted later. Until it is, the
 * answer is a refusal like any other.
 *
 * @param name what the policy calls it
 * @param properties by name, in ASCII order, as those of an {@link Obligation}; {@code expires_in}
 *     in seconds
 * @param reason id of the rule that asks for it
 * @param evaluatedAt the instant of evaluation, in milliseconds since the epoch
 * @param expiresAt the request is to be made before this instant, in milliseconds since the epoch
 */
public record AccessRequest(
    String name, Map<String, Object> properties, String reason, long evaluatedAt, long expiresAt) {}
