package dev.nhipol;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The obligations of an answer, from what its reasons ask for, once the module has explained them:
 * each once, in the order of the reasons. What is not said whole is left out of a deny, and is a
 * failure of the module anywhere else. And the answer's access request, the first of them.
 */
final class ObligationReader {
  private static final double MOST_EXACT = 9_007_199_254_740_991.0;

  private final Manifest manifest;

  /** One that a reason asks for. */
  private record Asked(String reason, Manifest.Demand demand, Manifest.ObligationKind kind) {}

  /** What tells one obligation from another. */
  private record Said(Manifest.ObligationKind kind, Map<String, Object> properties) {}

  ObligationReader(Manifest manifest) {
    this.manifest = manifest;
  }

  /** {@code reasons}: those that fired, in order. */
  List<Obligation> read(ModuleInstance instance, Effect effect, List<Manifest.Reason> reasons) {
    Map<Said, Set<String>> found = new LinkedHashMap<>();
    for (Asked asked : asked(effect, reasons)) {
      if (asked.kind.type().equals(Contract.ACCESS_REQUEST_TYPE)) continue;
      Optional<Map<String, Object>> said = said(instance, asked.demand);
      if (said.isPresent()) {
        found
            .computeIfAbsent(new Said(asked.kind, said.get()), key -> new LinkedHashSet<>())
            .add(asked.reason);
      } else if (effect != Effect.DENY && effect != Effect.REVOKE) {
        throw EngineFailure.misread(Contract.VIOLATION_UNUSABLE_OBLIGATION);
      }
    }
    List<Obligation> obligations = new ArrayList<>(found.size());
    found.forEach(
        (said, ids) ->
            obligations.add(
                new Obligation(
                    said.kind.name(), said.kind.type(), said.properties, List.copyOf(ids))));
    return Collections.unmodifiableList(obligations);
  }

  /** None where the module judged without an instant: nobody could tell until when. */
  Optional<AccessRequest> accessRequest(
      ModuleInstance instance, Effect effect, List<Manifest.Reason> reasons) {
    Optional<Asked> first =
        asked(effect, reasons).stream()
            .filter(asked -> asked.kind.type().equals(Contract.ACCESS_REQUEST_TYPE))
            .findFirst();
    if (first.isEmpty()) return Optional.empty();
    Asked asked = first.get();
    double instant = instance.f64("instant");
    if (Double.isNaN(instant)) return Optional.empty();
    if (Math.rint(instant) != instant || Math.abs(instant) > MOST_EXACT) {
      throw EngineFailure.misread(Contract.VIOLATION_INVALID_INSTANT);
    }
    Map<String, Object> said =
        said(instance, asked.demand)
            .orElseThrow(() -> EngineFailure.misread(Contract.VIOLATION_UNUSABLE_ACCESS_REQUEST));
    long evaluatedAt = (long) instant;
    return Optional.of(
        new AccessRequest(
            asked.kind.name(),
            said,
            asked.reason,
            evaluatedAt,
            evaluatedAt + lasting(instance, asked.demand)));
  }

  private long lasting(ModuleInstance instance, Manifest.Demand demand) {
    Integer index = demand.properties().get("expires_in");
    if (index == null || typeOf(index).kind() != Manifest.Kind.DURATION) {
      throw EngineFailure.misread(Contract.VIOLATION_ENDLESS_ACCESS_REQUEST);
    }
    return instance.memory.readLong(cell(instance, index));
  }

  private List<Asked> asked(Effect effect, List<Manifest.Reason> reasons) {
    List<Asked> asked = new ArrayList<>();
    for (Manifest.Reason reason : reasons) {
      if (reason.asksAt() != effect) continue;
      for (Manifest.Demand demand : reason.demands()) {
        if (demand.obligation() >= manifest.obligations().size()) {
          throw EngineFailure.misread(Contract.VIOLATION_UNKNOWN_OBLIGATION);
        }
        asked.add(new Asked(reason.id(), demand, manifest.obligations().get(demand.obligation())));
      }
    }
    return asked;
  }

  /** Empty where a value is not known. */
  private Optional<Map<String, Object>> said(ModuleInstance instance, Manifest.Demand demand) {
    Map<String, Object> said = new LinkedHashMap<>();
    for (Map.Entry<String, Integer> property : demand.properties().entrySet()) {
      Manifest.Type type = typeOf(property.getValue());
      int cell = cell(instance, property.getValue());
      if (!Cells.isKnown(instance.memory, cell)) return Optional.empty();
      said.put(property.getKey(), Cells.value(instance.memory, cell, type));
    }
    return Optional.of(Collections.unmodifiableMap(said));
  }

  private Manifest.Type typeOf(int index) {
    if (index >= manifest.properties().size()) {
      throw EngineFailure.misread(Contract.VIOLATION_UNKNOWN_PROPERTY);
    }
    return manifest.properties().get(index);
  }

  private static int cell(ModuleInstance instance, int index) {
    return instance.properties + index * Contract.CELL_SIZE;
  }
}
