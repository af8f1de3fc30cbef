// Messages of a server that contain no text for the agent, as the client gets them: without the members that nobody needs, because
// a text in one of them would count for nothing. A message that has only the others passes byte for byte.

import { isMembers, type Members } from '../../json/members.ts';
import type {
  MessageId,
  NotificationMessage,
  RequestMessage,
  ResponseMessage,
} from '../protocol/message.ts';

/** Since 2026-07-28: the id of the request `subscriptions/listen` to which a notification belongs. */
const subscriptionKey = 'io.modelcontextprotocol/subscriptionId';

/** The id of the subscription that a message names, or `undefined` if it names none. */
export function readSubscription({ _meta }: Members): unknown {
  return isMembers(_meta) ? _meta[subscriptionKey] : undefined;
}

/** Whether an id is more than a name, so that it can be a text for the agent. */
export function isTextual(id: MessageId): boolean {
  return typeof id === 'string' && !/^[\w.:-]{0,64}$/.test(id);
}

/** The notification without text, or `undefined` if it has none. */
export function removeNotificationText({
  method,
  params,
}: NotificationMessage): string | undefined {
  const { requestId } = params;
  const subscription = readSubscription(params);
  const kept = {
    ...(method === 'notifications/cancelled' ? { requestId } : {}),
    ...(subscription === undefined ? {} : { _meta: { [subscriptionKey]: subscription } }),
  };
  if (isSame(params, kept)) return undefined;
  return JSON.stringify({ jsonrpc: '2.0', method, params: kept });
}

/** The request without parameters, or `undefined` if it has none. */
export function removeRequestText({ id, method, params }: RequestMessage): string | undefined {
  return isSame(params, {}) ? undefined : JSON.stringify({ jsonrpc: '2.0', id, method });
}

/** The result without members, or `undefined` if it has none. */
export function removeResultText({ id, result }: ResponseMessage): string | undefined {
  if (result === undefined) return undefined;
  const kept = result.resultType === 'complete' ? { resultType: 'complete' } : {};
  return isSame(result, kept) ? undefined : JSON.stringify({ jsonrpc: '2.0', id, result: kept });
}

function isSame(members: Members, kept: Members): boolean {
  return JSON.stringify(members) === JSON.stringify(kept);
}
