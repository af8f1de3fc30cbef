// The `read` list of an answer: the paths and tables of every rule that can influence its effect, regardless of
// the results of conditions. Determined by the manifest, the request's selectors and the effect.

import {
  type EffectName,
  effects,
  type Manifest,
  type ManifestRule,
  requestMembers,
  violations,
} from '../contract/index.ts';
import { misread } from '../module/engine-failure.ts';

/** Indexes into the manifest's lists, plus 1; 0: a name that is not in the list. */
export interface Selectors {
  readonly subject: number;
  readonly action: number;
  readonly resource: number;
}

/** An answer has one of the effects, or is a default deny. */
const kinds = effects.length + 1;

/** Callers choose the combinations, so the cache must be bounded. */
const maxCached = 4096;

/** The paths and tables that an answer read, and whether decisions of its session are part of it. */
export interface Read {
  readonly paths: readonly string[];
  readonly singleUse: boolean;
}

/** For a request that was not evaluated. */
export const all: Read = { paths: requestMembers, singleUse: false };

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
    const key = place * kinds + (byDefault ? effects.length : effects.indexOf(effect));
    const cached = this.#kept.get(key);
    if (cached !== undefined) return cached;
    const made = this.#make(selectors, effect, byDefault);
    if (this.#kept.size >= maxCached) this.#kept.clear();
    this.#kept.set(key, made);
    return made;
  }

  /** For an invalid request: all of it, and the history that revoke rules read. */
  ofInvalid(selectors: Selectors): Read {
    const { rules, history } = this.#manifest;
    if (history === undefined) return all;
    const asked = rules
      .filter((rule) => rule.effects.includes('revoke') && applies(rule, selectors))
      .flatMap(({ read }) => read.filter((index) => history.terms.includes(index)));
    return {
      paths: [...new Set([...requestMembers, ...asked.map((index) => this.#pathAt(index))])].sort(),
      singleUse: asked.some((index) => history.decisions.includes(index)),
    };
  }

  #pathAt(index: number): string {
    const path = this.#manifest.reads[index];
    if (path === undefined) throw misread(violations.unknownPath);
    return path;
  }

  #make(selectors: Selectors, effect: EffectName, byDefault: boolean): Read {
    const { rules, choosers, history } = this.#manifest;
    const applicable = rules.filter((rule) => applies(rule, selectors));
    const bearing = applicable.filter((rule) => byDefault || bears(rule, effect));
    const read = new Set(bearing.flatMap((rule) => rule.read));
    const paths = [...read].map((index) => this.#pathAt(index));
    return {
      paths: Object.freeze([...new Set([...choosers, ...paths])].sort()),
      singleUse: history?.decisions.some((index) => read.has(index)) ?? false,
    };
  }
}

function applies(rule: ManifestRule, selectors: Selectors): boolean {
  return (
    chosen(rule.subjects, selectors.subject) &&
    chosen(rule.actions, selectors.action) &&
    chosen(rule.resources, selectors.resource)
  );
}

function chosen(selectors: readonly number[] | undefined, selector: number): boolean {
  return selectors === undefined || (selector > 0 && selectors.includes(selector));
}

/** Rules that can fire at least as strictly; also permits if the effect depends on one. */
function bears(rule: ManifestRule, effect: EffectName): boolean {
  const isGranted = effect === 'narrow' || effect === 'challenge';
  return rule.effects.some(
    (own) => effects.indexOf(own) >= effects.indexOf(effect) || (isGranted && own === 'permit'),
  );
}
