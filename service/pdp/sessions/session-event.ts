// The events that those who listen to the sessions of a decision point get.

import type { SessionChange } from '@nhipol/runtime';

/**
 * The answer to a session changed, or a session was closed. `owner`: whose the session is, or `undefined` if it is
 * unknown.
 */
export type RequestedEvent = { readonly owner: string | undefined } & (
  | { readonly kind: 'changed'; readonly change: SessionChange }
  | { readonly kind: 'closed'; readonly id: string }
);

export type SessionListener = (event: RequestedEvent) => void;
