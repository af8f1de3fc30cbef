package dev.nhipol;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Numbers as ECMAScript writes them, and so RFC 8785: in the shortest form that a double has. */
final class NumberText {
  /** Decimals of so many digits all have doubles of their own. */
  private static final int OWN_DIGITS = 15;

  /** Every double has a decimal of so many digits that is nobody else's. */
  private static final int MOST_DIGITS = 17;

  /** Of ten, further from 0 than the last digit of any double's shortest form stands. */
  private static final int MOST_POWER = 400;

  /** A number with more digits before its point has an exponent. */
  private static final int MOST_WHOLE = 21;

  /** So has one with more zeros behind it. */
  private static final int MOST_ZEROS = 6;

  private static final double MOST_EXACT = 9_007_199_254_740_991.0;

  private NumberText() {}

  /** Of a finite number. */
  static String of(double value) {
    if (value == Math.rint(value) && Math.abs(value) <= MOST_EXACT) {
      return Long.toString((long) value);
    }
    return (value < 0 ? "-" : "") + written(shortest(Math.abs(value)));
  }

  /**
   * A number of a JSON text in that form; null: it has none, since the form's value is another. It
   * takes time in proportion to the digits.
   */
  static String canonical(String digits) {
    boolean isNegative = digits.charAt(0) == '-';
    int end = digits.length();
    int point = -1;
    int first = -1;
    int last = -1;
    for (int at = isNegative ? 1 : 0; at < end; at += 1) {
      char digit = digits.charAt(at);
      if (digit == '.') point = at;
      else if (digit == 'e' || digit == 'E') end = at;
      else if (digit != '0') {
        first = first < 0 ? at : first;
        last = at;
      }
    }
    if (first < 0) return "0";
    boolean isSplit = point > first && point < last;
    if (last - first + 1 - (isSplit ? 1 : 0) > MOST_DIGITS) return null;
    long unscaled = 0;
    for (int at = first; at <= last; at += 1) {
      if (at != point) unscaled = unscaled * 10 + (digits.charAt(at) - '0');
    }
    int whole = point < 0 ? end : point;
    long power = (last < whole ? whole - last - 1 : whole - last) + exponent(digits, end);
    if (Math.abs(power) > MOST_POWER) return null;
    BigDecimal exact = BigDecimal.valueOf(unscaled, (int) -power);
    double nearest = exact.doubleValue();
    if (nearest == 0 || Double.isInfinite(nearest)) return null;
    if (shortest(nearest).compareTo(exact) != 0) return null;
    return (isNegative ? "-" : "") + written(exact);
  }

  /** What stands behind the letter at {@code at}, but no further from 0 than a text is long. */
  private static long exponent(String digits, int at) {
    if (at == digits.length()) return 0;
    char sign = digits.charAt(at + 1);
    long exponent = 0;
    for (int next = at + (sign == '-' || sign == '+' ? 2 : 1); next < digits.length(); next += 1) {
      exponent = Math.min(exponent * 10 + (digits.charAt(next) - '0'), Integer.MAX_VALUE);
    }
    return sign == '-' ? -exponent : exponent;
  }

  /** The decimal of the fewest digits that is read as the double, and of these the closest. */
  private static BigDecimal shortest(double positive) {
    BigDecimal exact = new BigDecimal(positive);
    int digits = positive < Double.MIN_NORMAL ? 1 : OWN_DIGITS;
    for (; digits <= MOST_DIGITS; digits += 1) {
      BigDecimal below = exact.round(new MathContext(digits, RoundingMode.DOWN));
      BigDecimal above = exact.round(new MathContext(digits, RoundingMode.UP));
      boolean isBelow = below.doubleValue() == positive;
      boolean isAbove = above.doubleValue() == positive;
      if (isBelow && isAbove) return closer(exact, below, above).stripTrailingZeros();
      if (isBelow || isAbove) return (isBelow ? below : above).stripTrailingZeros();
    }
    throw new IllegalStateException("a double of more than 17 digits");
  }

  private static BigDecimal closer(BigDecimal exact, BigDecimal below, BigDecimal above) {
    int order = exact.subtract(below).compareTo(above.subtract(exact));
    boolean isBelowEven = !below.unscaledValue().testBit(0);
    return order < 0 || (order == 0 && isBelowEven) ? below : above;
  }

  /** Of a positive number without zeros at its end. */
  private static String written(BigDecimal number) {
    String digits = number.unscaledValue().toString();
    int point = digits.length() - number.scale();
    if (point > MOST_WHOLE || point <= -MOST_ZEROS) {
      String rest = digits.length() > 1 ? "." + digits.substring(1) : "";
      return digits.charAt(0) + rest + "e" + (point > 0 ? "+" : "-") + Math.abs(point - 1);
    }
    if (point >= digits.length()) return digits + "0".repeat(point - digits.length());
    if (point > 0) return digits.substring(0, point) + "." + digits.substring(point);
    return "0." + "0".repeat(-point) + digits;
  }
}
