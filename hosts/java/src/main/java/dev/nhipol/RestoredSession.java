package dev.nhipol;

import java.util.Optional;

/**
 * A session that is open again.
 *
 * @param id its id
 * @param misfit the first of its facts that the policy reads otherwise, or lacks, and which is then
 *     unknown; empty: all fit
 */
public record RestoredSession(String id, Optional<AnswerError> misfit) {}
