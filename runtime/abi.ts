// The module contract, version 1, as numbers and types: what a compiled policy exports, where it
// puts an answer, and what its manifest says. ABI.md tells the same in words.

export const abiMajor = 1;
export const abiMinor = 4;

/** Name of the custom section that holds the manifest as UTF-8 JSON. */
export const manifestSection = 'nhipol.manifest';

/** From the loosest to the strictest; the module gives an effect as its place here. */
export const effectNames = ['permit', 'narrow', 'challenge', 'deny', 'revoke'] as const;

export type EffectName = (typeof effectNames)[number];

/** How `decide` takes its instant: `now` overrules the request's time, or stands in for it. */
export const clock = { host: 0, request: 1 } as const;

/** The type of obligations that an answer tells apart, as its access request. Since 1.2. */
export const accessRequestType = 'access_request';

/** Byte offsets in the result; integers are little-endian and unsigned. */
export const resultLayout = {
  /** u32 */
  effect: 0,
  /** u32, a set of `resultFlags` */
  flags: 4,
  /** f64, milliseconds since the epoch; +Infinity: time alone changes nothing */
  validUntil: 8,
  /** u32 each: code (0: none), index into `paths`, index into `foundTexts`, bytes from the text's start */
  errorCode: 16,
  errorPath: 20,
  errorFound: 24,
  errorOffset: 28,
  /** u32 × 4: the places in arrays that the path's `[]` stand for, outermost first */
  errorIndexes: 32,
  /** u32: how many reasons follow at the exported `reasons` */
  reasonCount: 48,
  /** u32 each: 1 + index into the manifest's `selectors`, 0 for names that it does not list */
  subject: 52,
  action: 56,
  resource: 60,
  size: 64,
} as const;

export const resultFlags = {
  /** No permit fired, and no deny either. */
  defaultDeny: 1,
  /** The request was at fault. */
  invalid: 2,
  /** Of a session: the instant is more than a minute before its latest. Since 1.4. */
  clockWentBack: 4,
  /** Of a session: it was revoked under another policy, for reasons that this one does not have. Since 1.4. */
  revokedBefore: 8,
} as const;

/** A text is '' where the path, or what was found, tells it. */
export type ErrorTexts = readonly [name: string, expected: string, found: string];

/** By an error's code. */
export const errorTexts: ReadonlyMap<number, ErrorTexts> = new Map([
  [1, ['not_json', 'JSON text', 'a byte that cannot stand there']],
  [2, ['not_utf8', 'UTF-8', 'bytes that are not UTF-8']],
  [3, ['lone_surrogate', 'paired surrogates', 'a lone surrogate']],
  [4, ['too_deep', 'at most 16 levels', 'a deeper nesting']],
  [5, ['too_large', 'at most 65536 bytes', 'a longer text']],
  [6, ['duplicate_name', 'each name once', 'a name twice']],
  [7, ['out_of_memory', 'a smaller request', 'more than fits']],
  [16, ['wrong_type', '', '']],
  [17, ['missing', '', '']],
  [18, ['too_long', 'at most 4096 bytes', 'a longer string']],
  [19, ['too_many', 'at most 256 elements', 'more elements']],
  [20, ['wrong_key', '', '']],
  [21, ['duplicate_key', 'each key once', 'a key twice']],
]);

/** The same of what only sessions are refused for. Since 1.4. */
export const sessionErrorTexts: ReadonlyMap<number, ErrorTexts> = new Map([
  [22, ['no_room', 'room for another session', 'none, until more memory is reserved']],
  [23, ['no_session', 'the handle of an open session', 'another']],
  [24, ['other_type', 'the same as the session was opened with', 'another']],
  [25, ['no_signal', 'a signal that the policy declares', 'another']],
  [26, ['no_snapshot', "a session's text, as a module writes it", 'another']],
]);

/** By the number of what an error found. */
export const foundTexts = [
  'nothing',
  'an object',
  'an array',
  'a string',
  'a number',
  'true or false',
  'null',
  'a fraction',
  'text that is no instant',
  'a value outside of it',
] as const;

/** One fired reason, 16 bytes: u32 index into `reasons`, u32 1 when unknown, u64 unknown paths. */
export const reasonLayout = { index: 0, firedOnUnknown: 4, unknown: 8, size: 16 } as const;

/**
 * A value, 16 bytes: i64, or u32 pointer and u32 length (bytes of text or of an address, elements
 * of a set); u8
 * whether it is there; u8 whether it is known. An enum is its member's place, a Bool 0 or 1, a time
 * or duration milliseconds; a set's elements are such cells.
 */
export const cellLayout = {
  value: 0,
  pointer: 0,
  length: 4,
  present: 8,
  known: 9,
  /** Of a collection: whether an element is unknown. */
  partial: 10,
  /** Whether the module has yet to read it. Since 1.3. */
  unread: 11,
  size: 16,
} as const;

/** A cell's bytes from `present` on, as a host writes them: a u32. Since 1.3. */
export const cellMarks = {
  absent: 0,
  present: 0x1,
  known: 0x101,
  /** Beside `known`, of a collection some element of which is unknown. */
  partial: 0x10000,
  /** Known, and yet to be read by the module: a text, or a set that may have an element twice. */
  unread: 0x1000101,
} as const;

/** What became of a table that was to be loaded, 32 bytes: u32 each, none being 2^32 - 1. */
export const outcomeLayout = {
  /** As in `errorTexts`; 0: it was loaded. */
  code: 0,
  /** 0 and 1 a key, 2 the value, 3 an element of it. */
  place: 4,
  found: 8,
  /** Bytes from the text's start, as the next two: the quotes of the keys that lead to the fault. */
  offset: 12,
  firstKey: 16,
  secondKey: 20,
  /** Its place in an array, if it lies in one. */
  element: 24,
  /** How much more memory it takes, in pages of 64 KiB. */
  missingPages: 28,
  size: 32,
} as const;

/** There if the manifest lists `tables`. Since 1.2. */
export interface TableExports {
  /** Makes room for tables of so many pages of 64 KiB; gives how many there are. */
  readonly reserve: (pages: number) => number;
  /** Where to write a text of so many bytes; 0: more memory is missing. */
  readonly table_text: (length: number) => number;
  /** Fills a table, by its place in the manifest, from the text; gives what `outcomeLayout.code` says. */
  readonly load_table: (index: number) => number;
  /** Empties it: every look-up is unknown. */
  readonly drop_table: (index: number) => void;
  readonly table_outcome: () => number;
}

/** Bytes of a session's id at most. */
export const longestSessionId = 255;

/** Bytes of a session's text at most. */
export const longestSession = 16_777_216;

/** One session that has another answer than before, 8 bytes: u32 handle, u8 effects. Since 1.4. */
export const changeLayout = { handle: 0, before: 4, after: 5, size: 8 } as const;

/** As many changes a sweep tells at once. */
export const mostChanges = 1024;

/** Parts of a request, as bits: those of which a patch tells the whole. */
export const requestParts = { subject: 1, action: 2, resource: 4, context: 8 } as const;

/** There if the module was compiled to hold sessions. Since 1.4. */
export interface SessionExports {
  /** Makes room for sessions and tables of so many pages of 64 KiB; gives how many there are. */
  readonly reserve: (pages: number) => number;
  /** Addresses: of up to 255 bytes for a session's id, and of what a sweep found. */
  readonly session_id: WebAssembly.Global;
  readonly changes: WebAssembly.Global;
  /**
   * Reads a request as `decide` does and keeps its facts. Gives the session's handle, or 0: the result then says
   * what is wrong.
   */
  readonly session_open: (length: number, idLength: number, now: number) => number;
  /**
   * Reads a part of a request (RFC 7396) over what is known; of `replaced` it tells the whole. Gives 0, or the address of
   * a result that says what is wrong, and then nothing changed.
   */
  readonly session_patch: (handle: number, length: number, replaced: number) => number;
  /** Puts a number into one of the manifest's `sessions.words`; 0: it was not there, and takes a patch. */
  readonly session_set: (handle: number, word: number, value: number) => number;
  /**
   * Reads what a signal tells, one of the manifest's `sessions.signals`, and keeps it as far as rules ask for it. `time`: when
   * it came about, NaN for now. Gives as `session_patch`.
   */
  readonly session_record: (
    handle: number,
    signal: number,
    length: number,
    time: number,
    now: number,
  ) => number;
  /** The answer, as `decide` gives it. `record`: 1 if the decision is taken, and so part of what happened later. */
  readonly session_decide: (handle: number, now: number, record: number) => number;
  /** Its effect alone. */
  readonly session_effect: (handle: number, now: number) => number;
  /** 0: it was none. */
  readonly session_close: (handle: number) => number;
  /** Where the text of a session is, or may be written, of so many bytes; 0: there is no room. Since 1.4. */
  readonly session_buffer: (length: number) => number;
  /** Writes a session's text there; gives its length, or 0: the result then says why. Since 1.4. */
  readonly session_snapshot: (handle: number) => number;
  /**
   * Opens the session whose text of so many bytes is there. Gives as `session_open`; with a handle, too, the result may
   * have an error: the first fact that does not fit. Since 1.4.
   */
  readonly session_restore: (length: number) => number;
  /**
   * Asks once more all sessions that changed or whose answer may have ended by then; with `all`, every one. Gives how
   * many have another answer; at `mostChanges` there may be more, and it is to be called again.
   */
  readonly session_sweep: (now: number, all: number) => number;
  /** When a sweep may find something, in milliseconds: 0 at once, +Infinity never. */
  readonly session_due: () => number;
  readonly session_count: () => number;
}

/** The same by name, for a compiler that exports them and a host that looks whether they are there. */
export const sessionExports = [
  'reserve',
  'session_id',
  'changes',
  'session_open',
  'session_patch',
  'session_set',
  'session_record',
  'session_decide',
  'session_effect',
  'session_close',
  'session_buffer',
  'session_snapshot',
  'session_restore',
  'session_sweep',
  'session_due',
  'session_count',
] as const satisfies readonly (keyof SessionExports)[];

/** There if the policy declares `context.call_digest`. Since 1.4. */
export interface DigestExports {
  /** Address of 72 bytes: where the host writes the digest of the call before it asks; a zero first: it has none. */
  readonly call_digest: WebAssembly.Global;
  /** Address of the cell that has the digest which was judged. */
  readonly judged_digest: WebAssembly.Global;
}

export interface ModuleExports
  extends Partial<TableExports>,
    Partial<SessionExports>,
    Partial<DigestExports> {
  readonly memory: WebAssembly.Memory;
  readonly abi_major: WebAssembly.Global;
  readonly abi_minor: WebAssembly.Global;
  /** Addresses. */
  readonly result: WebAssembly.Global;
  readonly reasons: WebAssembly.Global;
  readonly constraints: WebAssembly.Global;
  readonly placeholders: WebAssembly.Global;
  /** Since 1.1. */
  readonly properties?: WebAssembly.Global;
  readonly manifest: WebAssembly.Global;
  readonly manifest_length: WebAssembly.Global;
  /** Where to write a request of so many bytes; 0 when it is too long. */
  readonly request: (length: number) => number;
  /**
   * Reads the request and judges it. `now` is in milliseconds, NaN for none; `clock` as above.
   * Returns the address of the result. Constraints are cells in the manifest's order.
   */
  readonly decide: (length: number, now: number, clock: number) => number;
  /** Judges the request read last once more, at another instant. */
  readonly again: (now: number) => number;
  /** Fills in the reasons' unknown paths, the placeholders of their messages and their properties. */
  readonly explain: () => void;
  /** The instant of evaluation in milliseconds, NaN for none. Since 1.2. */
  readonly instant?: () => number;
  /**
   * Judges what the host wrote to the facts' cells (see `Encoding`), for the selectors of the request:
   * each 1 + index into the manifest's, 0 for a name that it does not list. `decided`: 1 if the host
   * wrote the tests' bits. Returns as `decide`, or 0 where a text can't be read. Since 1.3.
   */
  readonly decide_facts?: (
    subject: number,
    action: number,
    resource: number,
    decided: number,
    now: number,
    clock: number,
  ) => number;
}

// --- the manifest --------------------------------------------------------------------------------

export interface Manifest {
  readonly abi: { readonly major: number; readonly minor: number };
  readonly policy: { readonly name: string; readonly version: string };
  /** The compiler's version, and SHA-256 over the sources, in hexadecimal. */
  readonly compiler: string;
  readonly sources: string;
  /** Whether the module has vector instructions. */
  readonly simd?: boolean;
  /** The release of the IANA time zones, such as `2026f`, where a window or a calendar field needs them. */
  readonly time_zones?: string;
  /** JSON Schema 2020-12 of the request. */
  readonly schema: unknown;
  readonly selectors: {
    readonly subjects: readonly string[];
    readonly actions: readonly string[];
    readonly resources: readonly string[];
  };
  /** What an error may point at; the first is `$`, the whole request. */
  readonly paths: readonly ManifestPath[];
  readonly expected: readonly string[];
  /** The files of the sources. */
  readonly files: readonly string[];
  /** The paths and tables that rules read. */
  readonly reads: readonly string[];
  readonly reasons: readonly ManifestReason[];
  /** Rules and scores, for telling what an answer read. */
  readonly rules: readonly ManifestRule[];
  /** The strings of a request by which rules are chosen. */
  readonly choosers: readonly string[];
  readonly constraints: readonly ManifestConstraint[];
  readonly placeholders: readonly TypeDescription[];
  /** Since 1.1. */
  readonly obligations?: readonly ManifestObligation[];
  /** What obligations say: the types of the cells at the exported `properties`. Since 1.1. */
  readonly properties?: readonly TypeDescription[];
  /** Those that the host fills. Since 1.2. */
  readonly tables?: readonly ManifestTable[];
  /** Since 1.3. */
  readonly bounds?: ManifestBounds;
  /** Of a module that holds sessions. Since 1.4. */
  readonly sessions?: ManifestSessions;
  /** There if rules ask for what happened. Since 1.4. */
  readonly history?: ManifestHistory;
}

export interface ManifestSessions {
  /** Bytes that each session takes, but for its texts, its collections and its id. */
  readonly bytes: number;
  /**
   * By path, the numbers that `session_set` changes: the place of each, and what it is multiplied by; 0: of
   * true and false, as 1 and 0.
   */
  readonly words: Readonly<Record<string, readonly [word: number, scale: number]>>;
  /** By their places, if rules ask for what happened. */
  readonly signals?: readonly string[];
  /** Whether the context has `approvals`, each with the digest of a call and an end, and the digest of the call itself. */
  readonly approvals?: boolean;
}

/** What rules ask of a session's events, as indexes into `reads`. */
export interface ManifestHistory {
  readonly terms: readonly number[];
  /** Those that decisions have a share in: what reads one holds for one action. */
  readonly decisions: readonly number[];
}

/** What one question takes at most, however hostile the request. */
export interface ManifestBounds {
  /** From the shortest requests to the longest that are read: calls of functions and turns of loops. */
  readonly steps: readonly StepBounds[];
  /** But for what `reserve` adds. */
  readonly memory_bytes: number;
}

/** A request has at most `bytes`. */
export type StepBounds = readonly [bytes: number, decide: number, again: number, explain: number];

/** What an error expects is told in words, as by `paths`. */
export interface ManifestTable {
  readonly name: string;
  /** One, or two. */
  readonly keys: readonly { readonly type: TypeDescription; readonly expected: string }[];
  readonly value: {
    readonly type: TypeDescription;
    readonly expected: string;
    /** Of a set. */
    readonly element?: string;
  };
}

/**
 * A JSONPath, with `[]` for places in arrays: that of an earlier row, and how it goes on. `expected` is an
 * index into the list of that name.
 */
export type ManifestPath = readonly [before: number, step: string, expected: number];

export interface ManifestReason {
  readonly id: string;
  /** Texts and indexes into `placeholders`, in turn. */
  readonly message?: readonly (string | number)[];
  readonly covers?: readonly string[];
  /** The file is an index into `files`. */
  readonly source: readonly [file: number, line: number, column: number];
  /** Behind each bit of the unknown mask, bit 0 first, an index into `reads`. */
  readonly unknown?: readonly number[];
  /** What it asks for in an answer of this effect. */
  readonly asks?: { readonly effect: EffectName; readonly obligations: readonly ManifestDemand[] };
}

export interface ManifestDemand {
  /** Index into `obligations`. */
  readonly obligation: number;
  /** By name, indexes into `properties`. */
  readonly properties: Readonly<Record<string, number>>;
}

export interface ManifestObligation {
  readonly name: string;
  /** AuthZEN's name for it. */
  readonly type: string;
  readonly properties: readonly {
    readonly name: string;
    readonly type: TypeDescription;
    readonly optional?: boolean;
  }[];
}

export interface ManifestRule {
  /** The effects at which it can fire; `deny` too where a narrow or a revoke may fall to it. */
  readonly effects: readonly EffectName[];
  /** Those that it applies to, as the result numbers them; without them to any. */
  readonly subjects?: readonly number[];
  readonly actions?: readonly number[];
  readonly resources?: readonly number[];
  /** Indexes into `reads`. */
  readonly read: readonly number[];
}

export interface ManifestConstraint {
  readonly name: string;
  readonly type: TypeDescription;
  readonly merge: string;
  readonly limits?: string;
}

export type TypeDescription =
  | {
      readonly kind:
        | 'Bool'
        | 'Int'
        | 'Decimal'
        | 'String'
        | 'Timestamp'
        | 'Duration'
        | 'SpiffeId'
        | 'Ip'
        | 'Cidr';
    }
  | { readonly kind: 'Enum'; readonly name: string; readonly members: readonly string[] }
  | { readonly kind: 'Set'; readonly element: TypeDescription };

// --- the encoding --------------------------------------------------------------------------------

/** Name of the custom section that tells how facts are handed over, as UTF-8 JSON. Since 1.3. */
export const encodingSection = 'nhipol.encoding';

/** In bytes of JSON, and of a text in UTF-8; in elements of a list. */
export const requestLimits = { size: 65_536, text: 4_096, elements: 256 } as const;

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
