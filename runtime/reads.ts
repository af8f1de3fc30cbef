// What an answer read: the paths and tables of every rule that bears on its effect, whatever the
// rules' conditions came to. Fixed by the manifest, the request's selectors and the effect.

import { type EffectName, effectNames, type Manifest, type ManifestRule } from './abi.ts';
import { misread } from './engine-failure.ts';

/** Indexes into the manifest's lists, plus 1; 0: a name that no list has. */
export interface Selectors {
  readonly subject: number;
  readonly action: number;
  readonly resource: number;
}

/** An answer is one of the effects, or by default. */
const kinds = effectNames.length + 1;

/** Callers choose among the combinations: what is kept of them must have an end. */
const mostKept = 4096;

/** What an answer read, and whether decisions of its session have a share in that. */
export interface Read {
  readonly paths: readonly string[];
  readonly singleUse: boolean;
}

export class Reads {
  readonly #manifest: Manifest;
  readonly #kept = new Map<number, Read>();

  constructor(manifest: Manifest) {
    this.#manifest = manifest;
  }

  of(selectors: Selectors, effect: EffectName, byDefault: boolean): Read {
    const { subject, action, resource } = selectors;
    const { subjects, actions } = this.#manifest.selectors;
    const place = (resource * (actions.length + 1) + action) * (subjects.length + 1) + subject;
    const key = place * kinds + (byDefault ? effectNames.length : effectNames.indexOf(effect));
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const made = this.#make(selectors, effect, byDefault);
    if (this.#kept.size >= mostKept) this.#kept.clear();
    this.#kept.set(key, made);
    return made;
  }

  #make(selectors: Selectors, effect: EffectName, byDefault: boolean): Read {
    const { rules, choosers, reads, sessions } = this.#manifest;
    const applicable = rules.filter(
      (rule) =>
        chosen(rule.subjects, selectors.subject) &&
        chosen(rule.actions, selectors.action) &&
        chosen(rule.resources, selectors.resource),
    );
    const bearing = applicable.filter((rule) => byDefault || bears(rule, effect));
    const read = new Set(bearing.flatMap((rule) => rule.read));
    const paths = [...read].map((index) => {
      const path = reads[index];
      if (path === undefined) throw misread('a path that the manifest does not list');
      return path;
    });
    return {
      paths: Object.freeze([...new Set([...choosers, ...paths])].sort()),
      singleUse: sessions?.decisions?.some((index) => read.has(index)) ?? false,
    };
  }
}

function chosen(selectors: readonly number[] | undefined, selector: number): boolean {
  return selectors === undefined || (selector > 0 && selectors.includes(selector));
}

/** Rules that can fire as strictly; permits too where the effect stands on one. */
function bears(rule: ManifestRule, effect: EffectName): boolean {
  const isGranted = effect === 'narrow' || effect === 'challenge';
  return rule.effects.some(
    (own) =>
      effectNames.indexOf(own) >= effectNames.indexOf(effect) || (isGranted && own === 'permit'),
  );
}
