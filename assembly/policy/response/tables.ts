// The compiler's tables for responses, as records in memory. Lists start with the number of their entries; an
// address of 0 means none. Fragments are texts that responses contain unchanged: see `putFragment`.

export { ValueRow } from '../../writing/response-values';

/** The size of the number of entries of a list. */
export const COUNT: usize = 4;

/** A reason; these rows are in the order in which a response lists them. */
@unmanaged
export class ReasonRow {
  /** The fragment of its id, in quotes. */
  id!: u32;
  /** The parts of its message: a list of `ValueRow`s, each a text and a value after it. */
  message!: u32;
  /** The fragment of its file, up to the number of the line. */
  file!: u32;
  line!: u32;
  column!: u32;
  /** The paths that can make it unknown: a list of `UnknownRow`s. */
  unknown!: u32;
  /** A list of `DemandRow`s. */
  demands!: u32;
  /** A set of `ReasonTrait`s, and above them 1 + the effect whose answers it demands obligations for. */
  traits!: u32;
}

export namespace ReasonTrait {
  /** Its message contains values. */
  export const VALUES: u32 = 1;
  /** Its obligations contain values that are not constant, or are an access request. */
  export const VARYING_DEMANDS: u32 = 2;
  /** It narrows to values that are not constant. */
  export const VARYING_LIMITS: u32 = 4;
  /** The bits of all traits. */
  export const BITS: u32 = 3;
}

/** A path that can make a reason unknown, in the order of paths. */
@unmanaged
export class UnknownRow {
  /** Its bit in the `unknown` of a `Reason`. */
  bit!: u32;
  /** The fragment of the path, in quotes. */
  path!: u32;
}

/** An obligation that a reason requires. */
@unmanaged
export class DemandRow {
  /** The fragment between the number of the obligation and its properties; equal for equal obligations. */
  type!: u32;
  /** The fragment between its properties and its reasons; that of an access request follows its instant. */
  name!: u32;
  /** A list of `ValueRow`s by name. */
  properties!: u32;
  /** For an access request the cell of its duration; otherwise 0. */
  lasting!: u32;
}

/** The rules of one scope, as to what their evaluation reads. */
@unmanaged
export class ScopeRow {
  /** The subjects that they apply to, as bits by number; 0: all. */
  subjects!: u32;
  actions!: u32;
  resources!: u32;
  /** The list of their `ReadRow`s. */
  reads!: u32;
}

/** The paths that rules with the same effects read; it is followed by `READ_WORDS` words with a bit for each path. */
@unmanaged
export class ReadRow {
  /** The effects at which they can fire, as bits; and a further bit if a deny can make an offer for them. */
  effects!: u32;
  reserved!: u32;
}

/** A path that an error can name. */
@unmanaged
export class PathRow {
  /** The number of an earlier row, whose path it extends. */
  before!: u32;
  /** The fragment of the step, with the byte 1 instead of each array index. */
  step!: u32;
  /** The fragment of the value that is expected there. */
  expected!: u32;
}

/** The texts of an error code. */
@unmanaged
export class CodeRow {
  name!: u32;
  /** 0: the path determines it. */
  expected!: u32;
  /** 0: the number of what was found determines it. */
  found!: u32;
}

/** The fragments that describe the keys and values of an external table. */
@unmanaged
export class TableRow {
  /** `a key that is …` */
  firstKey!: u32;
  secondKey!: u32;
  value!: u32;
  /** An element of the value, if it is a set. */
  element!: u32;
}
