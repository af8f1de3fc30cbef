package dev.nhipol;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/**
 * Live sessions of a policy: facts and what happened come in, answers go out. Deciding never
 * throws: whatever fails is a deny. What else is asked for throws a {@link SessionException}, and
 * then nothing changed. Threads share it, one after the other.
 *
 * <p>What is told may be JSON, in a String or in UTF-8 bytes, or values as those of {@link
 * Policy#decide(Object)}. Where no instant is told the policy's clock says it; instants are in
 * milliseconds since the epoch.
 */
public final class Sessions {
  private static final int WHOLE_REQUEST =
      Contract.PART_SUBJECT | Contract.PART_ACTION | Contract.PART_RESOURCE | Contract.PART_CONTEXT;

  private final Policy policy;
  private final SessionEngine engine;
  private final LoadOptions options;
  private final OpenSessions open = new OpenSessions();
  private final SessionGuard guard;

  /** What sweeps after changes of tables found, until the next sweep that is asked for tells it. */
  private final List<SessionChange> untold = new ArrayList<>();

  /** The instant that was told last. */
  private double latest;

  Sessions(Policy policy, SessionEngine engine, LoadOptions options) {
    this.policy = policy;
    this.engine = engine;
    this.options = options;
    guard = new SessionGuard(open, this::holdTables);
  }

  /**
   * Opens a session, now.
   *
   * @param id what it is called, up to 255 bytes in UTF-8
   * @param request a request, which may lack action and resource; nobody has decided it yet
   * @throws SessionException where that cannot be
   */
  public void open(String id, Object request) {
    open(id, request, now());
  }

  /**
   * Opens a session.
   *
   * @param id what it is called, up to 255 bytes in UTF-8
   * @param request a request, which may lack action and resource; nobody has decided it yet
   * @param now the instant
   * @throws SessionException where that cannot be
   */
  public void open(String id, Object request, long now) {
    guard.run(
        id,
        () -> {
          open.expectNone(id);
          byte[] idBytes = Utf8.bytesOf(id);
          if (!Utf8.isWellFormed(id) || idBytes.length > SessionEngine.LONGEST_ID) {
            String expected = Contract.TEXT_SESSION_ID;
            throw new SessionException(
                id,
                AnswerError.of(
                    Contract.ERROR_WRONG_ID, expected, Contract.TEXT_INVALID_SESSION_ID));
          }
          byte[] text = TextReader.of(id, request);
          KeptCall call = callAfter(KeptCall.UNKNOWN, text, WHOLE_REQUEST);
          int handle = valueOf(id, engine.open(idBytes, text, instant(now), call.digest()));
          open.add(new OpenSessions.Held(id, handle, call, Effect.DENY));
          return null;
        });
  }

  /**
   * Changes facts by a request in part (RFC 7396): its members take the place of those that are
   * there, and null takes one away.
   *
   * @param id the session's
   * @param part the members that change
   * @throws SessionException where that cannot be
   */
  public void patch(String id, Object part) {
    guard.run(
        id,
        () -> {
          change(open.expect(id), TextReader.of(id, part), 0);
          return null;
        });
  }

  /**
   * Changes facts by a request in part whose subject, action, resource and context each take the
   * place of all that was there.
   *
   * @param id the session's
   * @param part those that change, as a whole
   * @throws SessionException where that cannot be
   */
  public void replace(String id, Object part) {
    guard.run(
        id,
        () -> {
          byte[] text = TextReader.of(id, part);
          change(open.expect(id), text, TextReader.partsIn(text));
          return null;
        });
  }

  /**
   * Records a signal that the policy declares, now.
   *
   * @param id the session's
   * @param signal its name
   * @param told what it tells, an object
   * @throws SessionException where that cannot be
   */
  public void record(String id, String signal, Object told) {
    record(id, signal, told, OptionalLong.empty(), now());
  }

  /**
   * Records a signal that the policy declares. One that comes late counts from its own time.
   *
   * @param id the session's
   * @param signal its name
   * @param told what it tells, an object
   * @param time when it came about, if not now
   * @param now the instant
   * @throws SessionException where that cannot be
   */
  public void record(String id, String signal, Object told, OptionalLong time, long now) {
    guard.run(
        id,
        () -> {
          OpenSessions.Held held = open.expect(id);
          int place = policy.manifest().signals().indexOf(signal);
          if (place < 0) {
            String found = JsonWriter.text(signal);
            String expected = Contract.TEXT_SIGNAL;
            throw new SessionException(id, AnswerError.of("no_signal", expected, found));
          }
          double came = time.isPresent() ? instant(time.getAsLong()) : Double.NaN;
          byte[] text = TextReader.of(id, told);
          AnswerError error = engine.record(held.handle, place, text, came, instant(now));
          if (error != null) throw new SessionException(id, error);
          return null;
        });
  }

  /**
   * Decides once more what was asked last, by all that is known since, now.
   *
   * @param id the session's
   * @return the answer
   */
  public Answer decide(String id) {
    return decide(id, now());
  }

  /**
   * Decides once more what was asked last, by all that is known since. The decision is taken.
   *
   * @param id the session's
   * @param now the instant
   * @return the answer
   */
  public Answer decide(String id, long now) {
    return guard.answer(id, held -> engine.decide(held.handle, instant(now), true));
  }

  /**
   * Decides what is asked, now.
   *
   * @param id the session's
   * @param asked an object with action, resource and context
   * @return the answer
   */
  public Answer decide(String id, Object asked) {
    return decide(id, asked, now());
  }

  /**
   * Decides what is asked, and the decision is taken: for what is asked next it is part of what
   * happened.
   *
   * @param id the session's
   * @param asked an object with action and resource, each as a whole, and what is new about the
   *     context
   * @param now the instant
   * @return the answer
   */
  public Answer decide(String id, Object asked, long now) {
    return guard.answer(
        id,
        held -> {
          double instant = instant(now);
          byte[] part;
          try {
            part = TextReader.ofAsked(asked);
          } catch (NotJson e) {
            return Answer.invalidRequest(e.error());
          }
          int replaced = TextReader.partsIn(part) & (Contract.PART_ACTION | Contract.PART_RESOURCE);
          SessionEngine.Outcome<Answer> refused = patch(held, part, replaced);
          return refused.value() == null
              ? engine.decide(held.handle, instant, true)
              : refused.value();
        });
  }

  /**
   * What was asked last, judged once more, now.
   *
   * @param id the session's
   * @return the answer; nothing is taken by it
   */
  public Answer reevaluate(String id) {
    return reevaluate(id, now());
  }

  /**
   * What was asked last, judged once more.
   *
   * @param id the session's
   * @param now the instant
   * @return the answer; nothing is taken by it
   */
  public Answer reevaluate(String id, long now) {
    return guard.answer(id, held -> engine.decide(held.handle, instant(now), false));
  }

  /**
   * Asks once more about all sessions that changed or whose answer may have ended, now.
   *
   * @return those that have another answer, in ASCII order of ids
   */
  public List<SessionChange> sweep() {
    return sweep(now(), false);
  }

  /**
   * Asks once more about all sessions that changed or whose answer may have ended. What another
   * table made of them since the last sweep is told, too. After the module failed each sweep
   * reports all open sessions: they are denied.
   *
   * @param now the instant, which counts for all sessions
   * @param all whether to ask about every one that was ever asked
   * @return those that have another answer, in ASCII order of ids
   */
  public List<SessionChange> sweep(long now, boolean all) {
    List<SessionChange> found =
        guard.runOr(
            () -> {
              sweepInto(untold, instant(now), all);
              List<SessionChange> changes = new ArrayList<>(untold);
              untold.clear();
              return changes;
            },
            this::deniedByFailure);
    found.sort(Comparator.comparing(SessionChange::session));
    return found;
  }

  /**
   * When a sweep may find something.
   *
   * @return an instant, 0 for at once, as after the module failed; empty: nothing will change by
   *     itself
   */
  public OptionalLong due() {
    return guard.runOr(
        () -> {
          double due = !untold.isEmpty() ? 0 : engine.due();
          return Double.isInfinite(due) ? OptionalLong.empty() : OptionalLong.of((long) due);
        },
        () -> open.count() > 0 ? OptionalLong.of(0) : OptionalLong.empty());
  }

  /**
   * How many sessions are open.
   *
   * @return the count
   */
  public int count() {
    return guard.runOr(open::count, open::count);
  }

  /**
   * A session as text, for {@link #restore}: all that it knows and all that it remembers.
   *
   * @param id the session's
   * @return JSON of one line
   * @throws SessionException where that cannot be
   */
  public String snapshot(String id) {
    return guard.run(id, () -> valueOf(id, engine.snapshot(open.expect(id).handle)));
  }

  /**
   * Opens a session that was open before, here or in another process, under this policy or another.
   * What fits the policy is known again; what does not restricts.
   *
   * @param text as {@link #snapshot} gave it
   * @return which session it is, and the first that does not fit
   * @throws SessionException where that cannot be
   */
  public RestoredSession restore(String text) {
    String id = TextReader.idIn(text);
    return guard.run(
        id,
        () -> {
          open.expectNone(id);
          SessionEngine.Restored restored = valueOf(id, engine.restore(Utf8.bytesOf(text)));
          KeptCall call =
              engine.asksDigest() ? KeptCall.in(text, engine.judgedDigest()) : KeptCall.UNKNOWN;
          open.add(new OpenSessions.Held(id, restored.handle(), call, TextReader.effectIn(text)));
          return new RestoredSession(id, restored.misfit());
        });
  }

  /**
   * Closes a session: nothing is known of it any more.
   *
   * @param id the session's
   * @throws SessionException where there is none
   */
  public void close(String id) {
    guard.close(
        id,
        () -> {
          OpenSessions.Held held = open.expect(id);
          engine.close(held.handle);
          open.remove(held);
          return null;
        });
  }

  // --- what the doors have in common

  /** After a change of tables all sessions are asked at once, by the instant that was told last. */
  private void holdTables() {
    boolean changed = engine.hold(policy.tables(), options.tableBytes());
    if (changed && open.count() > 0) sweepInto(untold, latest, true);
  }

  private void sweepInto(List<SessionChange> found, double now, boolean all) {
    for (SessionEngine.Found change : engine.sweep(now, all)) {
      OpenSessions.Held held = open.ofHandle(change.handle());
      if (held == null) continue;
      found.add(new SessionChange(held.id, change.before(), change.after()));
      held.effect = change.after();
    }
  }

  private List<SessionChange> deniedByFailure() {
    List<SessionChange> denied = new ArrayList<>();
    for (OpenSessions.Held held : open.all()) {
      denied.add(new SessionChange(held.id, held.effect, Effect.DENY));
      held.effect = Effect.DENY;
    }
    return denied;
  }

  private double instant(long milliseconds) {
    latest = DecideOptions.instant((double) milliseconds);
    return latest;
  }

  private long now() {
    return options.clock().millis();
  }

  private static <T> T valueOf(String id, SessionEngine.Outcome<T> outcome) {
    if (outcome.error() != null) throw new SessionException(id, outcome.error());
    return outcome.value();
  }

  private void change(OpenSessions.Held held, byte[] part, int replaced) {
    AnswerError error = patch(held, part, replaced).error();
    if (error != null) throw new SessionException(held.id, error);
  }

  private SessionEngine.Outcome<Answer> patch(OpenSessions.Held held, byte[] part, int replaced) {
    KeptCall call = callAfter(held.call, part, replaced);
    SessionEngine.Outcome<Answer> refused =
        engine.patch(held.handle, part, replaced, call.digest());
    if (refused.value() == null) held.call = call;
    return refused;
  }

  private KeptCall callAfter(KeptCall before, byte[] part, int replaced) {
    return engine.asksDigest()
        ? before.after(part, replaced, policy.manifest().name())
        : KeptCall.UNKNOWN;
  }
}
