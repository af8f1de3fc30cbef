package dev.nhipol;

import java.util.OptionalLong;

/**
 * Answers that are the same each time, but for how long they hold: their reasons say the same each
 * time. What tells one from another is a number.
 */
final class KeptAnswers {
  /** Of an answer that is kept, and one more. */
  private static final int MOST_REASONS = 16;

  private static final int EFFECTS = Effect.values().length;

  private final SlotCache<Answer> kept = new SlotCache<>();
  private final int subjects;
  private final int actions;
  private final int resources;
  private final long reasons;
  private final long most;

  KeptAnswers(Manifest manifest) {
    subjects = manifest.subjects().size() + 1;
    actions = manifest.actions().size() + 1;
    resources = manifest.resources().size() + 1;
    reasons = manifest.reasons().size() + 1L;
    most = Long.MAX_VALUE / reasons - 1;
  }

  /** Negative: the answer is none of these. */
  long keyOf(ModuleInstance instance, int result) {
    LinearMemory memory = instance.memory;
    int count = memory.readInt(result + Contract.RESULT_REASON_COUNT);
    int effect = memory.readInt(result + Contract.RESULT_EFFECT);
    int flags = memory.readInt(result + Contract.RESULT_FLAGS);
    if (count < 0
        || count >= MOST_REASONS
        || flags != (count == 0 ? Contract.FLAG_DEFAULT_DENY : 0)
        || effect < 0
        || effect >= EFFECTS
        || effect == Effect.NARROW.number()
        || (effect == Effect.CHALLENGE.number() && instance.asksDigest())
        || memory.readInt(result + Contract.RESULT_ERROR_CODE) != 0) {
      return -1;
    }
    int subject = memory.readInt(result + Contract.RESULT_SUBJECT);
    int action = memory.readInt(result + Contract.RESULT_ACTION);
    int resource = memory.readInt(result + Contract.RESULT_RESOURCE);
    boolean isListed =
        Integer.compareUnsigned(subject, subjects) < 0
            && Integer.compareUnsigned(action, actions) < 0
            && Integer.compareUnsigned(resource, resources) < 0;
    if (!isListed) return -1;
    long chosen = ((long) resource * actions + action) * subjects + subject;
    long key = (chosen * EFFECTS + effect) * MOST_REASONS + count;
    for (int at = 0; at < count; at += 1) {
      int entry = instance.reasons + at * Contract.REASON_SIZE;
      long reason = (memory.readInt(entry + Contract.REASON_INDEX) & 0xffff_ffffL) + 1;
      boolean isUnknown = (memory.readInt(entry + Contract.REASON_FIRED_ON_UNKNOWN) & 1) != 0;
      if (reason >= reasons || isUnknown || key > most) return -1;
      key = key * reasons + reason;
    }
    return key;
  }

  /** Null: it was not kept yet. */
  Answer get(long key, OptionalLong validUntil) {
    Answer answer = kept.get(key);
    return answer == null || validUntil.isEmpty() ? answer : answer.until(validUntil);
  }

  void keep(long key, Answer answer) {
    kept.put(key, answer.validUntil().isEmpty() ? answer : answer.until(OptionalLong.empty()));
  }
}
