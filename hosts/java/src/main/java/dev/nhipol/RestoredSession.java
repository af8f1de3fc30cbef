package dev.nhipol;

import java.util.Optional;

/**
 * A session that was restored.
 *
 * @param id its id
 * @param mismatch the first of its facts that does not fit the policy, and is therefore unknown;
 *     empty: all fit
 */
public record RestoredSession(String id, Optional<AnswerError> mismatch) {}
