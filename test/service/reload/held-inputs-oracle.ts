// The oracle of the inputs of a service that holds versions back: what should be in use, by answers that it computes itself.

export const ids = ['a', 'b', 'c', 'd', 'e'];
/** The share of five sessions above which a change is held back: one may change. */
export const holdAbove = 0.3;
/** The conditions of the versions, by their number. */
export const conditions = [
  'owners[subject.id] is "ops"',
  'owners[subject.id] is "ops" or subject.id is "a"',
  'subject.id is not "nobody"',
  'subject.id is "nobody"',
];
/** The answers of each of these versions, by the sessions that its table has. */
export const permits = (version: number, owners: string, id: string): boolean =>
  [owners.includes(id), owners.includes(id) || id === 'a', true, false][version] ?? false;

export interface Inputs {
  readonly version: number;
  /** The sessions that the table has. */
  readonly owners: string;
  /** The contents of facts and signals, or `undefined` if the command line names no file. */
  readonly facts: number | undefined;
  readonly signals: number | undefined;
}

/** The inputs that should be in use. `newest`: the version that was read last. */
export class Oracle {
  disk: Inputs;
  used: Inputs;
  newest: number;
  isHeld = false;
  areTablesHeld = false;

  constructor(inputs: Inputs) {
    [this.disk, this.used, this.newest] = [inputs, inputs, inputs.version];
  }

  #isSurprising(version: number, owners: string): boolean {
    const { used } = this;
    const changed = ids.filter(
      (id) => permits(version, owners, id) !== permits(used.version, used.owners, id),
    );
    return changed.length / ids.length > holdAbove;
  }

  /** `newest`: what the URL has returned last. */
  look(newest: number): void {
    this.newest = newest;
    const { owners } = this.disk;
    if (!this.#isSurprising(this.used.version, owners)) this.used = { ...this.used, owners };
    this.#compareVersion();
  }

  /** A version that is held back is compared again, when what is in use or what was read is another one. */
  #compareVersion(): void {
    const { newest: version, disk } = this;
    const isOther = version !== this.used.version;
    this.isHeld = isOther && this.#isSurprising(version, disk.owners);
    if (isOther && !this.isHeld) this.used = { ...this.used, version, owners: disk.owners };
    this.areTablesHeld = this.used.owners !== disk.owners;
    const { facts, signals } = disk;
    if (!this.isHeld && !this.areTablesHeld) this.used = { ...this.used, facts, signals };
  }

  activate(what: 'held' | 'heldTables'): void {
    const isVersion = what === 'held' && this.isHeld;
    const version = isVersion ? this.newest : this.used.version;
    this.used = { ...this.used, version, owners: this.disk.owners };
    this.#compareVersion();
  }
}
