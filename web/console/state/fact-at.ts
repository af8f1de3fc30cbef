// Finds a fact that an answer read by its path: `context.risk.level`, `action.amount`, `context.approvals[].digest`.

import { isMembers, type Members } from '@nhipol/runtime/abi';

const names = /"((?:[^"\\]|\\.)*)"(?:\[\])?|[^.]+/g;
const entities: readonly unknown[] = ['subject', 'action', 'resource'];

/** Whether it is a fact, not a table or a part of the history. */
export function isFact(path: string): boolean {
  return /^(?:subject|action|resource|context)(?:\.|$)/.test(path);
}

/** `undefined` if it is missing. Members of an entity that the policy declares are among its properties. */
export function findFact(facts: Members, path: string): unknown {
  const steps = [...path.matchAll(names)].map(([step]) => step);
  const direct = findValue(facts, steps);
  const [root = '', ...rest] = steps;
  if (direct !== undefined || !entities.includes(root)) return direct;
  return findValue(facts, [root, 'properties', ...rest]);
}

/** `[]` stands for each element of a list. */
function findValue(value: unknown, [step, ...rest]: readonly string[]): unknown {
  if (step === undefined) return value;
  const isList = step.endsWith('[]');
  const written = isList ? step.slice(0, -2) : step;
  const name = written.startsWith('"') ? (JSON.parse(written) as string) : written;
  if (!isMembers(value) || !Object.hasOwn(value, name)) return undefined;
  const member = value[name];
  if (!isList) return findValue(member, rest);
  return Array.isArray(member) ? member.map((each) => findValue(each, rest)) : undefined;
}
