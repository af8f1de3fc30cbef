// The functions of the assembly library that generated code can call, and the imports of those that a
// piece of code calls.

/** The functions that generated code can call, by file. */
const library: Readonly<Record<string, string>> = {
  addresses:
    'addressVersion cidrIntersects cidrNotWithin cidrWithin ipInCidr ipInCidrs ipNotInCidr ipNotInCidrs prefixLength readCidr readIp toCidr toIp',
  arena: 'allocate exhausted mark release tryAllocate',
  arith:
    'add addChecked div divChecked mul mulChecked neg negChecked ok sub subChecked toMillionths toMillionthsChecked',
  atoms: 'readTri',
  bytes: 'equalBytes sameBytes',
  cells: 'clearCells storeBytes storeCollection storeFaulty storeUnknown storeWord',
  clock: 'ageKnown compareAge compareNow edgeOfBoth edgeOfLast hasNow isFresh NEVER',
  constraints:
    'agreeBytes agreeSetBytes agreeSetWords agreeWord intersectSetBytes intersectSetWords largestWord smallestWord',
  'decimal-arithmetic': 'decimalProduct decimalQuotient decimalShare',
  errors: 'errorSeverity failText popIndex pushIndex record recordFault setIndex',
  instant: 'parseTimestamp timestampValue',
  json: 'enter readText skipSpace skipValue textLen textPtr',
  judging:
    'addNarrow answer beginJudging boundChallenge boundDeny boundNarrow boundPermits boundRevoke conclude fire countFired lowers mayOffer permitLasts',
  maps: 'findEntry',
  numerals: 'toInt toQuantity',
  layout:
    'ARENA CONSTRAINT_COUNT CONSTRAINTS ELEMENT_LIMIT FACTS FACTS_SIZE INPUT INPUT_LIMIT OFFERS REASONS RESULT',
  operators:
    'codePointCount readCount inBytes inWords notInBytes notInWords notWithinBytes notWithinWords sameSetBytes sameSetWords toSpiffe',
  parts:
    'afterInteger afterRootInteger afterText beforeInteger beforeText isFound isConsumed joinInteger joinText pathAfterInteger',
  paths: 'afterRoot normalPath pathAfter underParts underPath',
  patterns: 'matches',
  'rule-index': 'askRows',
  segments: 'nonEmpty rootSegment segment',
  sets: 'dedupeBytes dedupeWords intersectBytes intersectsBytes intersectsWords intersectWords minusBytes minusWords unionBytes unionWords withinBytes withinWords',
  tables: 'find1 find2',
  'text-table': 'findName',
  'text-writer': 'putAddress putBool putByte putInstant putInteger putQuotient putText',
  text: 'contains endsWith lowerAscii spiffePath spiffeTrustDomain spiffeValid startsWith',
  trees: 'leafEdge treeEdge treeMask treeValue',
  values:
    'checkRange readBool readDecimal readDuration readInt readShortStrings readSpiffe readString readTimestamp readTimestampSeconds refuse shortStringsDiffer shortStringsEnd',
  windows: 'inWindow nowInWindow findTimeOfDay findWeekday',
  'sessions/answer-key': 'hashedCell',
  'sessions/layout': 'TRACKS',
  'sessions/shared': 'noteShared',
  'sessions/sums': 'setBound',
  'sessions/term-cells': 'remembered rememberedEdge',
  'sessions/tracks': 'noteEvent TRACK',
  'policy/conflicts': 'addConflicts resetConstraints settleConflicts',
  'policy/map-reader': 'readMap',
  'policy/object-reader': 'readRecord',
  'policy/offer': 'offer',
  'policy/record-writer': 'writeElements writeEntries writeName',
  'policy/request': 'actionSelector requestEnd resourceSelector setSelector subjectSelector',
};

/**
 * Imports only the functions that are called, so that asc reads no other files. The code is in the folder of
 * its policy, with a copy of policy/ of the library.
 */
export function printImports(code: string): string {
  const used = new Set(code.match(/[A-Za-z_]\w*/g));
  return Object.entries(library)
    .map(([file, names]) => [file, names.split(' ').filter((name) => used.has(name))] as const)
    .filter(([, names]) => names.length > 0)
    .map(([file, names]) => `import { ${names.join(', ')} } from '${toImportPath(file)}';\n`)
    .join('');
}

function toImportPath(file: string): string {
  return file.startsWith('policy/') ? file.replace('policy/', './') : `../${file}`;
}
