package dev.nhipol;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What an answer comes to, from the loosest to the strictest. */
public enum Effect {
  /** Allowed as asked. */
  PERMIT(0),
  /** Allowed within the answer's constraints. */
  NARROW(1),
  /** Refused for now: an approval or more proof may change it. */
  CHALLENGE(2),
  /** Refused. */
  DENY(3),
  /** Refused, and what was granted before has ended. */
  REVOKE(4);

  private static final Effect[] BY_NUMBER = values();
  private static final Map<String, Effect> BY_ID =
      Arrays.stream(BY_NUMBER).collect(Collectors.toMap(Effect::id, effect -> effect));

  private final String id = name().toLowerCase(Locale.ROOT);
  private final int number;

  Effect(int number) {
    this.number = number;
  }

  /**
   * Its name as policies, manifests and AuthZEN responses write it.
   *
   * @return the name in lower case
   */
  public String id() {
    return id;
  }

  /** As the module numbers it. */
  int number() {
    return number;
  }

  /** The effect of a number that the module gives; a failure for any other number. */
  static Effect of(int number) {
    if (number < 0 || number >= BY_NUMBER.length)
      throw EngineFailure.misread(Contract.VIOLATION_UNKNOWN_EFFECT);
    return BY_NUMBER[number];
  }

  /** Null: it is none. */
  static Effect ofId(String id) {
    return BY_ID.get(id);
  }

  boolean isGranted() {
    return this == PERMIT || this == NARROW;
  }
}
