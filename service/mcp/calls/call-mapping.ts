// How messages become calls that a policy decides.

import type { Call, CallerFacts, Identity } from '../../engine/call.ts';
import type { Members } from '../../json/members.ts';
import type { ClientFacts } from '../client.ts';
import type { RequestMessage } from '../protocol/message.ts';
import {
  buildMethodAction,
  buildMethodCall,
  listedItems,
  type MethodSender,
} from '../protocol/methods.ts';
import type { KnownTool } from '../tools/inventory.ts';
import { buildToolCall, nameToolAction } from '../tools/tool-action.ts';

export type ListName = keyof typeof listedItems;

/** An item of a list: a tool, a resource or a prompt. */
export interface ListedItem {
  readonly list: ListName;
  /** Its name or its URI. */
  readonly key: string;
  readonly tool: KnownTool | undefined;
}

/** The part of a call that is known before it is made. */
export interface PartialCall {
  readonly parts: Members;
  readonly facts: CallerFacts;
}

/** All functions throw a `MappingError` if there is no such call: then nothing is permitted. */
export interface CallMapping {
  /** Whose session the calls of a client belong to. */
  readonly sessionOf: (client: ClientFacts) => Identity;
  /** Whether the policy decides a request that only starts, lists or ends something. */
  readonly decidesAll: boolean;
  /** The decisions that the call of a tool needs: each of them must permit it. */
  readonly toolCalls: (
    message: RequestMessage,
    tool: KnownTool,
    client: ClientFacts,
  ) => readonly Call[];
  readonly methodCall: (
    sender: MethodSender,
    method: string,
    params: Members,
    client: ClientFacts,
  ) => Call;
  /** The decisions that the use of an item needs. Those of which nothing is known are left out. */
  readonly itemCalls: (item: ListedItem, client: ClientFacts) => readonly PartialCall[];
}

/** Each tool is an action with typed arguments, and each other method one with its parameters. */
export function createTypedMapping(server: string): CallMapping {
  const resource = { type: 'mcp_server', id: server };
  return {
    sessionOf: ({ identity }) => identity,
    decidesAll: false,
    toolCalls: (message, tool, client) => [buildToolCall(message, tool, server, resource, client)],
    methodCall: (_, method, params, client) => buildMethodCall(method, params, resource, client),
    itemCalls: ({ list, key, tool }, facts) => {
      if (tool === undefined) {
        const { method, key: name } = listedItems[list];
        return [{ parts: { action: buildMethodAction(method, { [name]: key }), resource }, facts }];
      }
      const properties = { annotations: tool.annotations };
      return [
        { parts: { action: { name: nameToolAction(server, key), properties }, resource }, facts },
      ];
    },
  };
}
