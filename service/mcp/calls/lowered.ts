// A call with lower arguments: takes what an answer offers, and returns the message with these values in it. Each offer
// is for a member of the arguments; with any other there is no such message.

import type { Answer } from '@nhipol/runtime';
import { isMembers, type Members } from '../../json/members.ts';
import { type RequestMessage, readMessage } from '../protocol/message.ts';
import { rewriteMessage } from '../questions/resumed.ts';

/** Where the arguments are in a request. */
const argumentsPath = ['action', 'properties', 'arguments'];

/** Returns `undefined` if the answer offers nothing, or not only arguments. */
export function lowerMessage(message: RequestMessage, answer: Answer): RequestMessage | undefined {
  const given = message.params.arguments;
  const values = lowerArguments(isMembers(given) ? given : {}, answer);
  if (values === undefined) return undefined;
  const text = rewriteMessage(message, new Map([['arguments', JSON.stringify(values)]]));
  const read = readMessage(Buffer.from(text));
  return read.kind === 'request' ? read : undefined;
}

/** Returns `undefined` if the answer offers nothing, or not only arguments. */
export function lowerArguments(given: Members, { lower }: Answer): Members | undefined {
  const offers = Object.entries(lower);
  let values: unknown = given;
  for (const [path, value] of offers) {
    const names = path.split('.');
    if (argumentsPath.some((name, index) => names[index] !== name)) return undefined;
    values = withValue(values, names.slice(argumentsPath.length), value);
  }
  return offers.length > 0 && isMembers(values) ? values : undefined;
}

/** Objects on the path that the arguments do not have are created. */
function withValue(values: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  const members: Members = isMembers(values) ? values : {};
  return { ...members, [name]: withValue(members[name], rest, value) };
}
