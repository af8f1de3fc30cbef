// The model of a framework of controls.

export interface Framework {
  /** The name on the command line. */
  readonly id: string;
  readonly title: string;
  /** A description in one sentence. */
  readonly description: string;
  readonly version: string;
  /** The URL of the publication. */
  readonly source: string;
  /** The controls in the order of the framework. */
  readonly controls: readonly Control[];
  /** Alternative spellings of ids. */
  readonly spellings: readonly Spelling[];
}

export interface Control {
  readonly id: string;
  readonly title: string;
  /** One sentence on what policies can do about it. */
  readonly description: string;
}

interface Spelling {
  readonly pattern: RegExp;
  /** The replacement for `String.replace`. */
  readonly canonical: string;
}
