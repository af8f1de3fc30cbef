// The version of a policy, or of the reviewed tools, that a person confirmed last, in the state: also after a restart, no
// other one is active that may be looser. The first version that is used counts as confirmed.

import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Store } from '@nhipol/service';
import type { PolicyVersion } from './policy-version.ts';

export class ConfirmedVersions {
  readonly #store: Store;
  /** Those of the file: as it is named, and with links of folders followed, so that another path to it counts as the same. */
  readonly #names: readonly string[];

  /** `path`: the path of the file. */
  constructor(store: Store, path: string, kind: 'policy' | 'tools' = 'policy') {
    this.#store = store;
    const full = resolve(path);
    this.#names = [...new Set([full, resolveRealName(full)])].map((name) => `${kind} ${name}`);
  }

  /** A number that changes when another process may have confirmed a version. */
  get changes(): number {
    return this.#store.version();
  }

  /** Returns `undefined` if none was used yet. */
  read(): PolicyVersion | undefined {
    const texts = this.#names.map((name) => this.#store.position(name));
    const text = texts.find((each) => each !== undefined);
    return text === undefined ? undefined : JSON.parse(text);
  }

  confirm(version: PolicyVersion): void {
    const text = JSON.stringify(version);
    for (const name of this.#names) this.#store.setPosition(name, text);
  }
}

function resolveRealName(path: string): string {
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    return path;
  }
}
