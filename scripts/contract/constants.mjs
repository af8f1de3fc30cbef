// The contract as a list of named constants, for the files of the hosts. Names are lists of words.

import * as contract from '../../runtime/dist/contract/index.js';

const { requestLimits, inputLimits } = contract;

/** `resultLayout` and `errorCode` become `result error code`. */
const words = (name) => name.replaceAll(/[A-Z0-9]+/g, (part) => ` ${part.toLowerCase()}`);
const nameConstants = (prefix, record) =>
  Object.entries(record).map(([name, value]) => [
    `${prefix} ${words(name.replaceAll('_', ' '))}`.trim().split(/ +/),
    value,
  ]);

const errorRows = Object.entries({
  ...contract.requestErrors,
  ...contract.sessionErrors,
  ...contract.tableErrors,
  ...contract.decisionErrors,
});
const errorNames = [...new Set(errorRows.map(([name, { code = name }]) => code))];

/** @type {readonly { title: string, constants: readonly [string[], string | number][] }[]} */
export const groups = [
  {
    title: 'The version of the ABI, and the name of the section of the manifest.',
    constants: nameConstants('', {
      abiMajor: contract.abiMajor,
      abiMinor: contract.abiMinor,
      manifestSection: contract.manifestSection,
    }),
  },
  {
    title: 'Limits.',
    constants: nameConstants('', {
      pageBytes: contract.pageBytes,
      maxRequestBytes: requestLimits.bytes,
      maxInputBytes: inputLimits.bytes,
      maxInputLevels: inputLimits.levels,
      maxNameBytes: contract.maxName,
      maxSnapshotBytes: contract.maxSession,
      maxChanges: contract.maxChanges,
    }),
  },
  { title: 'The clock that `decide` uses.', constants: nameConstants('clock', contract.clock) },
  { title: 'What a call writes.', constants: nameConstants('form', contract.forms) },
  { title: 'The request that a session decides.', constants: nameConstants('ask', contract.asks) },
  {
    title: 'Byte offsets in the header of a response.',
    constants: nameConstants('header', contract.headerLayout),
  },
  { title: 'Flags of an answer.', constants: nameConstants('flag', contract.answerFlags) },
  {
    title: 'Byte offsets in a change that a sweep found.',
    constants: nameConstants('change', contract.changeLayout),
  },
  {
    title: 'Parts of a request that a patch replaces.',
    constants: nameConstants('part', contract.requestParts),
  },
  {
    title: 'The number of the error that a host passes to `refuse`.',
    constants: [[['number', 'session', 'exists'], contract.sessionErrors.session_exists.number]],
  },
  {
    title: 'The codes of errors.',
    constants: errorNames.map((name) => [['error', ...name.split('_')], name]),
  },
  {
    title: 'Texts of errors that a host reports itself. `{}` stands for a value.',
    constants: nameConstants('text', {
      levels: contract.hostTexts.levels,
      deeperOrCyclic: contract.hostTexts.deeperOrCyclic,
      bytes: contract.hostTexts.bytes,
      longerDocument: contract.hostTexts.longerDocument,
      number: contract.hostTexts.number,
      largeInteger: contract.hostTexts.largeInteger,
      noTable: contract.hostTexts.noTable,
      unknownTable: contract.hostTexts.unknownTable,
      openSession: contract.hostTexts.openSession,
      unknownSession: contract.hostTexts.unknownSession,
    }),
  },
  {
    title: 'Texts of an engine error.',
    constants: nameConstants('engine', contract.engineTexts),
  },
  {
    title: 'What a module wrote that the ABI does not allow.',
    constants: nameConstants('violation', contract.violations),
  },
];

export const effects = contract.effects;

/** The start of the response of each effect. */
export const responseStarts = effects.map((effect) => {
  const decision = effect === 'permit' || effect === 'narrow';
  return `{"decision":${decision},"context":{"effect":"${effect}",`;
});

/** Code, name, expected, found. */
export const errorTexts = [
  ...contract.requestErrorTexts,
  ...contract.sessionErrorTexts,
  ...contract.tableErrorTexts,
  ...contract.decisionErrorTexts,
].map(([code, texts]) => [code, ...texts]);

const exportGroups = {
  required: contract.requiredExports,
  table: contract.tableExportTypes,
  session: contract.sessionExportTypes,
  possibility: contract.possibilityExportTypes,
  session_possibility: contract.sessionPossibilityExportTypes,
};

/** The groups: names with the letters of parameters and result of functions, such as `ifi` and `i`. */
export const functions = inGroups((types) =>
  types.flatMap(([name, type]) => (isFunction(type) ? [[name, ...signature(type)]] : [])),
);

/** The groups: names with `memory`, `i global`, or the letters of a function, such as `ifi:i`. */
export const exports = inGroups((types) =>
  types.map(([name, type]) => [
    name,
    isFunction(type) ? signature(type).join(':') : type.replace('i32', 'i'),
  ]),
);

function inGroups(convert) {
  const groups = Object.entries(exportGroups);
  return Object.fromEntries(
    groups.map(([group, types]) => [group, convert(Object.entries(types))]),
  );
}

function isFunction(type) {
  return contract.exportKind(type) === 'function';
}

function signature(type) {
  const [parameters, result] = type.split('→');
  const letters = (text = '') => [...text.matchAll(/\b([if])(?:32|64)\b/g)].map(([, each]) => each);
  return [letters(parameters).join(''), letters(result).join('')];
}
