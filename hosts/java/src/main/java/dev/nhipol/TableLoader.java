package dev.nhipol;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Fills one external table of an instance: UTF-8 JSON comes in, and what is wrong with it goes out,
 * in which case the table is as it was. Memory grows by what is missing, up to a limit.
 */
final class TableLoader {
  private static final int NOWHERE = -1;

  /** A text as a whole is wrong by the codes up to here. */
  private static final int LAST_OF_TEXT = 5;

  /** Places that an error names; any other is the value. */
  private static final int FIRST_KEY = 0;

  private static final int SECOND_KEY = 1;
  private static final int ELEMENT = 3;

  private final ModuleInstance instance;
  private final Manifest.Table table;
  private final byte[] text;
  private final int outcome;

  private TableLoader(ModuleInstance instance, Manifest.Table table, byte[] text) {
    this.instance = instance;
    this.table = table;
    this.text = text;
    outcome = instance.i32("table_outcome");
  }

  /** Null: it is filled. {@code mostBytes}: what tables may take in all. */
  static AnswerError load(
      ModuleInstance instance, Manifest manifest, int index, byte[] text, long mostBytes) {
    if (!instance.exports("load_table")) {
      throw EngineFailure.misread(Contract.VIOLATION_NO_TABLE_EXPORTS);
    }
    return new TableLoader(instance, manifest.tables().get(index), text).load(index, mostBytes);
  }

  private AnswerError load(int index, long mostBytes) {
    long mostPages = mostBytes / Contract.PAGE_BYTES;
    int address = instance.i32("table_text", text.length);
    if (address == 0 && grow(mostPages)) address = instance.i32("table_text", text.length);
    if (address == 0) return tooLarge(mostBytes);
    instance.memory.write(address, text, 0, text.length);
    int code = instance.i32("load_table", index);
    while (code == Contract.CODE_OUT_OF_MEMORY && grow(mostPages))
      code = instance.i32("load_table", index);
    if (code == 0) return null;
    return code == Contract.CODE_OUT_OF_MEMORY ? tooLarge(mostBytes) : error(code);
  }

  /** Whether there is more memory now than there was. */
  private boolean grow(long mostPages) {
    long missing = instance.memory.readU32(outcome + Contract.OUTCOME_MISSING_PAGES);
    long wanted = instance.i32("reserve", 0) + missing;
    return missing > 0 && wanted <= mostPages && instance.i32("reserve", wanted) >= wanted;
  }

  private static AnswerError tooLarge(long mostBytes) {
    return AnswerError.of(
        "out_of_memory",
        String.format(Contract.TEXT_TABLE_BYTES, mostBytes),
        Contract.TEXT_OVERSIZED_DOCUMENT);
  }

  private AnswerError error(int code) {
    Contract.ErrorTexts texts = Abi.errorTexts(code);
    String what = Abi.found(number(Contract.OUTCOME_FOUND));
    int offset = number(Contract.OUTCOME_OFFSET);
    int place = number(Contract.OUTCOME_PLACE);
    boolean isKey = texts.name().equals("wrong_key");
    String usual = isKey ? keyExpected(place) : expected(place);
    String found = isKey ? JsonWriter.text(name(offset)) : what;
    return new AnswerError(
        texts.name(),
        code <= LAST_OF_TEXT ? "$" : path(),
        texts.expected().isEmpty() ? usual : texts.expected(),
        texts.found().isEmpty() ? found : texts.found(),
        Integer.toUnsignedLong(offset));
  }

  private int number(int at) {
    return instance.memory.readInt(outcome + at);
  }

  private String path() {
    List<Object> steps = new ArrayList<>();
    for (int at : new int[] {Contract.OUTCOME_FIRST_KEY, Contract.OUTCOME_SECOND_KEY}) {
      if (number(at) != NOWHERE) steps.add(name(number(at)));
    }
    int element = number(Contract.OUTCOME_ELEMENT);
    if (element != NOWHERE) steps.add(element);
    return JsonPaths.of(steps);
  }

  private String keyExpected(int place) {
    boolean isListed = place >= 0 && place < table.keys().size();
    return Contract.TEXT_KEY_THAT_IS.formatted(isListed ? table.keys().get(place) : "");
  }

  private String expected(int place) {
    if (place == FIRST_KEY || place == SECOND_KEY) return Contract.TEXT_OBJECT;
    return place == ELEMENT && table.element() != null ? table.element() : table.value();
  }

  /** The name whose opening quote is so many bytes into the text, which was found to be JSON. */
  private String name(int offset) {
    int end = offset + 1;
    while (end < text.length && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
    try {
      return Json.tree(Utf8.textOf(Arrays.copyOfRange(text, offset, end + 1))).asText();
    } catch (CharacterCodingException | JsonProcessingException | RuntimeException e) {
      throw EngineFailure.misread(Contract.VIOLATION_MISSING_KEY);
    }
  }
}
