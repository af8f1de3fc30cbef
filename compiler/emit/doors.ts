// Emits the exports of every module: deciding a request in JSON or in encoded facts, evaluating it again,
// and explaining an answer. They call the functions emitted for the policy.

export const state = `
let subjectSelector: i32 = 0;
let actionSelector: i32 = 0;
let resourceSelector: i32 = 0;
/** Whether the host supplied an instant. */
let hostTime: bool = false;
let edgeA: i64 = NEVER;
let edgeB: i64 = NEVER;
let conflicts: u64 = 0;
/** The end of the request's values in the arena; values that rules compute follow. */
let requestEnd: usize = ARENA;
let readable: bool = false;
`;

/** `joins`: an obligation has a string that is joined from parts. */
export const doors = (joins: boolean) => `
export function request(length: i32): usize {
  return <u32>length <= <u32>INPUT_LIMIT ? INPUT : 0;
}

export function decide(length: i32, now: f64, clock: i32): usize {
  receiveDigest();
  hostTime = isInstant(now);
  setGiven(hostTime ? timeCell : 0);
  readable = readRequest(length);
  requestEnd = mark();
  placeDigest(clock == 1);
  if (readable) prepare();
  return judgeAt(now, clock);
}

export function decide_facts(subject: i32, action: i32, resource: i32, decided: i32, now: f64, clock: i32): usize {
  resetErrors();
  resetArena();
  receiveDigest();
  subjectSelector = subject;
  actionSelector = action;
  resourceSelector = resource;
  hostTime = isInstant(now);
  readable = true;
  if (!settle()) return 0;
  fillDefaults();
  requestEnd = mark();
  placeDigest(clock == 1);
  if (decided) prepareRest();
  else prepare();
  return judgeAt(now, clock);
}

function judgeAt(now: f64, clock: i32): usize {
  storeAsked();
  chooseNow(now, clock);
  return judgeFacts();
}

/** Stores the request to judge: which of the listed names it has, and its errors. */
function storeAsked(): void {
  store<i32>(RESULT, subjectSelector, 52);
  store<i32>(RESULT, actionSelector, 56);
  store<i32>(RESULT, resourceSelector, 60);
  storeError();
}

export function again(now: f64): usize {
  setInstant(now);
  return judgeFacts();
}

export function explain(): void {
  release(requestEnd);
${joins ? '  resetTexts();\n' : ''}  const count = load<i32>(RESULT, 48);
  for (let at = 0; at < count; at += 1) {
    const entry = REASONS + (<usize>at << 4);
    const index = load<i32>(entry);
    const flags = load<i32>(entry, 4);
    if (flags & 1) store<u64>(entry, why(index, (flags & 2) != 0), 8);
    fill(index);
  }
}

/** The instant that was judged; NaN: none. */
export function instant(): f64 {
  return hasNow() ? <f64>instantNow() : NaN;
}

/** NaN and instants outside the range of clocks are invalid. */
function isInstant(now: f64): bool {
  return now >= -8.64e15 && now <= 8.64e15;
}

function setInstant(now: f64): void {
  const isOne = isInstant(now);
  setNow(isOne ? <i64>now : 0, isOne);
}

function readRequest(length: i32): bool {
  const root = shapeRoot + i32(hostTime);
  let p = beginReading(length);
  if (p != 0) {
    const node = firstNode(root);
    if (node != 0) {
      if (readLearned(node) && errorSeverity == 0) {
        hit();
        fillDefaults();
        return true;
      }
      p = beginReading(length);
    }
    miss();
    p = readRoot(p);
    if (p != 0) p = expectEnd(p);
  }
  if (noting && errorSeverity == 0) learnShape(root);
  stopNoting();
  if (p == 0 || errorSeverity > 1) return false;
  fillDefaults();
  return true;
}

function beginReading(length: i32): usize {
  clearCells(FACTS, FACTS_SIZE);
  subjectSelector = 0;
  actionSelector = 0;
  resourceSelector = 0;
  forgetNulls();
  return beginRequest(length);
}

function judgeFacts(): usize {
  release(requestEnd);
  if (readable) {
    judge(errorSeverity > 0);
    // Rules can run out of memory as well.
    if (errorSeverity > 1) concludeUnread();
  } else concludeUnread();
  return RESULT;
}

function resetConstraints(): void {
  memory.fill(CONSTRAINTS, 0, CONSTRAINT_COUNT * 16);
  conflicts = 0;
  const count = narrowCount();
  for (let at = 0; at < count; at += 1) constrain(narrowAt(at));
}

/** Makes narrows that contradict each other fire as deny. */
function settleConflicts(): void {
  resetConstraints();
  if (conflicts == 0) return;
  const count = narrowCount();
  for (let at = 0; at < count; at += 1) if (setBy(narrowAt(at)) & conflicts) moveToDeny(at);
}

`;
