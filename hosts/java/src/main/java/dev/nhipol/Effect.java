package dev.nhipol;

import java.util.Locale;

/** The effect of an answer, from the least to the most strict. */
public enum Effect {
  /** Allowed as requested. */
  PERMIT,
  /** Allowed within the constraints of the answer. */
  NARROW,
  /** Refused for now: an approval or more proof may change it. */
  CHALLENGE,
  /** Refused. */
  DENY,
  /** Refused, and what was granted before has ended. */
  REVOKE;

  private static final Effect[] BY_NUMBER = values();

  private final String id = name().toLowerCase(Locale.ROOT);

  /**
   * Its name in policies and AuthZEN responses.
   *
   * @return the name in lower case
   */
  public String id() {
    return id;
  }

  /**
   * Whether it grants the request: AuthZEN's decision.
   *
   * @return true for permit and narrow
   */
  public boolean isGrant() {
    return this == PERMIT || this == NARROW;
  }

  /** The effect with the number that a module uses. Any other number is a Failure. */
  static Effect of(int number) {
    if (number < 0 || number >= BY_NUMBER.length) {
      throw Failure.misread(Contract.VIOLATION_UNKNOWN_EFFECT);
    }
    return BY_NUMBER[number];
  }
}
