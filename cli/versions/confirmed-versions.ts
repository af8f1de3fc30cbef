// The version of a policy, or of the reviewed tools, that a person confirmed last, in the state: also after a restart, no
// other one is active that may be looser. The first version that is used counts as confirmed.

import { resolve } from 'node:path';
import type { Store } from '@nhipol/service';
import type { PolicyVersion } from './policy-version.ts';

export class ConfirmedVersions {
  readonly #store: Store;
  readonly #name: string;

  /** `path`: that of the file, as it is named, since a link may be replaced. */
  constructor(store: Store, path: string, kind: 'policy' | 'tools' = 'policy') {
    this.#store = store;
    this.#name = `${kind} ${resolve(path)}`;
  }

  /** A number that changes when another process may have confirmed a version. */
  get changes(): number {
    return this.#store.version();
  }

  /** undefined: none was used yet. */
  read(): PolicyVersion | undefined {
    const text = this.#store.position(this.#name);
    return text === undefined ? undefined : JSON.parse(text);
  }

  confirm(version: PolicyVersion): void {
    this.#store.setPosition(this.#name, JSON.stringify(version));
  }
}
