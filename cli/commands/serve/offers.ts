// Offers versions of the policy: a module with the contents of its tables. A version that is held back does not hold back a
// change of the tables alone: that is offered to the version in use, too.

import type { Activation, DecisionPoint, ModuleWithTables, Outcome } from '@nhipol/service';
import type { Cluster } from '@nhipol/service/cluster';
import { pinProblem } from './policy-source.ts';

export interface OffersOptions {
  readonly point: DecisionPoint;
  readonly activation: Activation;
  readonly cluster: Cluster | undefined;
  /** The SHA-256 that every version must have, in hexadecimal. */
  readonly pinned: string | undefined;
  readonly warn: (warning: string) => void;
}

/** `used`: what was read is in use, or on its way through the cluster. `held`: it waits. */
export type Offered = 'used' | 'held' | 'refused';

export class Offers {
  readonly #options: OffersOptions;
  /** The latest version that was not refused, in use or held back. */
  #latest: ModuleWithTables;

  constructor(options: OffersOptions) {
    this.#options = options;
    const { point, cluster, activation, pinned, warn } = options;
    this.#latest = { module: point.policy.bytes, tables: point.tables };
    cluster?.policy.watch((module) => {
      const problem = pinProblem(module, pinned);
      if (problem === undefined) this.#try({ module, tables: this.#latest.tables });
      else activation.refuse(`the policy of the cluster: ${problem}`);
    }, warn);
  }

  /** Offers the tables as they were read now, with a module if there is another one. */
  offer(tables: ReadonlyMap<string, string>, module: Uint8Array | undefined): Offered {
    const { activation, cluster } = this.#options;
    const { module: latest, tables: before } = this.#latest;
    const changed = [...tables].filter(([name, text]) => before.get(name) !== text);
    if (module !== undefined) {
      if (cluster === undefined) return this.#try({ module, tables });
      if (!this.#publish({ module, tables }, cluster)) return 'refused';
    }
    if (changed.length === 0) return 'used';
    if (activation.held === undefined) return this.#try({ module: latest, tables });
    return this.#offerTables(tables, changed);
  }

  /** Offers changed tables while a version is held back, which is compared with them again. */
  #offerTables(
    tables: ReadonlyMap<string, string>,
    changed: readonly (readonly [string, string])[],
  ): Offered {
    const { point } = this.#options;
    const { module: held } = this.#latest;
    const inUse = { module: point.policy.bytes, tables: new Map([...point.tables, ...changed]) };
    const alone = this.#try(inUse);
    if (alone === 'refused') return alone;
    const both = this.#try({ module: held, tables });
    return alone === 'used' ? alone : both;
  }

  #try(version: ModuleWithTables): Offered {
    const { activation, warn } = this.#options;
    const outcome: Outcome = activation.offer(version.module, version.tables);
    if (outcome.kind === 'refused') return 'refused';
    this.#latest = version;
    if (outcome.kind === 'held') return 'held';
    warn(`the new policy is active: ${outcome.changes}`);
    return 'used';
  }

  /** Tables of a node are in its own files, so that the cluster gets none. */
  #publish({ module, tables }: ModuleWithTables, cluster: Cluster): boolean {
    const { point, activation, warn } = this.#options;
    try {
      point.load(module, tables);
    } catch (error) {
      activation.refuse(`the policy was not activated: ${(error as Error).message}`);
      return false;
    }
    cluster.policy
      .publish(module)
      .catch((error) => warn(`the policy was not given to the cluster: ${error.message}`));
    return true;
  }
}
