package dev.nhipol;

/**
 * A loaded policy. Requests come in, answers go out, and deciding never throws: whatever fails, the
 * module or the reading of the request, is a deny. Threads share it; each asks an instance of the
 * module that nobody else asks at the time, and one that failed is not asked again.
 *
 * <p>All that a policy takes is memory of the heap, so that there is nothing to close.
 */
public final class Policy {
  private final CompiledModule module;
  private final Manifest manifest;
  private final LoadOptions options;
  private final AnswerReader reader;
  private final boolean asksDigest;
  private final InstancePool pool = new InstancePool();
  private final Object loading = new Object();
  private volatile Tables tables = Tables.NONE;

  private Policy(CompiledModule module, LoadOptions options) {
    this.module = module;
    this.options = options;
    manifest = module.manifest();
    reader = new AnswerReader(manifest);
    ModuleInstance first = new ModuleInstance(module);
    asksDigest = first.asksDigest();
    pool.give(first);
  }

  /**
   * Loads a compiled policy, with the default options.
   *
   * @param bytes the module
   * @return the policy
   * @throws LoadException for anything else
   */
  public static Policy load(byte[] bytes) {
    return load(bytes, LoadOptions.defaults());
  }

  /**
   * Loads a compiled policy.
   *
   * @param bytes the module
   * @param options limits, and a clock
   * @return the policy
   * @throws LoadException for anything else
   */
  public static Policy load(byte[] bytes, LoadOptions options) {
    return new Policy(CompiledModule.load(bytes, options), options);
  }

  /**
   * The policy's name.
   *
   * @return as its source says it
   */
  public String name() {
    return manifest.name();
  }

  /**
   * The policy's version.
   *
   * @return as its source says it
   */
  public String version() {
    return manifest.version();
  }

  /**
   * What the module says of itself, the schema of requests for one.
   *
   * @return JSON text
   */
  public String manifestJson() {
    return module.manifestJson();
  }

  /**
   * Decides an AuthZEN evaluation request in JSON, now.
   *
   * @param request UTF-8 text
   * @return the answer
   */
  public Answer decideJson(byte[] request) {
    return decideJson(request, DecideOptions.hostClock());
  }

  /**
   * Decides an AuthZEN evaluation request in JSON, now.
   *
   * @param request text
   * @return the answer
   */
  public Answer decideJson(String request) {
    return decideJson(request, DecideOptions.hostClock());
  }

  /**
   * Decides an AuthZEN evaluation request in JSON.
   *
   * @param request text
   * @param when the instant that counts
   * @return the answer
   */
  public Answer decideJson(String request, DecideOptions when) {
    try {
      return decideJson(Utf8.bytesOf(request), when);
    } catch (RuntimeException | Error failure) {
      return Answer.engineError(EngineFailure.errorOf(EngineFailure.unreadable()));
    }
  }

  /**
   * Decides an AuthZEN evaluation request in JSON.
   *
   * @param request UTF-8 text
   * @param when the instant that counts
   * @return the answer
   */
  public Answer decideJson(byte[] request, DecideOptions when) {
    try {
      double now = when.now(options.clock());
      String digest = asksDigest ? CallDigest.of(request, request.length, manifest.name()) : null;
      ModuleInstance instance = take();
      Answer answer = judge(instance, request, request.length, now, when.clock(), digest);
      pool.give(instance);
      return answer;
    } catch (RuntimeException | Error failure) {
      return Answer.engineError(EngineFailure.errorOf(failure));
    }
  }

  /**
   * Decides an AuthZEN evaluation request of Java's own values, now.
   *
   * @param request see {@link #decide(Object, DecideOptions)}
   * @return the answer
   */
  public Answer decide(Object request) {
    return decide(request, DecideOptions.hostClock());
  }

  /**
   * Decides an AuthZEN evaluation request of Java's own values. A member that the policy does not
   * declare is not looked at. What JSON cannot carry exactly, such as NaN, is an {@code
   * invalid_request}.
   *
   * @param request a Map with texts as keys, or a record, of such, of collections, arrays, texts,
   *     enums, numbers, booleans, instants and null
   * @param when the instant that counts
   * @return the answer
   */
  public Answer decide(Object request, DecideOptions when) {
    try {
      double now = when.now(options.clock());
      ModuleInstance instance = take();
      String digest = null;
      int length;
      JsonWriter writer = instance.writer;
      try {
        if (asksDigest) {
          int whole = writer.write(request, Declared.WHOLE_CALL, JsonWriter.MOST_REQUEST);
          digest = CallDigest.of(writer.bytes(), whole, manifest.name());
        }
        length = writer.write(request, module.declared(), JsonWriter.MOST_REQUEST);
      } catch (NotJson e) {
        pool.give(instance);
        return Answer.invalidRequest(e.error());
      } catch (RuntimeException | Error e) {
        pool.give(instance);
        throw EngineFailure.unreadable();
      }
      Answer answer = judge(instance, writer.bytes(), length, now, when.clock(), digest);
      pool.give(instance);
      return answer;
    } catch (RuntimeException | Error failure) {
      return Answer.engineError(EngineFailure.errorOf(failure));
    }
  }

  private Answer judge(
      ModuleInstance instance, byte[] text, int length, double now, int clock, String digest) {
    return reader.read(instance, instance.decide(text, length, now, clock, digest));
  }

  /** One that nobody else asks, with the tables as they are now. */
  private ModuleInstance take() {
    ModuleInstance free = pool.take();
    ModuleInstance instance = free == null ? new ModuleInstance(module) : free;
    tables.bringTo(instance, manifest, options.tableBytes());
    return instance;
  }

  /**
   * Fills an external table, in the place of what it held. Decisions that begin after it go by the
   * new contents, those of sessions too.
   *
   * @param name as the policy declares it
   * @param contents JSON in a String or in UTF-8 bytes, or values: an object by key, with two keys
   *     an object of objects
   * @throws TableException for anything else; the table then holds what it held
   */
  public void loadTable(String name, Object contents) {
    int index = indexOf(name);
    byte[] text = contentsOf(name, contents);
    synchronized (loading) {
      AnswerError error;
      try {
        ModuleInstance instance = take();
        error = TableLoader.load(instance, manifest, index, text, options.tableBytes());
        if (error == null) {
          tables = tables.with(index, text);
          instance.tables = tables;
        }
        pool.give(instance);
      } catch (RuntimeException | Error failure) {
        error = EngineFailure.errorOf(failure);
      }
      if (error != null) throw new TableException(name, error);
    }
  }

  /**
   * Empties an external table: from now on every look-up in it is unknown.
   *
   * @param name as the policy declares it
   * @throws TableException for a name that it does not declare
   */
  public void dropTable(String name) {
    int index = indexOf(name);
    synchronized (loading) {
      tables = tables.without(index);
    }
  }

  private int indexOf(String name) {
    int index = manifest.tableIndex(name);
    if (index >= 0) return index;
    String names = String.join(", ", manifest.tables().stream().map(Manifest.Table::name).toList());
    String expected =
        names.isEmpty() ? Contract.TEXT_NO_TABLE : Contract.TEXT_TABLE_NAMES.formatted(names);
    throw new TableException(
        name, AnswerError.of("unknown_table", expected, Contract.TEXT_UNKNOWN_TABLE));
  }

  private byte[] contentsOf(String name, Object contents) {
    if (contents instanceof byte[] bytes) return bytes.clone();
    if (contents instanceof String text) return Utf8.bytesOf(text);
    try {
      JsonWriter writer = new JsonWriter();
      writer.write(contents, null, options.tableBytes());
      return writer.copy();
    } catch (NotJson e) {
      throw new TableException(name, e.error());
    }
  }

  /**
   * What holds sessions of the policy, with the default options.
   *
   * @return sessions in an instance of their own
   * @throws LoadException for a module that was not compiled to hold sessions
   */
  public Sessions sessions() {
    return sessions(SessionsOptions.defaults());
  }

  /**
   * What holds sessions of the policy.
   *
   * @param sessionsOptions limits
   * @return sessions in an instance of their own
   * @throws LoadException for a module that was not compiled to hold sessions
   */
  public Sessions sessions(SessionsOptions sessionsOptions) {
    if (!manifest.holdsSessions()) {
      throw new LoadException("the module does not support sessions: compile it with --sessions");
    }
    SessionEngine engine =
        new SessionEngine(
            new ModuleInstance(module), manifest, reader, sessionsOptions.sessionBytes());
    return new Sessions(this, engine, options);
  }

  Manifest manifest() {
    return manifest;
  }

  Tables tables() {
    return tables;
  }
}
