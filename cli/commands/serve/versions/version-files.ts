// The files that belong to a version of the policy, by their role: they say which facts a request has, so that a version
// which is held back is not in use with part of them.
//
// The rule: what is in use is a snapshot of the contents of each role. While a version is held back, each role whose
// contents differ from the snapshot waits as a whole, also when it is edited again, until the version is activated or the
// contents are those of the snapshot again. While none is held back, what was read is used at once. Names of files do not
// matter, and what authenticates others is not part of a role: it is used as it was read.

import { readInputText } from '../../../io/files.ts';

export interface VersionFileOptions {
  readonly entities: readonly string[];
  readonly facts?: string;
  readonly grpc?: string;
  readonly grpcMapping?: string;
  readonly signals?: string;
}

export const fileRoles = ['facts', 'entities', 'mapping', 'signals'] as const;
export type FileRole = (typeof fileRoles)[number];

/** The option with the files of each role. */
export const roleOptions: Readonly<Record<FileRole, string>> = {
  facts: '--facts',
  entities: '--entities',
  mapping: '--grpc-mapping',
  signals: '--signals',
};

/** The contents of the files of each role; a role may have none. */
export type RoleTexts = Readonly<Record<FileRole, readonly string[]>>;

/** A part of the service that uses the contents of a role. */
export interface VersionPart {
  readonly role: FileRole;
  readonly use: () => void;
  /** The contents wait: what does not wait of them is used. */
  readonly wait?: () => void;
}

/** The paths of each role. */
export function listVersionFiles(options: VersionFileOptions): RoleTexts {
  const { entities, facts, grpc, grpcMapping, signals } = options;
  const present = (path: string | undefined) => (path === undefined ? [] : [path]);
  return {
    facts: present(facts),
    entities,
    mapping: grpc === undefined ? [] : present(grpcMapping),
    signals: present(signals),
  };
}

export async function readVersionFiles(options: VersionFileOptions): Promise<RoleTexts> {
  const paths = listVersionFiles(options);
  const read = async (role: FileRole) =>
    Promise.all(paths[role].map((path) => readInputText(path)));
  const [facts, entities, mapping, signals] = await Promise.all([
    read('facts'),
    read('entities'),
    read('mapping'),
    read('signals'),
  ]);
  return { facts, entities, mapping, signals } as RoleTexts;
}

/** The contents in use, and those that wait for a version that is held back. */
export class VersionFiles {
  #used: RoleTexts;
  #read: RoleTexts;
  #parts: readonly VersionPart[] = [];

  /** `used`: what the service begins with. */
  constructor(used: RoleTexts) {
    [this.#used, this.#read] = [used, used];
  }

  get used(): RoleTexts {
    return this.#used;
  }

  /** The contents that are in use together with the version that is held back, as soon as it is activated. */
  get next(): RoleTexts {
    return this.#read;
  }

  /** The roles whose contents wait. */
  get waiting(): readonly FileRole[] {
    return fileRoles.filter((role) => !isSame(this.#read[role], this.#used[role]));
  }

  /** Takes what was read. `isHeld`: whether a version is held back. */
  take(read: RoleTexts, parts: readonly VersionPart[], isHeld: boolean): void {
    [this.#read, this.#parts] = [read, parts];
    const waiting = new Set(isHeld ? this.waiting : []);
    for (const { role, use, wait } of parts) {
      if (waiting.has(role)) {
        wait?.();
        continue;
      }
      this.#used = { ...this.#used, [role]: read[role] };
      use();
    }
  }

  /** The version that was held back is in use. */
  useWaiting(): void {
    this.take(this.#read, this.#parts, false);
  }
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((text, index) => text === others[index]);
}
