// The contract as a list of named constants, for the files of the hosts. Names are lists of words.

import * as contract from '../../runtime/dist/contract/index.js';

const { requestLimits, inputLimits, requestErrors, sessionErrors } = contract;

/** `resultLayout` and `errorCode` become `result error code`. */
const words = (name) => name.replaceAll(/[A-Z0-9]+/g, (part) => ` ${part.toLowerCase()}`);
const named = (prefix, record) =>
  Object.entries(record).map(([name, value]) => [
    `${prefix} ${words(name.replaceAll('_', ' '))}`.trim().split(/ +/),
    value,
  ]);

const errors = { ...requestErrors, ...sessionErrors };
const hostErrorNames = ['unknown_table', 'session_exists', 'wrong_id', 'engine_error'];

/** @type {readonly { title: string, constants: readonly [string[], string | number][] }[]} */
export const groups = [
  {
    title: 'The version of the ABI, and the names of sections and of a type of obligations.',
    constants: named('', {
      abiMajor: contract.abiMajor,
      abiMinor: contract.abiMinor,
      manifestSection: contract.manifestSection,
      encodingSection: contract.encodingSection,
      accessRequestType: contract.accessRequestType,
    }),
  },
  {
    title: 'Limits.',
    constants: named('', {
      pageBytes: contract.pageBytes,
      digestBytes: contract.digestBytes,
      maxRequestBytes: requestLimits.bytes,
      maxInputBytes: inputLimits.bytes,
      maxInputLevels: inputLimits.levels,
      maxSessionIdBytes: contract.maxSessionId,
      maxSnapshotBytes: contract.maxSession,
      maxChanges: contract.maxChanges,
      maxErrorIndexes: contract.maxErrorIndexes,
    }),
  },
  { title: 'The clock that `decide` uses.', constants: named('clock', contract.clock) },
  { title: 'Byte offsets in the result.', constants: named('result', contract.resultLayout) },
  { title: 'Flags of the result.', constants: named('flag', contract.resultFlags) },
  { title: 'Byte offsets in a reason.', constants: named('reason', contract.reasonLayout) },
  {
    title: 'Byte offsets in a cell.',
    constants: named('cell', contract.cellLayout),
  },
  {
    title: 'Byte offsets in the outcome of loading a table, and the value of a missing member.',
    constants: named('outcome', { ...contract.outcomeLayout, none: contract.outcomeNone }),
  },
  {
    title: 'Byte offsets in a change that a sweep found.',
    constants: named('change', contract.changeLayout),
  },
  {
    title: 'Parts of a request that a patch replaces.',
    constants: named('part', contract.requestParts),
  },
  {
    title: 'Error codes.',
    constants: Object.entries(errors).map(([name, { number }]) => [
      ['code', ...name.split('_')],
      number,
    ]),
  },
  {
    title: 'Names of errors.',
    constants: [...Object.keys(errors), ...hostErrorNames].map((name) => [
      ['error', ...name.split('_')],
      name,
    ]),
  },
  {
    title: 'Texts of errors in input. `{}` stands for a value.',
    constants: named('text', contract.hostTexts),
  },
  {
    title: 'Texts of an engine error.',
    constants: named('engine', contract.engineTexts),
  },
  {
    title: 'What a module wrote that the ABI does not allow.',
    constants: named('violation', contract.violations),
  },
];

export const effects = contract.effects;
export const requestMembers = contract.requestMembers;
export const foundTexts = contract.foundNames;

/** Code, name, expected, found. */
export const errorTexts = [...contract.requestErrorTexts, ...contract.sessionErrorTexts].map(
  ([code, texts]) => [code, ...texts],
);

/** The groups: names with the letters of parameters and result of functions, such as `ifi` and `i`. */
export const functions = Object.fromEntries(
  Object.entries({
    required: contract.requiredExports,
    table: contract.tableExports,
    session: contract.sessionExportTypes,
  }).map(([group, types]) => [
    group,
    Object.entries(types)
      .filter(([, type]) => contract.exportKind(type) === 'function')
      .map(([name, type]) => [name, ...signature(type)]),
  ]),
);

export const requiredGlobals = Object.entries(contract.requiredExports)
  .filter(([, type]) => contract.exportKind(type) === 'global')
  .map(([name]) => name);

function signature(type) {
  const [parameters, result] = type.split('→');
  const letters = (text = '') => [...text.matchAll(/\b([if])(?:32|64)\b/g)].map(([, each]) => each);
  return [letters(parameters).join(''), letters(result).join('')];
}
