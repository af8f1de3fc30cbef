package dev.nhipol;

/**
 * A session with another effect than before, or with other reasons or constraints.
 *
 * @param session its id
 * @param before the effect before
 * @param after the effect now
 */
public record SessionChange(String session, Effect before, Effect after) {}
