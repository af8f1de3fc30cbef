// What a framework of controls is here: data that a report is made from.

export interface Framework {
  /** As the command line names it. */
  readonly id: string;
  readonly title: string;
  /** One sentence. */
  readonly description: string;
  readonly version: string;
  /** Where it is published. */
  readonly source: string;
  /** In the framework's own order. */
  readonly controls: readonly Control[];
  /** Other spellings of an id, to the one that `controls` lists. */
  readonly spellings: readonly Spelling[];
}

export interface Control {
  readonly id: string;
  readonly title: string;
  /** One sentence, of what policies can do about it. */
  readonly description: string;
}

export interface Spelling {
  readonly pattern: RegExp;
  /** As `String.replace` takes it. */
  readonly canonical: string;
}
