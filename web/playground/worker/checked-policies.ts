// Checks policies, and keeps the latest result for each entry: panels need the same policy again and again.

import { type CheckedFiles, checkFiles } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { type Failed, isFailed, type PolicyFiles } from './contract.ts';
import { ZoneLoadError } from './time-zones.ts';

const kept = 4;

export class CheckedPolicies {
  readonly #known = new Map<string, Promise<CheckedFiles | Failed>>();

  check({ entry, files }: PolicyFiles): Promise<CheckedFiles | Failed> {
    const key = JSON.stringify([entry, files]);
    const known = this.#known.get(key) ?? this.#checkFiles(key, entry, files);
    this.#known.delete(key);
    this.#known.set(key, known);
    const oldest = this.#known.keys().next().value;
    if (this.#known.size > kept && oldest !== undefined) this.#known.delete(oldest);
    return known;
  }

  async policy(of: PolicyFiles): Promise<PolicyModel | Failed> {
    const checked = await this.check(of);
    if (isFailed(checked)) return checked;
    return checked.policy ?? { failure: 'The policy has errors.' };
  }

  /** A failure is not kept, so that the next call tries again. */
  async #checkFiles(
    key: string,
    entry: string,
    files: PolicyFiles['files'],
  ): Promise<CheckedFiles | Failed> {
    try {
      return await checkFiles(entry, files[entry] ?? '', async (path) => files[path]);
    } catch (error) {
      this.#known.delete(key);
      if (!(error instanceof ZoneLoadError)) throw error;
      return { failure: `The policy names a time zone, and ${error.message}` };
    }
  }
}
