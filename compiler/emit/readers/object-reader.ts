// Emits the reader of objects, which is the same in every module except for the addresses in its options.
// It interprets the tables of records, so that a record needs no code. It is strict, fills the cells of
// the facts and notes how each value was read.

export interface ObjectReaderOptions {
  /** The start of the facts. */
  readonly facts: number;
  /** The tables of the request itself, and of the context if the policy has one. */
  readonly root: number;
  readonly context: number | undefined;
  readonly contextPath: number;
  /** The descriptions of subject, action and resource, in this order; see `entityWords`. */
  readonly entities: number;
  /** Whether partial requests are read as well. */
  readonly patching: boolean;
}

/** The kinds of members that are not values; they follow all kinds of values. */
export const memberKinds = { record: 0xfff0, entity: 0xfff1, properties: 0xfff2, context: 0xfff3 };

/**
 * Encodes an entity in words: the table of its own members, the cell that chooses its properties, its
 * path and theirs, the tables of all properties, terminated by 0, and the path of the cell that chooses
 * them.
 */
export function entityWords(
  own: number,
  chooser: number,
  paths: readonly [own: number, properties: number, chooser: number],
  records: number,
): readonly number[] {
  const [ownPath, propertiesPath, chooserPath] = paths;
  return [own, chooser, ownPath, propertiesPath, records, chooserPath];
}

const entityBytes = 24;

export function objectReader({
  facts,
  root,
  context,
  contextPath,
  entities,
  patching,
}: ObjectReaderOptions): string {
  return `
let seenMembers: u64 = 0;
let hasContext: bool = false;
let hasProperties: bool = false;
/** Where properties start that can be read only once the member that chooses them is known. */
let laterProperties: usize = 0;

/** Reads the object that starts at \`p\` into cells from \`base\` on. */
function readMembers(p: usize, record: usize, base: usize, depth: i32): usize {
  p = enter(p, depth);
  if (p == 0) return 0;
  depth += 1;
  let seen: u64 = 0;
  if (load<u8>(p) != 0x7d) {
    const scope = openNames();
    let next = firstMember(record);
    while (true) {
      const at = p;
      let member = next;
      if (comesAt(p, next)) {
        p = skipSpace(p + commonLength(next));
      } else {
        p = readOtherName(p, record, scope, depth);
        if (p == 0) return 0;
        member = otherMember;
      }
      if (member != 0) {
        next = memberAfter(member);
        const bit = memberBit(member);
        const cell = base + memberCell(member);
        const kind = memberKind(member);
        if (seen & bit) {
          p = skipRepeated(at, p, depth);
        } else {
          seen |= bit;
          if (kind < ${memberKinds.record}) {
            const path = memberPath(member);
            if (noting) noteValue(kind, p, cell, path, depth);
            p = kind < 5 ? readString(p, cell, path, depth, true) : readValue(p, kind, cell, path, depth);
          } else {
            p = readMember(p, kind, member, cell, depth);
          }
        }
        if (p == 0) return 0;
      }
      p = skipSpace(p);
      const byte = load<u8>(p);
      if (byte == 0x7d) break;
      if (byte != 0x2c) return failText(1, p);
      p = skipSpace(p + 1);
    }
  }
  if (hadNull || (requiredBits(record) & ~seen) != 0) missing(record, base, p);
  seenMembers = seen;
  return p + 1;
}

/** Reads a member that is not a value. */
function readMember(p: usize, kind: i32, member: usize, cell: usize, depth: i32): usize {
  const record = memberRecord(member);
  if (kind == ${memberKinds.record}) return readRecord(p, record, cell, memberPath(member), depth, true);
  if (kind == ${memberKinds.entity}) return readEntity(p, record);
  if (kind == ${memberKinds.properties}) return readProperties(p, record);
  hasContext = load<u8>(p) != 0x6e;
  return hasContext ? readRootRecord(p, record, memberPath(member), depth) : skipNull(p);
}

/** Reads a record with a cell of its own. */
function readRecord(p: usize, record: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool): usize {
  if (load<u8>(p) != 0x7b) {
    p = refuse(p, cell, path, depth, nullIsAbsent);
    if (load<u8>(cell, 8) == 3) faultCells(cell, load<i32>(record));
    return p;
  }
  if (noting) noteRecord(p, cell);
${patching ? '  // A record replaces a value that was not a record.\n  if (load<u8>(cell, 8) == 3) clearCells(cell, load<i32>(record));\n' : ''}  store<u32>(cell, 0x101, 8);
  return readMembers(p, record, cell, depth);
}

/** Reads a record that is not null and has no cell of its own. */
export function readRootRecord(p: usize, record: usize, path: i32, depth: i32): usize {
  if (load<u8>(p) == 0x7b) return readMembers(p, record, ${facts}, depth);
  recordFault(16, path, kindAt(p), p);
  faulty(record, ${facts});
  return skipValue(p, depth);
}

export function entityAt(root: i32): usize {
  return ${entities} + <usize>root * ${entityBytes};
}

function readEntity(p: usize, root: i32): usize {
  const entity = entityAt(root);
  if (load<u8>(p) != 0x7b) {
    const isNull = load<u8>(p) == 0x6e;
    recordFault(isNull ? 17 : 16, load<i32>(entity, 8), isNull ? 0 : kindAt(p), p);
    entityFaulty(entity);
    return skipValue(p, 2);
  }
  hasProperties = false;
  laterProperties = 0;
  p = readMembers(p, load<u32>(entity), ${facts}, 2);
  if (p == 0) return 0;
  if (hasProperties && laterProperties == 0) return p;
  choose(root);
  if (hasProperties) return readChosen(laterProperties, root) == 0 ? 0 : p;
  const record = chosenRecord(root);
  if (record != 0) missing(record, ${facts}, p - 1);
  return p;
}

/** Reads properties at once if the type that describes them is known, otherwise later. */
function readProperties(p: usize, root: i32): usize {
  if (load<u8>(p) == 0x6e) {
    ${patching ? 'clearProperties(root);' : ''}
    return skipNull(p);
  }
  hasProperties = true;
  if (load<u8>(load<u32>(entityAt(root), 4), 9)) {
    choose(root);
    return readChosen(p, root);
  }
  stopNoting();
  laterProperties = p;
  return skipValue(p, 3);
}

function readChosen(p: usize, root: i32): usize {
  const record = chosenRecord(root);
  const path = load<i32>(entityAt(root), 12);
  if (record != 0) return readRootRecord(p, record, path, 3);
  if (load<u8>(p) != 0x7b) recordFault(16, path, kindAt(p), p);
  return skipValue(p, 3);
}

export function entityFaulty(entity: usize): void {
  for (let at: usize = load<u32>(entity, 16); load<u32>(at) != 0; at += 4) faulty(load<u32>(at), ${facts});
}

export function readRoot(p: usize): usize {
  if (load<u8>(p) != 0x7b) {
    const kind = kindAt(p);
    if (kind != 0) recordFault(16, 0, kind, p);
    for (let root = 0; root < 3; root += 1) entityFaulty(entityAt(root));
    ${context === undefined ? '' : `faulty(${context}, ${facts});`}
    return skipValue(p, 1);
  }
  hasContext = false;
  p = readMembers(p, ${root}, ${facts}, 1);
  if (p == 0) return 0;
  for (let root = 0; root < 3; root += 1) {
    if ((seenMembers >> <u64>root) & 1) continue;
    recordFault(17, load<i32>(entityAt(root), 8), 0, p - 1);
    entityFaulty(entityAt(root));
  }
  ${context === undefined ? '' : `if (!hasContext) missing(${context}, ${facts}, p - 1);`}
  return p;
}

${patching ? readPart(root, context, contextPath) : ''}`;
}

/** Present members stay, except for roots that are replaced as a whole; null is not a valid root. */
function readPart(root: number, context: number | undefined, contextPath: number): string {
  const ofContext =
    context === undefined
      ? ''
      : `
  if (!hasContext) recordFault(16, ${contextPath}, 6, p - 1);
  else if ((replaced & 8) && !((seenMembers >> 3) & 1)) missing(${context}, FACTS, p - 1);`;
  return `
/** The members of a request that a partial request has, as bits. */
export let partsSeen: i32 = 0;

export function readPart(p: usize, replaced: i32): usize {
  if (load<u8>(p) != 0x7b) {
    const kind = kindAt(p);
    if (kind != 0) recordFault(16, 0, kind, p);
    return skipValue(p, 1);
  }
  hasContext = true;
  p = readMembers(p, ${root}, FACTS, 1);
  if (p == 0) return 0;
  partsSeen = <i32>seenMembers;
  for (let each = 0; each < 3; each += 1) {
    if (((seenMembers >> <u64>each) & 1) || !((replaced >> each) & 1)) continue;
    recordFault(17, load<i32>(entityAt(each), 8), 0, p - 1);
  }${ofContext}
  return p;
}
`;
}
