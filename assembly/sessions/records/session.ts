// The record of a session: what each evaluation reads. It has two parts; the data that sweeps read is in the
// first, because sweeps are bound by memory.
//
// asc compiles the access to a field as a call, which is inlined late. Where that makes a difference, fields are
// loaded by their `offsetof`.

/** The first part of a session's record. */
@unmanaged
export class Session {
  /** The first pair of words of its atoms: the bits of those that are true, and of those that may be. */
  trueAtoms!: u64;
  possibleAtoms!: u64;
  /** Identifies its answer (see answer-key.ts); 0: another answer counts as changed. */
  answerKey!: u64;
  /** The selectors of its subject, action and resource. */
  subject!: u16;
  action!: u16;
  resource!: u16;
  /** As in `State`. */
  state!: u8;
  /** The number of this use of the record, as in the session's handle; never 0. */
  use!: u8;
}

/** The rest of a session's record, before the words of its facts. */
@unmanaged
export class SessionRest {
  /** Until when its answer is valid; of a revoked session the address of its reasons (see revoke.ts). */
  until!: i64;
  /** The latest instant of the session. */
  latest!: i64;
  /** The block that starts with its state and contains its other facts (see facts.ts). */
  block!: u32;
  /** When its evaluation is scheduled, in units of the wheel; 0: never. */
  due!: u32;
  /** The index of the next free record, if this one is free. */
  nextFree!: u32;
  /** The size class of the block. */
  blockClass!: u8;
  /** 1 if a member is outdated. */
  hasOutdated!: u8;
  /** 1 + the effect before a change that no sweep has reported yet; 0: there is none. */
  noticed!: u8;
  /** A bit for each word: whether the fact is present. */
  present!: u32;
  /** A bit for each word that is present and unknown, or, if it is not present, faulty. */
  unknown!: u32;
}

/** The ID of a session; its bytes follow. */
@unmanaged
export class SessionId {
  length!: u8;
  /** 1 if a stash follows. */
  hasStash!: u8;
}

/** The reasons of a revoke, which follow as a u32 each: the index, and below it whether the reason is unknown. */
@unmanaged
export class RevokeReasons {
  count!: u32;
}

/** A row of the policy's table of the reasons of revokes. */
@unmanaged
export class RevokeName {
  /** The index of the reason. */
  reason!: u32;
  /** As in `Name`. */
  pointer!: u32;
  length!: i32;
}

/** The number of bits of a state below its effect. */
export const EFFECT_SHIFT: u32 = 4;

/** The state of a session, as bits. */
export namespace State {
  export const OPEN: u32 = 1;
  /** It was evaluated before. */
  export const ANSWERED: u32 = 2;
  /** Its answer is a revoke, which is final. */
  export const REVOKED: u32 = 4;
  /** It changed since it was evaluated. */
  export const CHANGED: u32 = 8;
  /** The effect of its answer. */
  export const EFFECT: u32 = 7 << EFFECT_SHIFT;
  /** Instead of an effect: action and resource are not known yet. */
  export const INCOMPLETE: u32 = 5 << EFFECT_SHIFT;
  /** It is in the list of changed sessions, possibly without need. */
  export const LISTED: u32 = 0x80;
  /** The bits that an answer does not change. */
  export const LASTING: u32 = OPEN | REVOKED | LISTED;
  /** It has an answer that can change. */
  export const ACTIVE: u32 = OPEN | ANSWERED;
}
