package dev.nhipol;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What an answer read: the paths and tables of every rule that bears on its effect, whatever the
 * rules' conditions came to. Fixed by the manifest, the request's selectors and the effect.
 */
final class Reads {
  /** Of what was not judged. */
  static final Read ALL = new Read(Answer.EVERYTHING, false);

  /** An answer is one of the effects, or by default. */
  private static final int KINDS = Effect.values().length + 1;

  private final Manifest manifest;
  private final SlotCache<Read> kept = new SlotCache<>();

  /** What was read, and whether decisions of its session have a share in that. */
  record Read(List<String> paths, boolean singleUse) {}

  /** Indexes into the manifest's lists, plus 1; 0: a name that no list has. */
  record Selectors(int subject, int action, int resource) {}

  Reads(Manifest manifest) {
    this.manifest = manifest;
  }

  Read of(Selectors selectors, Effect effect, boolean byDefault) {
    long place =
        ((long) selectors.resource * (manifest.actions().size() + 1) + selectors.action)
                * (manifest.subjects().size() + 1)
            + selectors.subject;
    long key = place * KINDS + (byDefault ? KINDS - 1 : effect.number());
    Read found = kept.get(key);
    if (found != null) return found;
    Read made = make(selectors, effect, byDefault);
    kept.put(key, made);
    return made;
  }

  private Read make(Selectors selectors, Effect effect, boolean byDefault) {
    TreeSet<Integer> read = new TreeSet<>();
    for (Manifest.Rule rule : manifest.rules()) {
      if (applies(rule, selectors) && (byDefault || bears(rule, effect))) read.addAll(rule.read());
    }
    return readOf(manifest.choosers(), read);
  }

  /** Of a request at fault: all of it, and what the revokes ask of what happened. */
  Read ofInvalid(Selectors selectors) {
    Manifest.History history = manifest.history();
    if (history == null) return ALL;
    TreeSet<Integer> read = new TreeSet<>();
    for (Manifest.Rule rule : manifest.rules()) {
      boolean canRevoke = (rule.effects() >> Effect.REVOKE.number() & 1) != 0;
      if (canRevoke && applies(rule, selectors)) read.addAll(rule.read());
    }
    read.retainAll(history.terms());
    return readOf(Answer.EVERYTHING, read);
  }

  private Read readOf(List<String> others, Set<Integer> read) {
    TreeSet<String> paths = new TreeSet<>(others);
    for (int index : read) paths.add(pathAt(index));
    Manifest.History history = manifest.history();
    boolean singleUse = history != null && history.decisions().stream().anyMatch(read::contains);
    return new Read(List.copyOf(paths), singleUse);
  }

  private String pathAt(int index) {
    if (index >= manifest.reads().size()) {
      throw EngineFailure.misread(Contract.VIOLATION_UNKNOWN_PATH);
    }
    return manifest.reads().get(index);
  }

  private static boolean applies(Manifest.Rule rule, Selectors selectors) {
    return chosen(rule.subjects(), selectors.subject)
        && chosen(rule.actions(), selectors.action)
        && chosen(rule.resources(), selectors.resource);
  }

  private static boolean chosen(List<Integer> numbers, int number) {
    return numbers == null || (number > 0 && numbers.contains(number));
  }

  /** Rules that can fire as strictly; permits too where the effect stands on one. */
  private static boolean bears(Manifest.Rule rule, Effect effect) {
    boolean isGranted = effect == Effect.NARROW || effect == Effect.CHALLENGE;
    return rule.effects() >> effect.number() != 0 || (isGranted && (rule.effects() & 1) != 0);
  }
}
