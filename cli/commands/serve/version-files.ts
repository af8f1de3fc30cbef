// The files that belong to a version of the policy: they say which facts a request has, so that a version which is held
// back is not in use with part of them. A file that changed together with the version waits with it; one that changes alone
// is used at once.

import { readText } from '../../io/files.ts';

export interface VersionFileOptions {
  readonly entities: readonly string[];
  readonly facts?: string;
  readonly grpc?: string;
  readonly grpcMapping?: string;
  readonly signals?: string;
}

/** The contents of files, by path as in the options. */
export type FileTexts = ReadonlyMap<string, string>;

/** One kind of these files, and what uses it. */
export interface VersionPart {
  readonly paths: readonly string[];
  readonly use: () => void;
}

/** The paths of each kind of file; a kind may have none. */
export function listVersionFiles(options: VersionFileOptions) {
  const { entities, facts, grpc, grpcMapping, signals } = options;
  const present = (path: string | undefined) => (path === undefined ? [] : [path]);
  return {
    facts: present(facts),
    entities,
    mapping: grpc === undefined ? [] : present(grpcMapping),
    signals: present(signals),
  };
}

export async function readVersionFiles(options: VersionFileOptions): Promise<FileTexts> {
  const paths = Object.values(listVersionFiles(options)).flat();
  return new Map(
    await Promise.all(paths.map(async (path) => [path, await readText(path)] as const)),
  );
}

/** Which texts are in use, and which wait for a version that is held back. */
export class VersionFiles {
  #used: FileTexts;
  #waiting: { readonly texts: FileTexts; readonly parts: readonly VersionPart[] } | undefined;

  constructor(used: FileTexts) {
    this.#used = used;
  }

  get used(): FileTexts {
    return this.#used;
  }

  /** The texts that are in use together with the version that is held back, as soon as it is. */
  get next(): FileTexts {
    return this.#waiting?.texts ?? this.#used;
  }

  /** The paths whose contents wait. */
  get waitingPaths(): readonly string[] {
    const changed = [...this.next].filter(([path, text]) => this.#used.get(path) !== text);
    return changed.map(([path]) => path);
  }

  /** Uses all parts. */
  useAll(texts: FileTexts, parts: readonly VersionPart[]): void {
    this.#used = texts;
    this.#waiting = undefined;
    for (const { use } of parts) use();
  }

  /** Uses the parts that differ from those that were read last; all of them wait for the version that is held back. */
  useChanged(texts: FileTexts, parts: readonly VersionPart[]): void {
    const before = this.next;
    const changed = parts.filter(({ paths }) =>
      paths.some((path) => texts.get(path) !== before.get(path)),
    );
    const paths = changed.flatMap((part) => part.paths);
    this.#used = new Map([
      ...this.#used,
      ...paths.map((path) => [path, texts.get(path) ?? ''] as const),
    ]);
    this.#waiting = { texts, parts };
    for (const { use } of changed) use();
  }

  /** All parts wait for the version that is held back. */
  wait(texts: FileTexts, parts: readonly VersionPart[]): void {
    this.#waiting = { texts, parts };
  }

  /** The version that was held back is in use. */
  useWaiting(): void {
    if (this.#waiting !== undefined) this.useAll(this.#waiting.texts, this.#waiting.parts);
  }
}
