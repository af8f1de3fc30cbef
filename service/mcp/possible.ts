// Whether an item of a list could be used: a tool that could be permitted for some arguments, a resource that could be
// read, a prompt that could be used.

import type { EngineSession } from '../engine/engine-session.ts';
import { isMembers } from '../json/members.ts';
import { listedItems, methodAction } from './methods.ts';
import type { RelayOptions } from './relay-options.ts';
import { toolAction } from './tool-action.ts';

export function couldBeUsed(
  list: keyof typeof listedItems,
  item: unknown,
  options: RelayOptions,
  session: EngineSession,
): boolean {
  const { method, key } = listedItems[list];
  const value = isMembers(item) ? item[key] : undefined;
  if (typeof value !== 'string') return false;
  const { resource } = options;
  if (list !== 'tools') {
    return session.could({ action: methodAction(method, { [key]: value }), resource });
  }
  const state = options.inventory.find(value);
  if (state.kind !== 'known') return false;
  const properties = { annotations: state.tool.annotations };
  const action = { name: toolAction(options.server, value), properties };
  return session.could({ action, resource });
}
