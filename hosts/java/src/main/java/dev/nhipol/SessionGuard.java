package dev.nhipol;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What stands before each call of an instance that holds sessions: one caller at a time, what is to
 * be done before it, and no call after the module failed.
 */
final class SessionGuard {
  private final OpenSessions open;
  private final Runnable before;
  private final ReentrantLock lock = new ReentrantLock();

  /** Null: the module did not fail. */
  private AnswerError failure;

  SessionGuard(OpenSessions open, Runnable before) {
    this.open = open;
    this.before = before;
  }

  /** A failure is an exception of the session. */
  <T> T run(String id, Supplier<T> act) {
    lock.lock();
    try {
      if (failure != null) throw new SessionException(id, failure);
      before.run();
      return act.get();
    } catch (SessionException refused) {
      throw refused;
    } catch (RuntimeException | Error e) {
      throw new SessionException(id, note(e));
    } finally {
      lock.unlock();
    }
  }

  /** A failure, now or before, is what {@code failed} gives. */
  <T> T runOr(Supplier<T> act, Supplier<T> failed) {
    lock.lock();
    try {
      if (failure != null) return failed.get();
      before.run();
      return act.get();
    } catch (RuntimeException | Error e) {
      AnswerError error = note(e);
      if (failure != null) return failed.get();
      throw new SessionException("", error);
    } finally {
      lock.unlock();
    }
  }

  /** Closes a session; one of a module that failed is closed without it. */
  void close(String id, Supplier<Void> act) {
    lock.lock();
    try {
      if (failure == null) run(id, act);
      else open.remove(open.expect(id));
    } finally {
      lock.unlock();
    }
  }

  /** A failure is an answer. */
  Answer answer(String id, Function<OpenSessions.Held, Answer> act) {
    lock.lock();
    try {
      OpenSessions.Held held = open.find(id);
      if (held == null) return Answer.invalidRequest(OpenSessions.NO_SESSION);
      if (failure != null) return Answer.engineError(failure);
      before.run();
      Answer answer = act.apply(held);
      held.effect = answer.effect();
      return answer;
    } catch (RuntimeException | Error e) {
      return Answer.engineError(note(e));
    } finally {
      lock.unlock();
    }
  }

  private AnswerError note(Throwable e) {
    AnswerError error = EngineFailure.errorOf(e);
    if (!EngineFailure.leavesModule(e)) failure = error;
    return error;
  }
}
