// The items of a list that could be used: tools that could be permitted for some arguments, resources that could be read,
// prompts that could be used.

import type { Facts } from '../engine/call.ts';
import type { EngineSession } from '../engine/engine-session.ts';
import { isMembers, type Members } from '../json/members.ts';
import { listedItems, methodAction } from './methods.ts';
import type { RelayOptions } from './relay-options.ts';
import { toolAction } from './tool-action.ts';

export function usableItems(
  list: keyof typeof listedItems,
  items: readonly unknown[],
  options: RelayOptions,
  session: EngineSession,
  facts: Facts,
): readonly unknown[] {
  const calls = items.map((item) => callOf(list, item, options));
  const known = calls.filter((call) => call !== undefined);
  const possible = new Map(session.could(known, facts).map((each, index) => [known[index], each]));
  return items.filter((_, index) => possible.get(calls[index]));
}

/** The use of an item; undefined: it cannot be used. */
function callOf(
  list: keyof typeof listedItems,
  item: unknown,
  { inventory, server, resource }: RelayOptions,
): Members | undefined {
  const { method, key } = listedItems[list];
  const value = isMembers(item) ? item[key] : undefined;
  if (typeof value !== 'string') return undefined;
  if (list !== 'tools') return { action: methodAction(method, { [key]: value }), resource };
  const state = inventory.find(value);
  if (state.kind !== 'known') return undefined;
  const properties = { annotations: state.tool.annotations };
  return { action: { name: toolAction(server, value), properties }, resource };
}
