package dev.nhipol;

import java.util.List;

/** What was wrong with what a module was told, from its numbers and the manifest's words. */
final class ErrorReader {
  private ErrorReader() {}

  /** Null: nothing was. */
  static AnswerError read(LinearMemory memory, int result, Manifest manifest) {
    int code = memory.readInt(result + Contract.RESULT_ERROR_CODE);
    if (code == 0) return null;
    Contract.ErrorTexts texts = Abi.errorTexts(code);
    int place = memory.readInt(result + Contract.RESULT_ERROR_PATH);
    String found = Abi.found(memory.readInt(result + Contract.RESULT_ERROR_FOUND));
    List<Manifest.PathRow> paths = manifest.paths();
    if (place < 0
        || place >= paths.size()
        || paths.get(place).expected() >= manifest.expected().size()) {
      throw EngineFailure.misread(Contract.VIOLATION_UNKNOWN_ERROR);
    }
    String usual = manifest.expected().get(paths.get(place).expected());
    long[] indexes = new long[Contract.MAX_ERROR_INDEXES];
    for (int at = 0; at < indexes.length; at += 1) {
      indexes[at] = memory.readU32(result + Contract.RESULT_ERROR_INDEXES + at * 4);
    }
    return new AnswerError(
        texts.name(),
        JsonPaths.withIndexes(pathAt(place, paths), indexes),
        texts.expected().isEmpty() ? usual : texts.expected(),
        texts.found().isEmpty() ? found : texts.found(),
        memory.readU32(result + Contract.RESULT_ERROR_OFFSET));
  }

  /** Row by row to the first, which all begin with. */
  private static String pathAt(int place, List<Manifest.PathRow> paths) {
    StringBuilder path = new StringBuilder();
    int at = place;
    for (; at > 0; at = paths.get(at).before()) {
      if (paths.get(at).before() >= at) throw EngineFailure.misread(Contract.VIOLATION_CYCLIC_PATH);
      path.insert(0, paths.get(at).step());
    }
    return path.insert(0, paths.get(0).step()).toString();
  }
}
