// The memory that writing any response of a policy takes, at most.

import {
  decisionErrorTexts,
  foundNames,
  maxName,
  requestErrorTexts,
  requestLimits,
  sessionErrorTexts,
  tableErrorTexts,
} from '@nhipol/runtime/abi';
import type { Description } from '../../ir/description.ts';
import type { IrModule } from '../../ir/ir.ts';
import type { ResponseRoom } from '../../layout/response-room.ts';
import { countMaxElements, countTextBytes, countValueBytes, sumNumbers } from './value-bytes.ts';

/** An element that is sorted: its cell, and the text of an address. */
const sortedBytes = 16 + 48;
const demandBytes = 16;
const headerBytes = 32;
/** The longest of the texts that all policies have, without their parts. */
const fixedBytes = 128;
/** A number of 32 bits. */
const numberBytes = 10;
const indexes = 4;
/** The bytes that a byte of a string takes at most in a string within a string. */
const nestedRatio = 7;
/** Up to seven bytes after a text are overwritten. */
const slackBytes = 16;

/** Room for the responses of several policies, of which one is written at a time. */
export function maxRoom(rooms: readonly ResponseRoom[]): ResponseRoom {
  const findMax = (region: keyof ResponseRoom) => findLargest(rooms.map((room) => room[region]));
  return {
    ranks: findMax('ranks'),
    readWords: findMax('readWords'),
    demands: findMax('demands'),
    sets: findMax('sets'),
    sorted: findMax('sorted'),
    texts: findMax('texts'),
    response: findMax('response'),
  };
}

/** `paths`: those that answers can list. */
export function computeResponseRoom(
  ir: IrModule,
  description: Description,
  paths: readonly string[],
): ResponseRoom {
  const narrowings = [
    ...ir.rules.flatMap(({ narrowing }) => narrowing ?? []),
    ...ir.scores.flatMap(({ bands }) => bands.flatMap(({ narrowing }) => narrowing ?? [])),
  ];
  const settings = narrowings.flatMap((narrowing) => narrowing.settings);
  const constraints = description.constraints.map(({ name, type }, index) => {
    const constraintSettings = settings.filter(({ constraint }) => constraint === index);
    return (
      countQuotedBytes(name) +
      Math.max(0, ...constraintSettings.map(({ value }) => countValueBytes(value, type)))
    );
  });
  const lowered = narrowings.flatMap(({ lowering }) => lowering?.paths ?? []);
  const offers = description.offers.map(({ name, type }, index) => {
    const offerPaths = lowered.filter(({ offer }) => offer === index);
    return (
      countQuotedBytes(name) +
      findLargest(offerPaths.map(({ value }) => countValueBytes(value, type)))
    );
  });
  const values = ir.reasons.flatMap(({ properties }) => properties);
  const propertyBytes = new Map(
    values.map(({ index, value }) => {
      const type = description.properties?.[index];
      return [index, type === undefined ? 0 : countValueBytes(value, type)];
    }),
  );
  const demands = description.reasons.flatMap(({ id, demands }) =>
    (demands?.obligations ?? []).map((demand) => ({ id, ...demand })),
  );
  const countPropertyBytes = ({ properties }: (typeof demands)[0]) =>
    sumNumbers(
      Object.entries(properties).map(
        ([name, at]) => countQuotedBytes(name) + (propertyBytes.get(at) ?? 0),
      ),
    );
  const obligations = demands.map((demand) => {
    const { name = '', type = '' } = description.obligations?.[demand.obligation] ?? {};
    return (
      fixedBytes +
      countQuotedBytes(name) +
      countQuotedBytes(type) +
      countQuotedBytes(demand.id) +
      countPropertyBytes(demand)
    );
  });
  const sets = [...settings, ...lowered, ...values]
    .map(({ value }) => value)
    .filter(({ rep }) => rep === 'cells');
  const texts =
    sumNumbers(constraints) + sumNumbers(offers) + sumNumbers(demands.map(countPropertyBytes));
  return {
    ranks: ir.reasons.length,
    readWords: Math.ceil(paths.length / 64),
    demands: demands.length * demandBytes,
    sets: sets.length,
    sorted: Math.max(0, ...sets.map(countMaxElements)) * sortedBytes,
    texts: texts === 0 ? 0 : texts + slackBytes,
    response:
      headerBytes +
      fixedBytes * 4 +
      sumNumbers(description.reasons.map((_, index) => countDetailBytes(ir, description, index))) +
      sumNumbers(constraints) +
      sumNumbers(offers) +
      sumNumbers(obligations) +
      sumNumbers(paths.map(countQuotedBytes)) +
      countErrorBytes(description) +
      slackBytes,
  };
}

/** A reason's id among the ids, and its details. */
function countDetailBytes(ir: IrModule, description: Description, index: number): number {
  const {
    id,
    message = [],
    unknown = [],
    source,
  } = description.reasons[index] as Description['reasons'][0];
  const placeholders = (ir.reasons[index]?.placeholders ?? []).map(({ index: at, value }) => {
    const type = description.placeholders[at];
    return type === undefined ? 0 : Math.max(fixedBytes, countValueBytes(value, type));
  });
  return (
    fixedBytes * 2 +
    2 * countQuotedBytes(id) +
    sumNumbers(message.map((part) => (typeof part === 'string' ? countQuotedBytes(part) : 0))) +
    sumNumbers(placeholders) +
    sumNumbers(unknown.map((read) => countQuotedBytes(description.reads[read] ?? ''))) +
    countQuotedBytes(description.files[source[0]] ?? '')
  );
}

function countErrorBytes({ paths, expected, tables, signals }: Description): number {
  const lengths: number[] = [];
  for (const [at, [before, step]] of paths.entries()) {
    lengths.push((at === 0 ? 0 : (lengths[before] ?? 0)) + countQuotedBytes(step));
  }
  const codes = [
    requestErrorTexts,
    decisionErrorTexts,
    sessionErrorTexts,
    tableErrorTexts,
    tableErrorTexts,
  ].flatMap((texts) => [...texts.values()].flat());
  const ofTables = [
    countQuotedBytes(tables.map(({ name }) => name).join(', ')),
    ...tables.flatMap(({ keys, value }) =>
      [...keys, value, { expected: value.element ?? '' }].map((each) =>
        countQuotedBytes(each.expected),
      ),
    ),
  ];
  // The keys that lead to an error and the one that was found, or the name of a signal, as strings within strings.
  const nested = Math.max(
    tables.length === 0 ? 0 : 3 * nestedRatio * requestLimits.stringBytes,
    signals === undefined ? 0 : nestedRatio * maxName,
  );
  return (
    fixedBytes +
    findLargest(lengths) +
    indexes * numberBytes +
    2 * findLargest([...codes, ...expected, ...foundNames].map(countQuotedBytes).concat(ofTables)) +
    nested
  );
}

/** In quotes, with a colon or a comma. */
function countQuotedBytes(text: string): number {
  return countTextBytes(text) + 3;
}

function findLargest(values: readonly number[]): number {
  return values.reduce((all, value) => Math.max(all, value), 0);
}
