// The encoding: how a host writes the facts of a request that it has as an object. Since 1.3.

/** Name of the custom section that tells how facts are handed over, as UTF-8 JSON. Since 1.3. */
export const encodingSection = 'nhipol.encoding';

/** The section itself: an `Encoding` as rows, without what can be told from the rest. */
export interface EncodingSection {
  readonly facts: Encoding['facts'];
  readonly atoms: Encoding['atoms'];
  /** Where it begins. */
  readonly room: number;
  readonly subject: EntityRows;
  readonly action: EntityRows;
  readonly resource: EntityRows;
  readonly context?: readonly MemberRow[];
  readonly tests: readonly TestRow[];
  readonly settled?: Encoding['settled'];
}

export interface EntityRows {
  readonly own: Readonly<Record<string, PlaceRow>>;
  readonly shapes: readonly {
    readonly selectors: readonly number[];
    readonly members: readonly MemberRow[];
  }[];
}

/** A cell counts from the start of the facts, or of its element; `bits` as in `placeBits`. */
export type PlaceRow = readonly [cell: number, bits: number];

export const placeBits = { required: 1, explaining: 2, judging: 4 } as const;

/** A default may follow. */
export type MemberRow =
  | readonly [name: string, value: ValueRow, ...place: PlaceRow]
  | readonly [name: string, value: ValueRow, ...place: PlaceRow, byDefault: EncodedDefault];

/** A kind of which there is no more to say, or an `EncodedValue` with rows in it. */
export type ValueRow =
  | EncodedValue['kind']
  | Exclude<
      EncodedValue,
      { readonly members: readonly EncodedMember[] } | { readonly element: EncodedValue }
    >
  | { readonly kind: 'Record'; readonly members: readonly MemberRow[] }
  | { readonly kind: 'Set' | 'List'; readonly stride: number; readonly element: ValueRow };

export type TestRow = readonly [
  bit: number,
  operator: TestOperator,
  left: OperandRow,
  right: OperandRow,
];

/** A cell; or a constant by itself in a list, and what `in` looks through as its elements. */
export type OperandRow = number | readonly (string | number | boolean)[];

/**
 * Where the module holds what it reads of a request, for hosts that have it at hand as objects and
 * need not write it as JSON. Addresses are bytes from the start of memory.
 */
export interface Encoding {
  /** All cells, which are cleared where another type's may lie. */
  readonly facts: { readonly address: number; readonly size: number };
  /** Pairs of u64, true and possible, with a bit for each of `tests` and 0 in all others. */
  readonly atoms: { readonly address: number; readonly pairs: number };
  /** Where texts and elements are written to. A request of more bytes, as JSON, must be written as one. */
  readonly room: { readonly address: number; readonly size: number };
  /** So must one with a longer text, in UTF-8, or a list of more elements. */
  readonly limits: { readonly text: number; readonly elements: number };
  readonly subject: EncodedEntity;
  readonly action: EncodedEntity;
  readonly resource: EncodedEntity;
  readonly context: readonly EncodedMember[] | undefined;
  /** How many values `tests` look at. */
  readonly slots: number;
  /** What a host may decide itself, since it compares texts where they are. */
  readonly tests: readonly EncodedTest[];
  /** Selectors and tests settle an answer: where they are the same, so is it, at any time. */
  readonly settled?: true;
}

/** A value that rules read: its cell, and its slot among those that tests look at. */
export interface EncodedPlace {
  readonly cell: number;
  /** What reads the cell, where the host decides the tests; else explaining and judging are one. */
  readonly read?: 'judging' | 'explaining';
  readonly slot?: number;
}

export interface EncodedEntity {
  /** `type` and `id`, or `name`. */
  readonly own: Readonly<Record<string, EncodedPlace>>;
  /** What the properties are, by selectors; 0 stands for any type that no other lists. */
  readonly shapes: readonly {
    readonly selectors: readonly number[];
    readonly members: readonly EncodedMember[];
  }[];
}

export interface EncodedMember extends EncodedPlace {
  readonly name: string;
  readonly required?: true;
  readonly value: EncodedValue;
  /** What a test takes for an absent one; the module fills the cell itself. */
  readonly default?: EncodedDefault;
}

export type EncodedDefault = string | number | boolean | readonly (string | number)[];

export type EncodedValue =
  /** Int as it is; Decimal in millionths, Duration in milliseconds: i64. */
  | {
      readonly kind: 'Int' | 'Decimal' | 'Duration' | 'Seconds';
      readonly least?: string;
      readonly most?: string;
    }
  | { readonly kind: 'Bool' | 'String' | 'Timestamp' }
  /** As text with the mark `unread`, which the module reads. */
  | { readonly kind: 'SpiffeId' | 'Ip' | 'Cidr' }
  /** The place of a member, or that of any other. */
  | { readonly kind: 'Enum'; readonly members: readonly string[]; readonly otherwise?: number }
  | { readonly kind: 'Record'; readonly members: readonly EncodedMember[] }
  /** Elements are cells, or records of `stride` bytes whose members' cells lie as far from the element. */
  | {
      readonly kind: 'Set' | 'List';
      readonly stride: number;
      readonly element: EncodedValue;
    };

/** Unknown where a value is absent; else what the comparison says. */
export interface EncodedTest {
  /** Its place among the bits. */
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
