package dev.nhipol;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * A loaded policy: takes requests and returns answers. Deciding never throws: every failure, of the
 * module or while reading the request, is a deny. Threads share it. Each request is decided by an
 * instance of the module that no other thread uses then; an instance that failed is not used again.
 *
 * <p>All memory is on the heap, so nothing needs to be closed.
 */
public final class Policy {
  private static final long SESSION_BYTES = 1_073_741_824;
  private static final AnswerError NO_TABLES =
      AnswerError.of(
          Contract.ERROR_UNKNOWN_TABLE, Contract.TEXT_NO_TABLE, Contract.TEXT_UNKNOWN_TABLE);

  static final AnswerError NO_POSSIBILITY =
      Failure.engineError(Contract.ENGINE_POSSIBILITY, Contract.ENGINE_NO_POSSIBILITY);

  private final CompiledModule module;
  private final LoadOptions options;
  private final InstancePool pool;
  private final ResponseReader reader = new ResponseReader();
  private final Object loading = new Object();

  /** Contents by the numbers of the tables; never modified. */
  private volatile Map<Integer, byte[]> tables = Map.of();

  private Policy(CompiledModule module, LoadOptions options) {
    this.module = module;
    this.options = options;
    pool = new InstancePool(options.maxInstances(), () -> module.instantiate(options.tableBytes()));
    pool.use(instance -> null);
  }

  /**
   * Loads a compiled policy with the default options.
   *
   * @param bytes the module
   * @return the policy
   * @throws LoadException if the bytes are not a policy
   */
  public static Policy load(byte[] bytes) {
    return load(bytes, LoadOptions.defaults());
  }

  /**
   * Loads a compiled policy.
   *
   * @param bytes the module
   * @param options limits and the clock
   * @return the policy
   * @throws LoadException if the bytes are not a policy
   */
  public static Policy load(byte[] bytes, LoadOptions options) {
    return new Policy(CompiledModule.load(bytes, options), options);
  }

  /**
   * The manifest of the module, which describes the policy.
   *
   * @return JSON
   * @throws LoadException if the module has none; deciding does not need one
   */
  public String manifestJson() {
    return Utf8.textOf(module.manifest());
  }

  /**
   * The name of the policy, from the manifest.
   *
   * @return the name
   */
  public String name() {
    return Json.tree(module.manifest()).at("/policy/name").asText();
  }

  /**
   * The version of the policy, from the manifest.
   *
   * @return the version
   */
  public String version() {
    return Json.tree(module.manifest()).at("/policy/version").asText();
  }

  /**
   * Decides an AuthZEN evaluation request in JSON, now. This is the fastest way.
   *
   * @param request UTF-8
   * @return the answer
   */
  public Answer decideJson(byte[] request) {
    return decideJson(request, DecideOptions.hostClock());
  }

  /**
   * Decides an AuthZEN evaluation request in JSON.
   *
   * @param request UTF-8
   * @param when the instant of evaluation
   * @return the answer
   */
  public Answer decideJson(byte[] request, DecideOptions when) {
    try {
      double now = when.now(options.clock());
      int form = Contract.FORM_UNLESS_KEYED;
      return use(
          instance -> reader.answer(instance, instance.decide(request, now, when.clock(), form)));
    } catch (RuntimeException | Error failure) {
      return Answer.refused(Failure.errorOf(failure));
    }
  }

  /**
   * Decides an AuthZEN evaluation request, now.
   *
   * @param request as for {@link #decide(Object, DecideOptions)}
   * @return the answer
   */
  public Answer decide(Object request) {
    return decide(request, DecideOptions.hostClock());
  }

  /**
   * Decides an AuthZEN evaluation request. A value that JSON cannot represent exactly, such as NaN,
   * is an {@code invalid_request}.
   *
   * @param request a Map with String keys or a record that contains Map, record, Iterable, array,
   *     String, enum, number, Boolean, Instant, Optional and null; or JSON as String or byte[]
   * @param when the instant of evaluation
   * @return the answer
   */
  public Answer decide(Object request, DecideOptions when) {
    try {
      return decideJson(JsonWriter.document(request, Contract.MAX_INPUT_BYTES), when);
    } catch (Failure failure) {
      return Answer.refused(Failure.errorOf(failure));
    }
  }

  /**
   * Decides an AuthZEN evaluation request in JSON, now, and returns the response in JSON.
   *
   * @param request UTF-8
   * @return the AuthZEN evaluation response, UTF-8
   */
  public byte[] decideResponse(byte[] request) {
    return decideResponse(request, DecideOptions.hostClock());
  }

  /**
   * Decides an AuthZEN evaluation request in JSON, and returns the response in JSON.
   *
   * @param request UTF-8
   * @param when the instant of evaluation
   * @return the AuthZEN evaluation response, UTF-8
   */
  public byte[] decideResponse(byte[] request, DecideOptions when) {
    try {
      double now = when.now(options.clock());
      return use(
          instance -> {
            int header = instance.decide(request, now, when.clock(), Contract.FORM_RESPONSE);
            return ResponseReader.textAt(instance.memory, header);
          });
    } catch (RuntimeException | Error failure) {
      return Response.refusal(Failure.errorOf(failure));
    }
  }

  /**
   * Whether an AuthZEN evaluation request in JSON could be permitted now, for some value of the
   * members that it does not have. Every member may be missing, except the types of subject and
   * resource and the name of the action. The module must have been compiled with {@code
   * --possible}.
   *
   * @param request UTF-8
   * @return the possibility
   */
  public Possibility couldJson(byte[] request) {
    return couldJson(request, DecideOptions.hostClock());
  }

  /**
   * The same at an instant.
   *
   * @param request UTF-8
   * @param when the instant of evaluation
   * @return the possibility
   */
  public Possibility couldJson(byte[] request, DecideOptions when) {
    try {
      if (!module.exports().has("could")) throw new Failure(NO_POSSIBILITY);
      double now = when.now(options.clock());
      int form = Contract.FORM_UNLESS_KEYED;
      return use(
          instance ->
              reader.possibility(instance, instance.could(request, now, when.clock(), form)));
    } catch (RuntimeException | Error failure) {
      return Possibility.refused(Answer.refused(Failure.errorOf(failure)));
    }
  }

  /**
   * Whether an AuthZEN evaluation request could be permitted now.
   *
   * @param request as for {@link #decide(Object, DecideOptions)}
   * @return the possibility
   */
  public Possibility could(Object request) {
    return could(request, DecideOptions.hostClock());
  }

  /**
   * Whether an AuthZEN evaluation request could be permitted at an instant.
   *
   * @param request as for {@link #decide(Object, DecideOptions)}
   * @param when the instant of evaluation
   * @return the possibility
   */
  public Possibility could(Object request, DecideOptions when) {
    try {
      return couldJson(JsonWriter.document(request, Contract.MAX_INPUT_BYTES), when);
    } catch (Failure failure) {
      return Possibility.refused(Answer.refused(Failure.errorOf(failure)));
    }
  }

  /** Calls an instance that has the tables as they are now. */
  private <T> T use(Function<ModuleInstance, T> action) {
    return pool.use(
        instance -> {
          int refusal = instance.setTables(tables);
          if (refusal != 0) throw ResponseReader.unloadable(instance.memory, refusal);
          return action.apply(instance);
        });
  }

  /**
   * Fills an external table, and replaces its contents. Decisions that begin afterwards use the new
   * contents, also those of sessions.
   *
   * @param name the name of the table
   * @param contents an object by key, with two keys an object of objects: JSON as String or byte[],
   *     or values as for {@link #decide(Object, DecideOptions)}
   * @throws TableException if the table does not exist, or the contents do not fit it
   */
  public void loadTable(String name, Object contents) {
    byte[] text;
    try {
      text = JsonWriter.document(contents, options.tableBytes()).clone();
    } catch (Failure failure) {
      throw new TableException(name, Failure.errorOf(failure));
    }
    change(name, text);
  }

  /**
   * Empties an external table: every lookup in it is unknown.
   *
   * @param name the name of the table
   * @throws TableException if the table does not exist
   */
  public void dropTable(String name) {
    change(name, null);
  }

  /** {@code text}: null to empty the table. */
  private void change(String name, byte[] text) {
    if (!module.exports().has("table_load")) throw new TableException(name, NO_TABLES);
    synchronized (loading) {
      AnswerError error;
      try {
        error = use(instance -> changed(instance, name, text));
      } catch (RuntimeException | Error failure) {
        error = Failure.errorOf(failure);
      }
      if (error != null) throw new TableException(name, error);
    }
  }

  /** Null: the table was changed. */
  private AnswerError changed(ModuleInstance instance, String name, byte[] text) {
    int table = instance.call("table_find", instance.writeName(name));
    int refusal =
        text == null ? instance.call("table_drop", table) : instance.loadTable(table, text);
    if (refusal != 0) return ResponseReader.refusalAt(instance.memory, refusal);
    Map<Integer, byte[]> changed = new HashMap<>(tables);
    if (text == null) changed.remove(table);
    else changed.put(table, text);
    instance.tables = changed;
    tables = changed;
    return null;
  }

  /**
   * Creates sessions of the policy, with 1 GiB of memory.
   *
   * @return sessions in their own instance
   * @throws LoadException if the module was not compiled with sessions
   */
  public Sessions sessions() {
    return sessions(SESSION_BYTES);
  }

  /**
   * Creates sessions of the policy.
   *
   * @param maxBytes maximum memory of the sessions, besides that of tables; that of {@link
   *     LoadOptions} applies, too
   * @return sessions in their own instance
   * @throws LoadException if the module was not compiled with sessions
   */
  public Sessions sessions(long maxBytes) {
    if (!module.exports().has("session_open")) {
      throw new LoadException("the module does not support sessions: compile it with --sessions");
    }
    return new Sessions(this, module.instantiate(options.tableBytes() + maxBytes));
  }

  Map<Integer, byte[]> tables() {
    return tables;
  }

  boolean has(String export) {
    return module.exports().has(export);
  }

  ResponseReader reader() {
    return reader;
  }

  InstantSource clock() {
    return options.clock();
  }
}
