// The tables of runtime/ABI.md that repeat the contract. The meanings of exports and offsets are written here.

import * as contract from '../../runtime/dist/contract/index.js';
import { errorTexts } from './constants.mjs';

const { changeLayout, headerLayout, hostTexts } = contract;

const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
    .replace(/^\| ---.*$/m, (line) => line.replaceAll(' ', ''));
const code = (text) => `\`${text}\``;
const lists = (names) => names.map(code).join(', ');

/** Rows of several exports: their names and meaning. Each export of the group has a row. */
function exportTable(types, rows) {
  const left = new Set(Object.keys(types));
  const lines = rows.map(([names, meaning]) => {
    const [first] = names;
    for (const name of names) {
      if (!left.delete(name)) throw new Error(`runtime/ABI.md: no export \`${name}\``);
      if (types[name] !== types[first]) throw new Error(`\`${name}\` has another type`);
    }
    const type = types[first];
    const kind = contract.exportKind(type);
    const shown = kind === 'function' ? code(type) : names.length > 1 ? `${type}s` : type;
    return [lists(names), shown, meaning];
  });
  if (left.size > 0) throw new Error(`runtime/ABI.md: no meaning of ${lists([...left])}`);
  return table(['export', 'type', 'meaning'], lines);
}

/** Rows of a record in memory: its members, their type and their meaning. Each member has a row. */
function layoutTable({ size: _, ...layout }, rows, titles = ['offset', 'type', 'meaning']) {
  const left = new Set(Object.keys(layout));
  const lines = rows.map(([names, ...cells]) => {
    for (const name of names) {
      if (!(name in layout)) throw new Error(`runtime/ABI.md: no member \`${name}\``);
      left.delete(name);
    }
    return [names.map((name) => layout[name]).join(', '), ...cells];
  });
  if (left.size > 0) throw new Error(`runtime/ABI.md: no meaning of ${lists([...left])}`);
  return table(titles, lines);
}

const effects = contract.effects.map((effect, number) => `${number} ${effect}`).join(', ');
/** The tables by the name of the section. */
export const abiTables = {
  exports: exportTable(contract.requiredExports, [
    [['memory'], 'the memory of the module'],
    [['abi_major', 'abi_minor'], 'the ABI version'],
    [
      ['request'],
      'returns the address to write a request of this length in bytes to; 0 if it is too long',
    ],
    [
      ['decide'],
      'reads and evaluates the request; returns the address of the header of a response',
    ],
    [['again'], 'evaluates the last request again, at another instant; returns the same'],
    [['respond'], 'writes the last answer in another form; returns the same'],
  ]),
  'possibility exports': exportTable(contract.possibilityExportTypes, [
    [
      ['could'],
      'reads a request of which members may be missing, and evaluates whether it could be permitted; returns the address of the header of a response',
    ],
  ]),
  'session possibility exports': exportTable(contract.sessionPossibilityExportTypes, [
    [
      ['session_could'],
      'evaluates whether a request could be permitted in the session; returns the address of the header of a response',
    ],
  ]),
  'history exports': exportTable(contract.historyExportTypes, [
    [
      ['history_changed'],
      'writes the next record that changed since the last call to the buffer for snapshots; returns its length, 0 if there is none, -1 if there is no room',
    ],
    [
      ['history_record'],
      'writes the record with this index among all of them; returns its length, 0 if there is none, -1 if there is no room',
    ],
    [
      ['history_restore'],
      'restores the record in the buffer; returns 1, 2 if the policy does not need it, or 0 if it is not a record or there is no room',
    ],
    [
      ['history_complete'],
      'ends the restoring of a store that is not new: until now, what no record states is unknown',
    ],
  ]),
  'table exports': exportTable(contract.tableExportTypes, [
    [['limit'], 'sets the maximum memory for tables and sessions, in pages of 64 KiB; initially 0'],
    [
      ['name'],
      `address to write a name to, up to ${contract.maxName} bytes: of a table, a session or a signal`,
    ],
    [['table_find'], 'returns the number of the table with this name; 0 if there is none'],
    [
      ['table_text'],
      'returns the address to write the contents of a table to, this many bytes; 0 if there is no room',
    ],
    [['table_load'], 'fills the table; returns 0, or the address of a refusal'],
    [['table_drop'], 'empties the table; returns 0, or the address of a refusal'],
  ]),
  'session exports': exportTable(ofSessions(contract.sessionExportTypes), [
    [['changes'], 'address of the changes that a sweep found'],
    [['session_open'], 'reads the request and stores its facts; returns a handle, or 0'],
    [['session_name'], 'writes the id of the session to `name`; returns its length, or 0'],
    [['session_patch'], 'reads a partial request; returns 0, or the address of a refusal'],
    [['session_set'], 'replaces a number; returns 0 if this requires a patch'],
    [['signal_find'], 'returns the number of the signal with this name; 0 if there is none'],
    [['session_record'], 'reads a signal; returns 0, or the address of a refusal'],
    [['session_decide'], 'evaluates; returns the address of the header of a response'],
    [
      ['session_effect'],
      'returns only the effect; does not evaluate if nothing changed and the last answer is still valid',
    ],
    [['session_close'], 'closes the session; returns 0, or the address of a refusal'],
    [
      ['session_buffer'],
      'returns the address of the buffer for snapshots, with room for this many bytes; 0 if there is no room',
    ],
    [
      ['session_snapshot'],
      'writes a snapshot of the session to the buffer; returns its length, or 0',
    ],
    [
      ['session_restore'],
      'opens the session whose snapshot is in the buffer; returns a handle, or 0',
    ],
    [
      ['session_sweep'],
      'evaluates the sessions whose answer may have changed; returns the number of changes',
    ],
    [
      ['session_due'],
      'returns when a sweep may find a change, in milliseconds: 0 immediately, +Infinity never',
    ],
    [['session_count'], 'returns the number of open sessions'],
    [
      ['refuse'],
      'returns the address of a refusal with this error, for a host that refuses a call',
    ],
  ]),
  limits: table(
    ['limit', 'value'],
    [
      ['length of a request', `${contract.requestLimits.bytes} bytes`],
      ['length of a string in it', `${contract.requestLimits.stringBytes} bytes`],
      ['length of an array in it', `${contract.requestLimits.elements} elements`],
      ['nesting depth', `${contract.requestLimits.depth} levels`],
      [
        'length of a session id, and of the name of a table or a signal',
        `${contract.maxName} bytes`,
      ],
      ['length of a snapshot', `${contract.maxSession} bytes`],
      ['length of a record of the history across sessions', `${contract.maxHistoryRecord} bytes`],
      ['changes that one sweep returns', `${contract.maxChanges}`],
    ],
  ),
  header: layoutTable(headerLayout, [
    [['effect'], 'u8', `effect: ${effects}`],
    [['flags'], 'u8', flags()],
    [['length'], 'u32', 'length of the response in bytes; 0: it was not written'],
    [
      ['validUntil'],
      'f64',
      'valid until, whole milliseconds since the epoch; +Infinity: time alone changes nothing',
    ],
    [['key'], 'u64', 'key of the answer; 0: it has none'],
    [
      ['untilOffset'],
      'u32',
      'where the text of `valid_until` starts in the response; 0: there is none',
    ],
  ]).concat(`\n\nThe header has ${headerLayout.size} bytes.`),
  change: layoutTable(changeLayout, [
    [['handle'], 'u32', 'handle of the session'],
    [['before'], 'u8', 'effect before'],
    [['after'], 'u8', 'effect now'],
  ]),
  errors: table(
    ['number', 'code', 'expected', 'found'],
    errorTexts.map(([number, name, ...texts]) => [number, code(name), ...texts]),
  ).replaceAll(/ {2,}/g, ' '),
  'host errors': table(
    ['`code`', 'when', '`expected`', '`found`'],
    [
      [
        'unknown_table',
        'a table is loaded or dropped, and the module exports no `table_find`',
        code(hostTexts.noTable),
        code(hostTexts.unknownTable),
      ],
      [
        'no_session',
        'the module failed, and no open session has this id',
        code(hostTexts.openSession),
        code(hostTexts.unknownSession),
      ],
      [
        'too_deep',
        `data instead of JSON that has more than ${contract.inputLimits.levels} levels; path \`$\`, offset 0`,
        code(hostTexts.levels),
        code(hostTexts.deeperOrCyclic),
      ],
      [
        'too_large',
        `data instead of JSON that takes more than ${contract.inputLimits.bytes} bytes as JSON; path \`$\`, offset 0`,
        text('bytes', 'the limit'),
        code(hostTexts.longerDocument),
      ],
      [
        'wrong_type',
        "a number in the host's own data cannot be represented in JSON; this is the error of an `invalid_request`, with its path",
        code(hostTexts.number),
        `${code(hostTexts.largeInteger)}, or a description of it by the host`,
      ],
    ].map(([name, ...cells]) => [code(name), ...cells]),
  ),
};

/** A text whose `{}` stands for a value. */
function text(name, value) {
  return `${code(hostTexts[name])}, where \`{}\` is ${value}`;
}

function flags() {
  const { defaultDeny, invalid, clockWentBack, revokedBefore, noInstant } = contract.answerFlags;
  return `flags: ${defaultDeny} denied by default, ${invalid} the request is invalid, ${clockWentBack} the clock went back, ${revokedBefore} revoked before the session was restored, ${noInstant} \`now\` is not an instant; others are reserved`;
}

/** Without those that modules with tables have as well. */
function ofSessions({ limit: _, name: __, ...types }) {
  return types;
}
