package dev.nhipol;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The reasons of an answer, with their messages filled in, the paths that made them unknown and
 * what they ask for, in order of ids and then of their places in the sources.
 */
final class ReasonReader {
  private static final Comparator<Fired> BY_ID_AND_PLACE =
      Comparator.comparing((Fired fired) -> fired.reason.id())
          .thenComparing(fired -> fired.reason.source().file())
          .thenComparing(fired -> fired.reason.source().line())
          .thenComparing(fired -> fired.reason.source().column());

  private final Manifest manifest;
  private final ObligationReader obligations;

  private record Fired(Manifest.Reason reason, boolean isUnknown, int entry) {}

  /** {@code ids}: each once. */
  record Reasons(
      List<ReasonDetail> details,
      List<String> ids,
      List<Obligation> obligations,
      Optional<AccessRequest> accessRequest) {

    /** One that is no rule's. */
    static Reasons own(String id, Effect effect) {
      return new Reasons(
          List.of(ReasonDetail.own(id, effect)), List.of(id), List.of(), Optional.empty());
    }
  }

  ReasonReader(Manifest manifest) {
    this.manifest = manifest;
    obligations = new ObligationReader(manifest);
  }

  /** Whether any of the reasons that lie there takes more of the request than judging it did. */
  boolean needExplaining(ModuleInstance instance, Effect effect, int count) {
    return fired(instance, count).stream().anyMatch(each -> needsExplaining(each, effect));
  }

  Reasons read(ModuleInstance instance, Effect effect, int count) {
    List<Fired> fired = fired(instance, count);
    fired.sort(BY_ID_AND_PLACE);
    if (fired.stream().anyMatch(each -> needsExplaining(each, effect))) instance.run("explain");
    List<Manifest.Reason> reasons = fired.stream().map(Fired::reason).toList();
    return new Reasons(
        fired.stream().map(each -> detail(instance, each, effect)).toList(),
        reasons.stream().map(Manifest.Reason::id).distinct().toList(),
        obligations.read(instance, effect, reasons),
        obligations.accessRequest(instance, effect, reasons));
  }

  private List<Fired> fired(ModuleInstance instance, int count) {
    if (count < 0 || count > manifest.reasons().size()) {
      throw EngineFailure.misread(Contract.VIOLATION_TOO_MANY_REASONS);
    }
    List<Fired> fired = new ArrayList<>(count);
    for (int at = 0; at < count; at += 1) {
      int entry = instance.reasons + at * Contract.REASON_SIZE;
      int index = instance.memory.readInt(entry + Contract.REASON_INDEX);
      if (index < 0 || index >= manifest.reasons().size()) {
        throw EngineFailure.misread(Contract.VIOLATION_UNKNOWN_REASON);
      }
      boolean isUnknown =
          (instance.memory.readInt(entry + Contract.REASON_FIRED_ON_UNKNOWN) & 1) != 0;
      fired.add(new Fired(manifest.reasons().get(index), isUnknown, entry));
    }
    return fired;
  }

  private static boolean needsExplaining(Fired fired, Effect effect) {
    return fired.isUnknown || fired.reason.asksAt() == effect || fired.reason.hasPlaceholders();
  }

  private ReasonDetail detail(ModuleInstance instance, Fired fired, Effect effect) {
    return new ReasonDetail(
        fired.reason.id(),
        effect,
        message(instance, fired.reason),
        fired.isUnknown ? ReasonDetail.FiredOn.UNKNOWN : ReasonDetail.FiredOn.TRUE,
        fired.isUnknown ? unknownPaths(instance, fired) : List.of(),
        Optional.of(fired.reason.source()));
  }

  private Optional<String> message(ModuleInstance instance, Manifest.Reason reason) {
    if (reason.message() == null) return Optional.empty();
    StringBuilder message = new StringBuilder();
    for (Object part : reason.message()) {
      message.append(part instanceof Integer index ? placeholder(instance, index) : part);
    }
    return Optional.of(message.toString());
  }

  private String placeholder(ModuleInstance instance, int index) {
    if (index >= manifest.placeholders().size()) {
      throw EngineFailure.misread(Contract.VIOLATION_UNKNOWN_PLACEHOLDER);
    }
    int cell = instance.placeholders + index * Contract.CELL_SIZE;
    return Cells.show(instance.memory, cell, manifest.placeholders().get(index));
  }

  private List<String> unknownPaths(ModuleInstance instance, Fired fired) {
    long mask = instance.memory.readLong(fired.entry + Contract.REASON_UNKNOWN);
    TreeSet<String> paths = new TreeSet<>();
    for (; mask != 0; mask &= mask - 1) {
      int bit = Long.numberOfTrailingZeros(mask);
      List<Integer> unknown = fired.reason.unknown();
      if (bit >= unknown.size() || unknown.get(bit) >= manifest.reads().size()) {
        throw EngineFailure.misread(Contract.VIOLATION_UNLISTED_UNKNOWN_PATH);
      }
      paths.add(manifest.reads().get(unknown.get(bit)));
    }
    return List.copyOf(paths);
  }
}
