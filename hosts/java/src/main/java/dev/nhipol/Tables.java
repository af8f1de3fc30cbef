package dev.nhipol;

import java.util.HashMap;
import java.util.Map;

/**
 * What the external tables of a policy hold: JSON texts by place in the manifest. It does not
 * change; loading a table makes another.
 */
final class Tables {
  static final Tables NONE = new Tables(Map.of());

  private final Map<Integer, byte[]> texts;

  private Tables(Map<Integer, byte[]> texts) {
    this.texts = texts;
  }

  Tables with(int index, byte[] text) {
    Map<Integer, byte[]> changed = new HashMap<>(texts);
    changed.put(index, text);
    return new Tables(changed);
  }

  Tables without(int index) {
    Map<Integer, byte[]> changed = new HashMap<>(texts);
    changed.remove(index);
    return new Tables(changed);
  }

  /**
   * Makes the instance hold these; gives whether it held others. A text that does not fit there is
   * a failure, and what was not yet changed then stays.
   */
  boolean bringTo(ModuleInstance instance, Manifest manifest, long mostBytes) {
    if (instance.tables == this) return false;
    for (int index : instance.tables.texts.keySet()) {
      if (!texts.containsKey(index)) instance.run("drop_table", index);
    }
    for (Map.Entry<Integer, byte[]> table : texts.entrySet()) {
      if (instance.tables.texts.get(table.getKey()) == table.getValue()) continue;
      AnswerError error =
          TableLoader.load(instance, manifest, table.getKey(), table.getValue(), mostBytes);
      if (error != null) throw EngineFailure.ofHost(error.expected(), error.found());
    }
    instance.tables = this;
    return true;
  }
}
