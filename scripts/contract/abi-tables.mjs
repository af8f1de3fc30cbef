// The tables of runtime/ABI.md that repeat the contract. The meanings of exports and offsets are written here.

import * as contract from '../../runtime/dist/contract/index.js';
import { errorTexts } from './constants.mjs';

const { cellLayout, changeLayout, hostTexts, outcomeLayout, reasonLayout, resultLayout } = contract;

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
const { properties, instant } = contract.optionalExports;

/** The tables by the name of the section. */
export const abiTables = {
  exports: exportTable({ ...contract.requiredExports, properties, instant }, [
    [['memory'], 'the memory of the module'],
    [['abi_major', 'abi_minor'], 'the ABI version'],
    [['manifest', 'manifest_length'], 'address and length in bytes of the manifest'],
    [
      ['result', 'reasons', 'constraints', 'placeholders', 'properties'],
      'addresses of the areas described below',
    ],
    [
      ['request'],
      'returns the address to write a request of this length in bytes to; 0 if it is too long',
    ],
    [['decide'], 'reads and evaluates the request; returns the address of the result'],
    [
      ['again'],
      'evaluates the last request again, at another instant; returns the address of the result',
    ],
    [['explain'], 'writes the values that messages and obligations need'],
    [
      ['instant'],
      'returns the instant of evaluation, in whole milliseconds since the epoch; NaN if there was none',
    ],
  ]),
  'digest exports': exportTable(contract.digestExports, [
    [['call_digest'], `address to write the digest of the call to, ${contract.digestBytes} bytes`],
    [['judged_digest'], 'address of a cell (see below): the digest that was evaluated'],
  ]),
  'table exports': exportTable(contract.tableExports, [
    [
      ['reserve'],
      'reserves memory for tables, in total this number of pages of 64 KiB; returns how many there are. Nothing else grows the memory',
    ],
    [
      ['table_text'],
      'returns the address to write the contents of a table to, this many bytes; 0 if there is no room',
    ],
    [['load_table'], 'fills the table from these contents; returns 0 or an error code'],
    [['drop_table'], 'empties the table. As initially, every lookup in it is unknown'],
    [['table_outcome'], 'returns the address of the outcome (see below)'],
  ]),
  'session exports': exportTable(withoutReserve(contract.sessionExportTypes), [
    [['session_id'], `address to write a session id to, up to ${contract.maxSessionId} bytes`],
    [['changes'], 'address of the changes that a sweep found'],
    [['session_open'], 'reads the request and stores its facts; returns a handle, or 0'],
    [['session_patch'], 'reads a partial request; returns 0, or the address of a result'],
    [['session_set'], 'replaces a number; returns 0 if this requires a patch'],
    [['session_record'], 'reads a signal; returns the same as `session_patch`'],
    [['session_decide'], 'evaluates; returns the address of the result'],
    [
      ['session_effect'],
      'returns only the effect; does not evaluate if nothing changed and the last answer is still valid',
    ],
    [['session_close'], 'closes the session; returns 0 if there was none'],
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
      'opens the session whose snapshot is in the buffer; returns the same as `session_open`',
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
  ]),
  limits: table(
    ['limit', 'value'],
    [
      ['length of a request', `${contract.requestLimits.bytes} bytes`],
      ['length of a string in it', `${contract.requestLimits.stringBytes} bytes`],
      ['length of an array in it', `${contract.requestLimits.elements} elements`],
      ['nesting depth', `${contract.requestLimits.depth} levels`],
      ['length of a session id', `${contract.maxSessionId} bytes`],
      ['length of a snapshot', `${contract.maxSession} bytes`],
      ['changes that one sweep returns', `${contract.maxChanges}`],
    ],
  ),
  result: layoutTable(resultLayout, [
    [['effect'], 'u32', `effect: ${effects}`],
    [['flags'], 'u32', flags()],
    [
      ['validUntil'],
      'f64',
      'valid until, whole milliseconds since the epoch; +Infinity: time alone changes nothing',
    ],
    [['errorCode'], 'u32', 'error: code; 0: no error'],
    [['errorPath'], 'u32', 'error: index in `paths`'],
    [['errorFound'], 'u32', 'error: number of what was found'],
    [['errorOffset'], 'u32', 'error: offset in bytes from the start of the request'],
    [
      ['errorIndexes'],
      `${contract.maxErrorIndexes} × u32`,
      'error: the array indexes for each `[]` of the path, outermost first; there is no room for more',
    ],
    [['reasonCount'], 'u32', 'number of reasons, at most the number of rows of `reasons`'],
    [
      ['subject', 'action', 'resource'],
      'u32',
      'subject type, action, resource type: 1 + index in `selectors`; 0: not listed',
    ],
  ]),
  reason: layoutTable(reasonLayout, [
    [['index'], 'u32', 'index in `reasons` of the manifest'],
    [
      ['firedOnUnknown'],
      'u32',
      'bit 0: it fired on unknown; the other bits are internal to the module',
    ],
    [
      ['unknown'],
      'u64',
      'after `explain`, if it fired on unknown: bit _n_ represents the entry of `reads` that `unknown[n]` of the reason refers to',
    ],
  ]),
  cell: layoutTable(withoutInternals(cellLayout), [
    [
      ['value'],
      'i64',
      'a Bool (0, 1), an Int, a Decimal in millionths, the index of an enum member, a Timestamp or Duration in milliseconds',
    ],
    [
      ['pointer', 'length'],
      'u32, u32',
      'or pointer and length: the UTF-8 bytes of a String or SpiffeId, the bytes of an Ip or Cidr, the elements (cells) of a Set',
    ],
    [['present'], 'u8', 'not 0: there is a value'],
    [['known'], 'u8', 'not 0: the value is usable'],
  ]),
  outcome: layoutTable(
    outcomeLayout,
    [
      [['code'], 'error code; 0: the table was filled'],
      [
        ['place'],
        'location: 0 the whole object or the first key, 1 the object by second key or the second key, 2 the value, 3 an element of it',
      ],
      [['found'], 'number of what was found'],
      [['offset'], 'offset in bytes from the start of the contents'],
      [
        ['firstKey', 'secondKey'],
        'offsets in bytes from there to the quotes of the keys that lead to the error',
      ],
      [['element'], 'index of the element'],
      [['missingPages'], 'number of missing pages'],
    ],
    ['offset', 'meaning'],
  ),
  change: layoutTable(changeLayout, [
    [['handle'], 'u32', 'handle of the session'],
    [['before'], 'u8', 'effect before'],
    [['after'], 'u8', 'effect now'],
  ]),
  errors: table(
    ['code', 'name', 'expected', 'found'],
    errorTexts.map(([number, name, ...texts]) => [number, code(name), ...texts]),
  ).replaceAll(/ {2,}/g, ' '),
  found: table(
    ['number', 'found'],
    contract.foundNames.map((text, number) => [number, text]),
  ),
  'host errors': table(
    ['`code`', 'when', '`expected`', '`found`'],
    [
      [
        'unknown_table',
        'the manifest does not list a table of this name; path `$`, offset 0',
        `${text('tableNames', 'their names, in order, by `, `')}; or ${code(hostTexts.noTable)}`,
        code(hostTexts.unknownTable),
      ],
      [
        'out_of_memory',
        'a table has no room within the limit of the host; path `$`, offset 0',
        text('tableBytes', 'the limit'),
        code(hostTexts.oversizedDocument),
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
        'no_session',
        'no open session has this id; for a decision, this is the error of an `invalid_request`',
        code(hostTexts.openSession),
        code(hostTexts.unknownSession),
      ],
      [
        'session_exists',
        'an open session has the id of one to be opened or restored',
        code(hostTexts.newSession),
        code(hostTexts.openSession),
      ],
      [
        'wrong_id',
        'the id is not well-formed Unicode, or is too long',
        code(hostTexts.sessionId),
        code(hostTexts.invalidSessionId),
      ],
      [
        'too_large',
        'the snapshot to be restored is too long',
        code(hostTexts.snapshotBytes),
        code(hostTexts.longerDocument),
      ],
      [
        'wrong_type',
        "a number in the host's own data cannot be represented in JSON; this is the error of an `invalid_request`, with its path",
        code(hostTexts.number),
        `${code(hostTexts.largeInteger)}, or a description of it by the host`,
      ],
      [
        'wrong_type',
        'the time of a signal is not an instant',
        code(hostTexts.instant),
        code(hostTexts.otherValue),
      ],
      [
        'no_signal',
        '`sessions.signals` does not list a signal of this name',
        code(hostTexts.signal),
        'the name as a JSON string',
      ],
    ].map(([name, ...cells]) => [code(name), ...cells]),
  ),
};

/** A text whose `{}` stands for a value. */
function text(name, value) {
  return `${code(hostTexts[name])}, where \`{}\` is ${value}`;
}

function flags() {
  const { defaultDeny, invalid, clockWentBack, revokedBefore } = contract.resultFlags;
  return `flags: ${defaultDeny} denied by default, ${invalid} the request is invalid, ${clockWentBack} and ${revokedBefore} see [sessions](#sessions); others are reserved`;
}

function withoutReserve({ reserve: _, ...types }) {
  return types;
}

/** The marks that hosts read: the others are for direct encoding. */
function withoutInternals({ partial: _, unread: __, ...layout }) {
  return layout;
}
