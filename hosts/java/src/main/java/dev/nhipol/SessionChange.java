package dev.nhipol;

/**
 * A session that has another effect than before, or the same for other reasons or with other
 * constraints.
 *
 * @param session its id
 * @param before what held
 * @param after what holds now
 */
public record SessionChange(String session, Effect before, Effect after) {}
