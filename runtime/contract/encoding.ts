// The encoding: how a host writes the facts of a request that is an object.

/** Name of the custom section that describes how facts are encoded directly, as UTF-8 JSON. */
export const encodingSection = 'nhipol.encoding';

/** The section itself: an `Encoding` as rows, without what can be derived from the rest. */
export interface EncodingSection {
  readonly selectors: Selectors;
  readonly facts: Encoding['facts'];
  readonly atoms: Encoding['atoms'];
  /** The start address. */
  readonly room: number;
  readonly subject: EntityRows;
  readonly action: EntityRows;
  readonly resource: EntityRows;
  readonly context?: readonly MemberRow[];
  readonly contexts?: readonly ContextRows[];
  readonly tests: readonly TestRow[];
  readonly settled?: Encoding['settled'];
  readonly words?: Encoding['words'];
}

/** The names that the module numbers, from 1. */
export interface Selectors {
  readonly subjects: readonly string[];
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

export interface EntityRows {
  readonly own: Readonly<Record<string, PlaceRow>>;
  readonly shapes: readonly {
    readonly selectors: readonly number[];
    readonly members: readonly MemberRow[];
  }[];
}

export type ContextRows = Omit<EncodedContext, 'members'> & {
  readonly members: readonly MemberRow[];
};

/** A cell is relative to the start of the facts, or of its element; `bits` as in `placeBits`. */
export type PlaceRow = readonly [cell: number, bits: number];

export const placeBits = { required: 1, explaining: 2, judging: 4 } as const;

/** A default may follow. */
export type MemberRow =
  | readonly [name: string, value: ValueRow, ...place: PlaceRow]
  | readonly [name: string, value: ValueRow, ...place: PlaceRow, byDefault: EncodedDefault];

/** A kind that needs no more description, or an `EncodedValue` with rows in it. */
export type ValueRow =
  | EncodedValue['kind']
  | Exclude<
      EncodedValue,
      { readonly members: readonly EncodedMember[] } | { readonly element: EncodedValue }
    >
  | { readonly kind: 'Record'; readonly members: readonly MemberRow[] }
  | {
      readonly kind: 'Set' | 'List' | 'Map';
      readonly stride: number;
      readonly element: ValueRow;
    };

export type TestRow = readonly [
  bit: number,
  operator: TestOperator,
  left: OperandRow,
  right: OperandRow,
];

/** A cell; or a constant in a list of its own, for `in` the elements to search. */
export type OperandRow = number | readonly (string | number | boolean)[];

/**
 * Where the module stores the facts of a request, for hosts that have it as an object and need not encode it as
 * JSON. Addresses are bytes from the start of memory.
 */
export interface Encoding {
  readonly selectors: Selectors;
  /** All cells, which are cleared where cells of another type may be. */
  readonly facts: { readonly address: number; readonly size: number };
  /** Pairs of u64, true and possible, with a bit for each of `tests` and 0 in all others. */
  readonly atoms: { readonly address: number; readonly pairs: number };
  /**
   * Where strings and elements are written. A request that is larger than this as JSON must be encoded as JSON.
   */
  readonly room: { readonly address: number; readonly size: number };
  /** A request with a longer string, in UTF-8, or a list with more elements must be encoded as JSON, too. */
  readonly limits: { readonly text: number; readonly elements: number };
  readonly subject: EncodedEntity;
  readonly action: EncodedEntity;
  readonly resource: EncodedEntity;
  readonly context: readonly EncodedMember[] | undefined;
  /**
   * All members of the context, if they depend on the selectors: those of the first entry that lists the selectors of
   * a request. This host encodes all requests of such a policy as JSON.
   */
  readonly contexts?: readonly EncodedContext[];
  /** The number of values that `tests` read. */
  readonly slots: number;
  /** Tests that a host may decide itself, since it compares strings without copying them. */
  readonly tests: readonly EncodedTest[];
  /** Selectors and tests determine the answer: if they are equal, so is the answer, at any time. */
  readonly settled?: true;
  /**
   * The numbers that `session_set` changes, by path: the index of each, and its scale; 0: true and false, as 1 and
   * 0. `undefined` for a module without sessions.
   */
  readonly words?: Readonly<Record<string, readonly [word: number, scale: number]>>;
}

/** A value that rules read: its cell, and its slot among those that tests read. */
export interface EncodedPlace {
  readonly cell: number;
  /** The reader of the cell if the host decides the tests; otherwise explanation and evaluation are the same. */
  readonly read?: 'judging' | 'explaining';
  readonly slot?: number;
}

export interface EncodedEntity {
  /** `type` and `id`, or `name`. */
  readonly own: Readonly<Record<string, EncodedPlace>>;
  /** The shapes of the properties, by selectors; 0 stands for any type that no other shape lists. */
  readonly shapes: readonly {
    readonly selectors: readonly number[];
    readonly members: readonly EncodedMember[];
  }[];
}

/** The members of the context for some selectors, or `undefined` for any. */
export interface EncodedContext {
  readonly subjects?: readonly number[];
  readonly actions?: readonly number[];
  readonly resources?: readonly number[];
  readonly members: readonly EncodedMember[];
}

export interface EncodedMember extends EncodedPlace {
  readonly name: string;
  readonly required?: true;
  readonly value: EncodedValue;
  /** The value of an absent member in tests; the module fills the cell itself. */
  readonly default?: EncodedDefault;
}

export type EncodedDefault = string | number | boolean | readonly (string | number)[];

export type EncodedValue =
  /** Int as it is, Decimal in millionths, Duration in milliseconds: i64. */
  | {
      readonly kind: 'Int' | 'Decimal' | 'Duration' | 'Seconds';
      readonly least?: string;
      readonly most?: string;
    }
  | { readonly kind: 'Bool' | 'String' | 'Timestamp' }
  /** A string with the mark `unread`, which the module reads. */
  | { readonly kind: 'SpiffeId' | 'Ip' | 'Cidr' }
  /** The index of a member, or that of any other string. */
  | { readonly kind: 'Enum'; readonly members: readonly string[]; readonly otherwise?: number }
  | { readonly kind: 'Record'; readonly members: readonly EncodedMember[] }
  /**
   * Elements are cells, or records of `stride` bytes, with the cells of members relative to the element. Those of a
   * map are records with the members `key` and `value`.
   */
  | {
      readonly kind: 'Set' | 'List' | 'Map';
      readonly stride: number;
      readonly element: EncodedValue;
    };

/** Unknown if a value is absent, otherwise the result of the comparison. */
export interface EncodedTest {
  /** Its index among the bits. */
  readonly bit: number;
  readonly operator: TestOperator;
  readonly left: TestOperand;
  readonly right: TestOperand;
}

export const testOperators = [
  'is',
  'is not',
  '<',
  '<=',
  '>',
  '>=',
  'in',
  'not in',
  'starts with',
  'ends with',
  'contains',
] as const;

export type TestOperator = (typeof testOperators)[number];

/** A slot, or a constant. */
export type TestOperand =
  | { readonly slot: number }
  | { readonly value: string | number | boolean | readonly (string | number)[] };
