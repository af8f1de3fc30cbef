// The part of a module that the compiler generates from a policy: its readers and rules. The compiler
// replaces this file; these functions are those of a policy without rules.

// --- reading ---------------------------------------------------------------------------------------

/** Reads a value of a kind above those of shapes.ts, like the readers of values.ts. */
export function readValue(p: usize, kind: i32, cell: usize, path: i32, depth: i32): usize {
  return p;
}

/** Set the selector of a root to the number of its type or name, if that is known. */
export function chooseSubject(): void {}

export function chooseAction(): void {}

export function chooseResource(): void {}

/** The tables of the properties of each root, for its selector; 0: it has none. */
export function subjectRecord(): i32 {
  return 0;
}

export function actionRecord(): i32 {
  return 0;
}

export function resourceRecord(): i32 {
  return 0;
}

/** The table of the context for all selectors; 0: no context has a scope. */
export function contextRecord(): i32 {
  return 0;
}

/** Converts the values that a host encoded; returns false if the host must send JSON instead. */
export function settle(): bool {
  return true;
}

export function fillDefaults(): void {}

// --- rules -----------------------------------------------------------------------------------------

/** Decides the atoms: all of them, or those that the host did not decide. */
export function prepare(): void {}

export function prepareRest(): void {}

/** Evaluates the facts; `invalid`: the request has a fault. */
export function judge(invalid: bool): void {}

/** Returns the bits of the parts of a reason's condition that explain it. */
export function why(reason: i32, falls: bool): u64 {
  return 0;
}

/** Writes the values of a reason's placeholders and obligations. */
export function fill(reason: i32): void {}

/** Merges the values that a narrow sets into the constraints of the answer. */
export function constrain(narrowing: i32): void {}

/** Returns a bit for each constraint that a narrow sets. */
export function listSetConstraints(narrowing: i32): u64 {
  return 0;
}

/** Merges the values that a narrow could be lowered to into the offers; returns 1 if a set becomes empty. */
export function lower(narrowing: i32): i32 {
  return 0;
}

// --- external tables -------------------------------------------------------------------------------

/** The description of an external table, by its index; 0: there is none. */
export function describeTable(index: i32): usize {
  return 0;
}

// --- reading and writing in parts, for sessions ----------------------------------------------------

/** Clear the facts about the properties of an entity, and about a whole root. */
export function clearProperties(root: i32): void {}

export function clearRoot(root: i32): void {}

/** The table, path and defaults of a signal's payload, by its index; table 0: there is no such signal. */
export function signalRecord(signal: i32): i32 {
  return 0;
}

export function signalPath(signal: i32): i32 {
  return 0;
}

/** Whether the signal is the outcome of a call. */
export function isOutcome(signal: i32): bool {
  return false;
}

export function fillSignal(signal: i32): void {}

/** Writes a known value of this kind as JSON. */
export function writeValue(kind: i32, cell: usize): void {}

// --- rules of sessions -----------------------------------------------------------------------------

/** Notes a decision, or a signal, in the tracks that it matches. */
export function noteDecision(state: usize, time: i64, order: u32): void {}

export function noteSharedDecision(time: i64, order: u32): void {}

export function noteSignal(signal: i32, state: usize, time: i64, order: u32, latest: i64): void {}

/** Sets what the sum of a term is compared with, see sessions/sums.ts; returns false if it is unknown. */
export function boundOf(term: i32): bool {
  return false;
}

/** The effect of an answer (3 bits), and above it what identifies the answer, from words of atoms. */
export function packed(sure: u64, may: u64, subject: i32, action: i32, resource: i32): u32 {
  return 3;
}

/** Updates the session's atoms after one word changed; returns false if they depend on more. */
export function repair(slot: i32, value: i64, session: usize): bool {
  return false;
}

/** Hashes the values of the answer's constraints into a key. */
export function hashConstraints(key: u64): u64 {
  return key;
}

/** Hashes the values of the answer's offers into a key. */
export function hashOffers(key: u64): u64 {
  return key;
}
