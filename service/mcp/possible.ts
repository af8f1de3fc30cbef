// The items of a list that could be used: tools that could be permitted for some arguments, resources that could be read,
// prompts that could be used.

import type { EngineSession } from '../engine/engine-session.ts';
import { isMembers } from '../json/members.ts';
import { MappingError } from '../mapping/mapping-error.ts';
import type { CallMapping, ListedItem, ListName, PartialCall } from './calls/call-mapping.ts';
import type { ClientFacts } from './client.ts';
import { listedItems } from './protocol/methods.ts';
import type { RelayOptions } from './relay-options.ts';

export function selectUsableItems(
  list: ListName,
  items: readonly unknown[],
  options: RelayOptions,
  session: EngineSession,
  client: ClientFacts,
): readonly unknown[] {
  const calls = items.map((item) => mapCalls(list, item, options, client));
  const isPossible = listPossibilities(
    calls.flatMap((call) => call ?? []),
    session,
  );
  return items.filter((_, index) => calls[index]?.every((call) => isPossible.get(call)));
}

/** The calls that the use of an item needs, or `undefined` if it cannot be used. */
function mapCalls(
  list: ListName,
  item: unknown,
  { inventory, mapping }: RelayOptions,
  client: ClientFacts,
): readonly PartialCall[] | undefined {
  const key = isMembers(item) ? item[listedItems[list].key] : undefined;
  if (typeof key !== 'string') return undefined;
  if (list !== 'tools') return listItemCalls(mapping, { list, key, tool: undefined }, client);
  const state = inventory.find(key);
  if (state.kind !== 'known') return undefined;
  return listItemCalls(mapping, { list, key, tool: state.tool }, client);
}

function listItemCalls(
  mapping: CallMapping,
  item: ListedItem,
  client: ClientFacts,
): readonly PartialCall[] | undefined {
  try {
    return mapping.itemCalls(item, client);
  } catch (error) {
    if (error instanceof MappingError) return undefined;
    throw error;
  }
}

/** Calls with the same facts are evaluated together. */
function listPossibilities(
  calls: readonly PartialCall[],
  session: EngineSession,
): ReadonlyMap<PartialCall, boolean> {
  const groups = new Map<string, PartialCall[]>();
  for (const call of calls) {
    const key = JSON.stringify(call.facts);
    groups.set(key, [...(groups.get(key) ?? []), call]);
  }
  const possible = new Map<PartialCall, boolean>();
  for (const group of groups.values()) {
    const parts = group.map((call) => call.parts);
    const answers = session.could(parts, group[0]?.facts);
    for (const [index, call] of group.entries()) possible.set(call, answers[index] === true);
  }
  return possible;
}
