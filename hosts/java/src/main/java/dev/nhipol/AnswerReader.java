package dev.nhipol;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * What the module wrote, as an answer, by the manifest. Every number is checked: one that the ABI
 * does not allow throws, and so never passes for an answer. Threads share it.
 */
final class AnswerReader {
  /** Whole numbers that a double holds exactly. */
  private static final double MOST_EXACT = 9_007_199_254_740_991.0;

  private final Manifest manifest;
  private final ReasonReader reasons;
  private final Reads reads;
  private final KeptAnswers kept;

  /** Indexes of constraints, in ASCII order of their names. */
  private final List<Integer> constraints;

  /**
   * A result's parts that depend on nothing else. {@code own}: a reason that is no rule's, or null.
   */
  private record Head(Effect effect, String own, boolean isInvalid) {}

  AnswerReader(Manifest manifest) {
    this.manifest = manifest;
    reasons = new ReasonReader(manifest);
    reads = new Reads(manifest);
    kept = new KeptAnswers(manifest);
    constraints =
        IntStream.range(0, manifest.constraints().size())
            .boxed()
            .sorted(Comparator.comparing(index -> manifest.constraints().get(index).name()))
            .toList();
  }

  Answer read(ModuleInstance instance, int result) {
    OptionalLong validUntil = validUntil(instance.memory, result);
    long key = kept.keyOf(instance, result);
    Answer before = key < 0 ? null : kept.get(key, validUntil);
    if (before != null) return before;
    Effect effect = Effect.of(instance.memory.readInt(result + Contract.RESULT_EFFECT));
    boolean changes = reasons.needExplaining(instance, effect, reasonCount(instance, result));
    Answer answer = make(instance, result, validUntil);
    if (key >= 0 && !changes) kept.keep(key, answer);
    return answer;
  }

  /** What is wrong with what the module was told last; null: nothing is. */
  AnswerError errorOf(ModuleInstance instance) {
    return ErrorReader.read(instance.memory, instance.result, manifest);
  }

  private static int reasonCount(ModuleInstance instance, int result) {
    return instance.memory.readInt(result + Contract.RESULT_REASON_COUNT);
  }

  private Answer make(ModuleInstance instance, int result, OptionalLong validUntil) {
    LinearMemory memory = instance.memory;
    Head head = head(memory, result);
    AnswerError error = ErrorReader.read(memory, result, manifest);
    if (head.isInvalid != (error != null)) {
      throw EngineFailure.misread(Contract.VIOLATION_ERROR_FLAG);
    }
    int count = reasonCount(instance, result);
    boolean isInvalidAlone = head.isInvalid && head.effect == Effect.DENY;
    if ((head.own != null || isInvalidAlone) != (count == 0)) {
      throw EngineFailure.misread(Contract.VIOLATION_EFFECT_REASONS);
    }
    Reads.Read read = readOf(memory, result, head);
    // Explaining the reasons may use the memory that constraints lie in.
    Map<String, Object> limits = head.effect == Effect.NARROW ? constraints(instance) : Map.of();
    String own = isInvalidAlone ? "invalid_request" : head.own;
    ReasonReader.Reasons fired =
        own == null
            ? reasons.read(instance, head.effect, count)
            : ReasonReader.Reasons.own(own, head.effect);
    boolean isBound = head.effect == Effect.CHALLENGE && read.paths().contains(Abi.DIGEST_PATH);
    return new Answer(
        head.effect,
        head.effect.isGranted(),
        fired.ids(),
        fired.details(),
        limits,
        fired.obligations(),
        fired.accessRequest(),
        validUntil,
        read.paths(),
        read.singleUse(),
        isBound ? Optional.ofNullable(instance.judgedDigest()) : Optional.empty(),
        Optional.ofNullable(error));
  }

  private Map<String, Object> constraints(ModuleInstance instance) {
    Map<String, Object> found = new LinkedHashMap<>();
    for (int index : constraints) {
      Manifest.Constraint constraint = manifest.constraints().get(index);
      int cell = instance.constraints + index * Contract.CELL_SIZE;
      if (!Cells.isPresent(instance.memory, cell)) continue;
      found.put(constraint.name(), Cells.value(instance.memory, cell, constraint.type()));
    }
    return Collections.unmodifiableMap(found);
  }

  private Reads.Read readOf(LinearMemory memory, int result, Head head) {
    int code = memory.readInt(result + Contract.RESULT_ERROR_CODE);
    boolean isOfMember = code >= Contract.CODE_WRONG_TYPE && code < Contract.CODE_NO_ROOM;
    if ("clock_went_back".equals(head.own) || (head.isInvalid && !isOfMember)) return Reads.ALL;
    Reads.Selectors selectors =
        new Reads.Selectors(
            selector(memory, result + Contract.RESULT_SUBJECT, manifest.subjects()),
            selector(memory, result + Contract.RESULT_ACTION, manifest.actions()),
            selector(memory, result + Contract.RESULT_RESOURCE, manifest.resources()));
    return head.isInvalid
        ? reads.ofInvalid(selectors)
        : reads.of(selectors, head.effect, "default_deny".equals(head.own));
  }

  private static int selector(LinearMemory memory, int address, List<String> names) {
    int index = memory.readInt(address);
    if (index < 0 || index > names.size()) {
      throw EngineFailure.misread(Contract.VIOLATION_UNKNOWN_SELECTOR);
    }
    return index;
  }

  private static Head head(LinearMemory memory, int result) {
    Effect effect = Effect.of(memory.readInt(result + Contract.RESULT_EFFECT));
    int flags = memory.readInt(result + Contract.RESULT_FLAGS);
    boolean isInvalid = (flags & Contract.FLAG_INVALID) != 0;
    int owns =
        flags
            & (Contract.FLAG_DEFAULT_DENY
                | Contract.FLAG_CLOCK_WENT_BACK
                | Contract.FLAG_REVOKED_BEFORE);
    Effect ownEffect = owns == Contract.FLAG_REVOKED_BEFORE ? Effect.REVOKE : Effect.DENY;
    if (owns != 0 && (effect != ownEffect || isInvalid || Integer.bitCount(owns) > 1)) {
      throw EngineFailure.misread(Contract.VIOLATION_EFFECT_FLAGS);
    }
    if (isInvalid && effect != Effect.DENY && effect != Effect.REVOKE) {
      throw EngineFailure.misread(Contract.VIOLATION_GRANTED_INVALID);
    }
    return new Head(effect, ownReason(owns), isInvalid);
  }

  private static String ownReason(int flag) {
    return switch (flag) {
      case 0 -> null;
      case Contract.FLAG_DEFAULT_DENY -> "default_deny";
      case Contract.FLAG_CLOCK_WENT_BACK -> "clock_went_back";
      default -> "revoked_before";
    };
  }

  private static OptionalLong validUntil(LinearMemory memory, int result) {
    double milliseconds = memory.readDouble(result + Contract.RESULT_VALID_UNTIL);
    if (milliseconds == Double.POSITIVE_INFINITY) return OptionalLong.empty();
    if (Math.rint(milliseconds) != milliseconds || Math.abs(milliseconds) > MOST_EXACT) {
      throw EngineFailure.misread(Contract.VIOLATION_INVALID_INSTANT);
    }
    return OptionalLong.of((long) milliseconds);
  }
}
