package dev.nhipol;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Sessions of a policy, in an instance of its module: stores facts, and evaluates them as they
 * change. Deciding never throws: every failure is a deny. Other methods throw a {@link
 * SessionException}, and then nothing changed. After a failure of the module all sessions are
 * denied. Threads share it, one at a time.
 *
 * <p>Requests, facts and payloads are JSON, as String or byte[] in UTF-8, or values as for {@link
 * Policy#decide(Object)}. The instant of each call is that of the policy's clock.
 */
public final class Sessions {
  private static final int ALL_PARTS =
      Contract.PART_SUBJECT | Contract.PART_ACTION | Contract.PART_RESOURCE | Contract.PART_CONTEXT;
  private static final AnswerError NO_SESSION =
      AnswerError.of(
          Contract.ERROR_NO_SESSION, Contract.TEXT_OPEN_SESSION, Contract.TEXT_UNKNOWN_SESSION);
  private static final byte[] LATEST = {};

  private final Policy policy;
  private final ModuleInstance instance;
  private final Map<String, Session> open = new HashMap<>();

  /** Null: the module has not failed. */
  private AnswerError failure;

  /**
   * An open session.
   *
   * @param effect that of the last answer that was returned or reported; deny if there was none
   */
  private record Session(int handle, Effect effect) {}

  Sessions(Policy policy, ModuleInstance instance) {
    this.policy = policy;
    this.instance = instance;
  }

  /**
   * Opens a session.
   *
   * @param id up to 255 bytes in UTF-8
   * @param request a request, in which action and resource may be missing; it is not decided yet
   */
  public void open(String id, Object request) {
    write(
        id,
        request,
        length -> {
          expectNew(id);
          int handle = instance.call("session_open", instance.writeName(id), length, now());
          if (handle == 0) throw refused(id, respond());
          open.put(id, new Session(handle, Effect.DENY));
          return 0;
        });
  }

  /**
   * Changes facts by a partial request (RFC 7396): its members replace existing ones, and null
   * removes one.
   *
   * @param id the session
   * @param part the members that change
   */
  public void patch(String id, Object part) {
    write(id, part, length -> instance.call("session_patch", handle(id), length, 0));
  }

  /**
   * Changes facts by a partial request: each of its subject, action, resource and context replaces
   * the previous one as a whole.
   *
   * @param id the session
   * @param part the parts that change
   */
  public void replace(String id, Object part) {
    write(id, part, length -> instance.call("session_patch", handle(id), length, ALL_PARTS));
  }

  /**
   * Records a signal that occurs now.
   *
   * @param id the session
   * @param signal its name in the policy
   * @param payload an object
   */
  public void record(String id, String signal, Object payload) {
    record(id, signal, payload, Double.NaN);
  }

  /**
   * Records a signal. It counts from its own time, but never from after the session's latest
   * instant.
   *
   * @param id the session
   * @param signal its name in the policy
   * @param payload an object
   * @param time when it occurred
   */
  public void record(String id, String signal, Object payload, Instant time) {
    record(id, signal, payload, Instants.milliseconds(time));
  }

  private void record(String id, String signal, Object payload, double time) {
    write(
        id,
        payload,
        length -> {
          int handle = handle(id);
          int number = instance.call("signal_find", instance.writeName(signal));
          return instance.call("session_record", handle, number, length, bits(time), now());
        });
  }

  /** {@code action}: calls the module with the length; returns 0 or the address of a refusal. */
  private synchronized void write(String id, Object document, Function<Integer, Integer> action) {
    byte[] text;
    try {
      text = JsonWriter.document(document, Contract.MAX_INPUT_BYTES);
    } catch (Failure unwritten) {
      throw new SessionException(id, Failure.errorOf(unwritten));
    }
    run(
        id,
        () -> {
          int refusal = action.apply(instance.write(text));
          if (refusal != 0) throw refused(id, refusal);
          return null;
        });
  }

  /**
   * Decides the latest request. The decision is part of the history for later ones.
   *
   * @param id the session
   * @return the answer
   */
  public Answer decide(String id) {
    return evaluate(id, LATEST, Contract.ASK_LATEST);
  }

  /**
   * Decides a request. The decision is part of the history for later ones.
   *
   * @param id the session
   * @param request an object with action and resource, which replace the previous ones, and
   *     context, which is merged
   * @return the answer
   */
  public Answer decide(String id, Object request) {
    return evaluate(id, request, Contract.ASK_GIVEN);
  }

  /**
   * Evaluates the latest request again, as things are now.
   *
   * @param id the session
   * @return the answer; no decision is taken
   */
  public Answer reevaluate(String id) {
    return evaluate(id, LATEST, Contract.ASK_AGAIN);
  }

  /**
   * Whether the latest request could be permitted now, for some value of the members that neither
   * it nor the session has. Nothing about the session changes. The module must have been compiled
   * with {@code --possible}.
   *
   * @param id the session
   * @return the possibility
   */
  public Possibility could(String id) {
    return possibility(id, LATEST);
  }

  /**
   * Whether a request could be permitted now.
   *
   * @param id the session
   * @param request as for {@link #decide(String, Object)}, of which members may be missing
   * @return the possibility
   */
  public Possibility could(String id, Object request) {
    return possibility(id, request);
  }

  private synchronized Possibility possibility(String id, Object request) {
    if (!open.containsKey(id)) return Possibility.refused(Answer.refused(NO_SESSION));
    if (!policy.has("session_could")) {
      return Possibility.refused(Answer.refused(Policy.NO_POSSIBILITY));
    }
    byte[] text;
    try {
      text = JsonWriter.document(request, Contract.MAX_INPUT_BYTES);
    } catch (Failure unwritten) {
      return Possibility.refused(Answer.refused(Failure.errorOf(unwritten)));
    }
    return call(
        () -> possibility(handle(id), instance.write(text)),
        error -> Possibility.refused(Answer.refused(error)));
  }

  private Possibility possibility(int handle, int length) {
    int form = Contract.FORM_UNLESS_KEYED;
    int header = instance.call("session_could", handle, length, now(), form);
    return policy.reader().possibility(instance, header);
  }

  private synchronized Answer evaluate(String id, Object request, int ask) {
    if (!open.containsKey(id)) return Answer.refused(NO_SESSION);
    byte[] text;
    try {
      text = JsonWriter.document(request, Contract.MAX_INPUT_BYTES);
    } catch (Failure unwritten) {
      return Answer.refused(Failure.errorOf(unwritten));
    }
    Answer answer = call(() -> answer(handle(id), instance.write(text), ask), Answer::refused);
    report(id, answer.effect());
    return answer;
  }

  private Answer answer(int handle, int length, int ask) {
    int form = Contract.FORM_UNLESS_KEYED;
    int header = instance.call("session_decide", handle, length, now(), ask, form);
    return policy.reader().answer(instance, header);
  }

  /**
   * Evaluates the sessions that changed or whose answer may have expired.
   *
   * @return the sessions with another answer, by id
   */
  public List<SessionChange> sweep() {
    return sweep(false);
  }

  /**
   * Evaluates sessions. After a failure of the module, every open session is reported as denied.
   *
   * @param all whether to evaluate every session that was ever evaluated, or only those that
   *     changed or whose answer may have expired
   * @return the sessions with another answer, by id
   */
  public synchronized List<SessionChange> sweep(boolean all) {
    List<SessionChange> changes = call(() -> found(all), this::denied);
    changes.sort(Comparator.comparing(SessionChange::session));
    for (SessionChange change : changes) report(change.session(), change.after());
    return changes;
  }

  private List<SessionChange> found(boolean all) {
    List<SessionChange> changes = new ArrayList<>();
    int count;
    do {
      count = instance.call("session_sweep", now(), all && changes.isEmpty() ? 1 : 0);
      if (count == -1) throw refused("", respond());
      if (count < 0 || count > Contract.MAX_CHANGES) {
        throw Failure.misread(Contract.VIOLATION_TOO_MANY_CHANGES);
      }
      for (int at = 0; at < count; at += 1) {
        int address = instance.global("changes") + at * Contract.CHANGE_SIZE;
        String id = idOf(instance.memory.readInt(address + Contract.CHANGE_HANDLE));
        Effect before = Effect.of(instance.memory.read(address + Contract.CHANGE_BEFORE));
        Effect after = Effect.of(instance.memory.read(address + Contract.CHANGE_AFTER));
        changes.add(new SessionChange(id, before, after));
      }
    } while (count == Contract.MAX_CHANGES);
    return changes;
  }

  private List<SessionChange> denied(AnswerError error) {
    List<SessionChange> changes = new ArrayList<>();
    open.forEach((id, each) -> changes.add(new SessionChange(id, each.effect, Effect.DENY)));
    return changes;
  }

  /**
   * When a sweep may find a change.
   *
   * @return an instant, in the past for immediately; empty: nothing changes by itself. If it is in
   *     the past right after a sweep, there is no memory to store when answers expire: sweep all
   *     sessions from time to time
   */
  public synchronized Optional<Instant> due() {
    double due =
        call(
            () -> Double.longBitsToDouble(instance.run("session_due")[0]),
            error -> open.isEmpty() ? Double.POSITIVE_INFINITY : 0);
    return due == Double.POSITIVE_INFINITY
        ? Optional.empty()
        : Optional.of(Instant.ofEpochMilli((long) due));
  }

  /**
   * The number of open sessions.
   *
   * @return the number
   */
  public synchronized int count() {
    return open.size();
  }

  /**
   * Writes all facts and history of a session, for {@link #restore}.
   *
   * @param id the session
   * @return one line of JSON
   */
  public synchronized String snapshot(String id) {
    return run(
        id,
        () -> {
          int length = instance.call("session_snapshot", handle(id));
          if (length == 0) throw refused(id, respond());
          return textAt(instance.call("session_buffer", 0), length);
        });
  }

  /**
   * Opens a session from its snapshot, which may be of another process or policy.
   *
   * @param snapshot as {@link #snapshot} returned it
   * @return its id, and the first fact that does not fit this policy
   */
  public synchronized RestoredSession restore(String snapshot) {
    byte[] text = Utf8.bytesOf(snapshot);
    return run("", () -> restored(text));
  }

  private RestoredSession restored(byte[] text) {
    int address = instance.call("session_buffer", text.length);
    if (address != 0) instance.memory.write(address, text, 0, text.length);
    int handle = instance.call("session_restore", text.length);
    if (handle == 0) throw refused("", respond());
    Optional<AnswerError> mismatch = ResponseReader.errorAt(instance.memory, respond());
    String id = idOf(handle);
    if (open.containsKey(id)) instance.call("session_close", handle);
    expectNew(id);
    String effect = Json.tree(text).path("effect").asText(Effect.DENY.id());
    open.put(id, new Session(handle, Effect.valueOf(effect.toUpperCase(Locale.ROOT))));
    return new RestoredSession(id, mismatch);
  }

  /**
   * Closes a session.
   *
   * @param id the session
   */
  public synchronized void close(String id) {
    Session session = open.remove(id);
    if (session == null) throw new SessionException(id, NO_SESSION);
    call(() -> instance.call("session_close", session.handle), error -> 0);
  }

  /** Closes all sessions. */
  public synchronized void end() {
    List.copyOf(open.keySet()).forEach(this::close);
  }

  /** {@code failed}: what a failure of the module results in, now or earlier. */
  private <T> T call(Supplier<T> action, Function<AnswerError, T> failed) {
    if (failure != null) return failed.apply(failure);
    try {
      int refusal = instance.setTables(policy.tables());
      if (refusal == 0) return action.get();
      Failure unloadable = ResponseReader.unloadable(instance.memory, refusal);
      return failed.apply(Failure.errorOf(unloadable));
    } catch (SessionException refused) {
      throw refused;
    } catch (RuntimeException | Error thrown) {
      failure = Failure.errorOf(thrown);
      return failed.apply(failure);
    }
  }

  /** A failure of the module is a SessionException. */
  private <T> T run(String id, Supplier<T> action) {
    return call(
        action,
        error -> {
          throw new SessionException(id, error);
        });
  }

  private long now() {
    return bits((double) policy.clock().millis());
  }

  /** An f64 as the engine takes it. */
  private static long bits(double value) {
    return Double.doubleToRawLongBits(value);
  }

  private String textAt(int address, int length) {
    return Utf8.textOf(instance.memory.readBytes(address, length));
  }

  /** The address of the response to a call that returned 0. */
  private int respond() {
    return instance.call("respond", Contract.FORM_RESPONSE);
  }

  private SessionException refused(String id, int refusal) {
    return new SessionException(id, ResponseReader.refusalAt(instance.memory, refusal));
  }

  /** 0 for a session that is not open, which the module reports. */
  private int handle(String id) {
    return open.containsKey(id) ? open.get(id).handle : 0;
  }

  private String idOf(int handle) {
    int length = instance.call("session_name", handle);
    return textAt(instance.global("name"), length);
  }

  private void report(String id, Effect effect) {
    open.computeIfPresent(id, (same, session) -> new Session(session.handle, effect));
  }

  private void expectNew(String id) {
    if (!open.containsKey(id)) return;
    throw refused(id, instance.call("refuse", Contract.NUMBER_SESSION_EXISTS));
  }
}
