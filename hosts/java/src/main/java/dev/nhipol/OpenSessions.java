package dev.nhipol;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** The sessions that are open, by the ids of the caller and by the handles of the module. */
final class OpenSessions {
  static final AnswerError NO_SESSION =
      AnswerError.of(
          Contract.ERROR_NO_SESSION, Contract.TEXT_OPEN_SESSION, Contract.TEXT_UNKNOWN_SESSION);

  private final Map<String, Held> byId = new HashMap<>();
  private final Map<Integer, Held> byHandle = new HashMap<>();

  /** What a host keeps of a session beside the module. */
  static final class Held {
    final String id;
    final int handle;
    KeptCall call;

    /** Of the answer that was given or reported last; a deny where there is none. */
    Effect effect;

    Held(String id, int handle, KeptCall call, Effect effect) {
      this.id = id;
      this.handle = handle;
      this.call = call;
      this.effect = effect;
    }
  }

  int count() {
    return byId.size();
  }

  /** Null: there is none. */
  Held find(String id) {
    return byId.get(id);
  }

  Collection<Held> all() {
    return byId.values();
  }

  /** Null: there is none. */
  Held ofHandle(int handle) {
    return byHandle.get(handle);
  }

  Held expect(String id) {
    Held held = byId.get(id);
    if (held == null) throw new SessionException(id, NO_SESSION);
    return held;
  }

  void expectNone(String id) {
    if (!byId.containsKey(id)) return;
    String expected = Contract.TEXT_NEW_SESSION;
    throw new SessionException(
        id, AnswerError.of("session_exists", expected, Contract.TEXT_OPEN_SESSION));
  }

  void add(Held held) {
    byId.put(held.id, held);
    byHandle.put(held.handle, held);
  }

  void remove(Held held) {
    byId.remove(held.id);
    byHandle.remove(held.handle);
  }
}
