// Checks policies, and keeps the latest result for each entry: panels need the same policy again and again.

import { type CheckedFiles, checkFiles } from '../../language/check-files.ts';
import type { Policy } from '../../language/index.ts';
import type { Failed, PolicyFiles } from './contract.ts';

const kept = 4;

export class CheckedPolicies {
  readonly #known = new Map<string, Promise<CheckedFiles>>();

  check({ entry, files }: PolicyFiles): Promise<CheckedFiles> {
    const key = JSON.stringify([entry, files]);
    const known = this.#known.get(key) ?? this.#checked(entry, files);
    this.#known.delete(key);
    this.#known.set(key, known);
    const oldest = this.#known.keys().next().value;
    if (this.#known.size > kept && oldest !== undefined) this.#known.delete(oldest);
    return known;
  }

  async policy(of: PolicyFiles): Promise<Policy | Failed> {
    const { policy } = await this.check(of);
    return policy ?? { failure: 'The policy has errors.' };
  }

  #checked(entry: string, files: PolicyFiles['files']): Promise<CheckedFiles> {
    return checkFiles(entry, files[entry] ?? '', async (path) => files[path]);
  }
}
