package dev.nhipol;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.regex.Pattern;

/**
 * Writes Java values as JSON in UTF-8, as Jackson does, but refuses a number that JSON cannot
 * represent exactly. Every value that cannot be written is a Failure with its error.
 */
final class JsonWriter extends JsonGeneratorDelegate {
  private static final double MAX_EXACT_DOUBLE = 0x1p53 - 1;
  private static final double MAX_EXACT_FLOAT = 0x1p24 - 1;
  private static final Pattern SHORT_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private JsonWriter(JsonGenerator generator) {
    super(generator);
  }

  /** Returns bytes as they are, a String in UTF-8, and any other value as JSON. */
  static byte[] document(Object value, long maxBytes) {
    if (value instanceof byte[] given) return given;
    if (value instanceof String text) return Utf8.bytesOf(text);
    ByteArrayOutputStream bytes = new LimitedBytes(maxBytes);
    try (JsonWriter writer = new JsonWriter(Json.MAPPER.createGenerator(bytes))) {
      writer.write(value);
    } catch (IOException e) {
      throw unreadable();
    }
    return bytes.toByteArray();
  }

  private void write(Object value) {
    try {
      Json.MAPPER.writeValue(this, value);
    } catch (StreamConstraintsException e) {
      throw refused(Contract.ERROR_TOO_DEEP, Contract.TEXT_LEVELS, Contract.TEXT_DEEPER_OR_CYCLIC);
    } catch (InvalidDefinitionException e) {
      throw wrong(
          "a value that JSON can represent", "a " + e.getType().getRawClass().getSimpleName());
    } catch (IOException | RuntimeException | Error e) {
      // Jackson wraps exceptions that are not its own.
      throw e.getCause() instanceof Failure failure ? failure : unreadable();
    }
  }

  @Override
  public void writeNumber(double value) throws IOException {
    if (!isWhole(value, MAX_EXACT_DOUBLE, Contract.TEXT_LARGE_INTEGER)) delegate.writeNumber(value);
  }

  @Override
  public void writeNumber(float value) throws IOException {
    if (!isWhole(value, MAX_EXACT_FLOAT, "an integer beyond 2^24")) delegate.writeNumber(value);
  }

  @Override
  public void writeArray(double[] array, int offset, int length) throws IOException {
    writeStartArray(array, length);
    for (int at = offset; at < offset + length; at += 1) writeNumber(array[at]);
    writeEndArray();
  }

  /** Writes a whole number; returns whether it is one. */
  private boolean isWhole(double value, double maxExact, String found) throws IOException {
    if (!Double.isFinite(value)) throw wrong(Contract.TEXT_NUMBER, Double.toString(value));
    if (value != Math.rint(value)) return false;
    if (Math.abs(value) > maxExact) throw wrong(Contract.TEXT_NUMBER, found);
    delegate.writeNumber((long) value);
    return true;
  }

  private static Failure unreadable() {
    String found = "a request that throws when it is read";
    return new Failure(Failure.engineError(Contract.ENGINE_READABLE_REQUEST, found));
  }

  private static Failure refused(String code, String expected, String found) {
    return new Failure(AnswerError.of(code, expected, found));
  }

  private Failure wrong(String expected, String found) {
    JsonStreamContext at = getOutputContext();
    String path = at.inArray() ? path(at.getParent()) + index(at.getEntryCount()) : path(at);
    return new Failure(new AnswerError(Contract.ERROR_WRONG_TYPE, path, expected, found, 0));
  }

  /** The JSONPath (RFC 9535) of the value that is written there. */
  private static String path(JsonStreamContext at) {
    if (at.inRoot()) return "$";
    String parent = path(at.getParent());
    if (at.inArray()) return parent + index(at.getCurrentIndex());
    String name = at.getCurrentName();
    return SHORT_NAME.matcher(name).matches()
        ? parent + "." + name
        : parent + "[\"" + quoted(name) + "\"]";
  }

  private static String index(int at) {
    return "[" + at + "]";
  }

  /** The text as a JSON string contains it. */
  static String quoted(String text) {
    return String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text));
  }

  private static final class LimitedBytes extends ByteArrayOutputStream {
    private final long max;

    LimitedBytes(long max) {
      this.max = max;
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      if (count + (long) length > max) {
        throw refused(
            Contract.ERROR_TOO_LARGE,
            Contract.TEXT_BYTES.formatted(max),
            Contract.TEXT_LONGER_DOCUMENT);
      }
      super.write(bytes, offset, length);
    }
  }
}
