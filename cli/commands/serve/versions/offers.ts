// Offers versions of the policy: a module with the contents of its tables. What happens is computed from what is in use and
// from what was read last, not from what has changed since the look before. Where versions can be held back, tables are
// compared and used with the version in use, and then another version is compared with these tables.

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

type Tables = ReadonlyMap<string, string>;

export class Offers {
  readonly #options: OffersOptions;
  /** The module that was read last and not refused: in use, or held back. */
  #newest: Uint8Array;

  constructor(options: OffersOptions) {
    this.#options = options;
    const { point, cluster, activation, pinned, warn } = options;
    this.#newest = point.policy.bytes;
    cluster?.policy.watch((module) => {
      const problem = pinProblem(module, pinned);
      if (problem === undefined) this.#try({ module, tables: point.tables });
      else activation.refuse(`the policy of the cluster: ${problem}`);
    }, warn);
  }

  /** Whether the settings that belong to a version wait: something is held back, or the module that was read last is not in use. */
  get isWaiting(): boolean {
    const { activation } = this.#options;
    return activation.held !== undefined || !activation.isInUse(this.#newest);
  }

  /**
   * Offers the tables as they were read now, with a module if there is another one. Returns what became of the tables, or of
   * the module that was given.
   */
  offer(tables: Tables, module: Uint8Array | undefined): Offered {
    const { activation, cluster, point } = this.#options;
    if (cluster !== undefined) {
      if (module !== undefined && !this.#publish({ module, tables }, cluster)) return 'refused';
      return this.#offerTables(tables);
    }
    const next = { module: module ?? this.#newest, tables };
    if (activation.isInUse(next.module)) return this.#offerInUse(next);
    if (!activation.holdsBack) return this.#try(next);
    const { usable, problem } = this.#resolveTables(tables);
    if (this.#loadProblem(next) !== undefined)
      return this.#offerUnusable(next, usable, module !== undefined);
    if (this.#offerTables(usable) === 'refused') return 'refused';
    const version = activation.isHeld(next) ? 'held' : this.#try(next);
    if (version === 'used') return version;
    if (problem !== undefined) activation.refuse(problem, 'a table stays as it was');
    if (!activation.isHeld({ module: this.#newest, tables })) activation.withdraw('version');
    if (module !== undefined) return version;
    return hasAll(point.tables, tables) ? 'used' : 'held';
  }

  /** Withdraws a version that is held back, and offers the tables to the version in use. */
  #offerInUse(next: ModuleWithTables): Offered {
    const { activation, point } = this.#options;
    this.#newest = next.module;
    const wasWaiting = activation.held !== undefined;
    activation.withdraw('version');
    if (activation.isHeld(next)) return 'held';
    const isSame = hasAll(point.tables, next.tables) && hasAll(next.tables, point.tables);
    return isSame && !wasWaiting ? 'used' : this.#try(next);
  }

  /** Offers a version that cannot be used with the tables: a new one is refused, and an earlier one is withdrawn. */
  #offerUnusable(next: ModuleWithTables, inUse: Tables, isNew: boolean): Offered {
    const { activation } = this.#options;
    if (isNew || !hasAll(inUse, next.tables)) return this.#try(next);
    activation.withdraw('version');
    const offered = this.#offerTables(inUse);
    this.#try(next);
    return offered;
  }

  /** Offers the tables to the version in use. */
  #offerTables(tables: Tables): Offered {
    const { activation, point } = this.#options;
    const version = { module: point.policy.bytes, tables };
    if (hasAll(point.tables, tables)) {
      activation.withdraw('tables');
      return 'used';
    }
    return activation.isHeld(version) ? 'held' : this.#try(version);
  }

  /** The tables for the version in use: as they were read, or as before where this version cannot use what was read. */
  #resolveTables(read: Tables): { readonly usable: Tables; readonly problem: string | undefined } {
    const { point } = this.#options;
    let usable = point.tables;
    let problem: string | undefined;
    for (const [name, text] of read) {
      const tables = new Map([...usable, [name, text]]);
      const refusal = this.#loadProblem({ module: point.policy.bytes, tables });
      if (refusal === undefined) usable = tables;
      else problem ??= `the version in use: ${refusal}`;
    }
    return { usable, problem };
  }

  /** Why a version cannot be loaded with its tables, or `undefined` if it can. */
  #loadProblem({ module, tables }: ModuleWithTables): string | undefined {
    try {
      this.#options.point.load(module, tables);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  #try(version: ModuleWithTables): Offered {
    const { activation, warn } = this.#options;
    const isOther = !activation.isInUse(version.module);
    const outcome: Outcome = activation.offer(version.module, version.tables);
    if (outcome.kind === 'refused') return 'refused';
    if (isOther) this.#newest = version.module;
    if (outcome.kind === 'held') return 'held';
    warn(`the new policy is active: ${outcome.changes}`);
    return 'used';
  }

  /** Tables of a node are in its own files, so that the cluster gets none. */
  #publish({ module, tables }: ModuleWithTables, cluster: Cluster): boolean {
    const { activation, warn } = this.#options;
    const problem = this.#loadProblem({ module, tables });
    if (problem !== undefined) {
      activation.refuse(`the policy was not activated: ${problem}`);
      return false;
    }
    cluster.policy
      .publish(module)
      .catch((error) => warn(`the policy was not given to the cluster: ${error.message}`));
    return true;
  }
}

/** Whether tables have these contents, and maybe others. */
function hasAll(tables: Tables, expected: Tables): boolean {
  return [...expected].every(([name, text]) => tables.get(name) === text);
}
