import type { AttackRows } from './row.ts';

export const signalsAttacks = {
  'signals-push-private': {
    attack:
      'A receiver has events pushed to a loopback, private, link-local, mapped or translated address, however it is spelled',
    result: 'the stream is refused with 400, unless `allow_addresses` has the address',
  },
  'signals-push-rebinding': {
    attack:
      'The name of a push endpoint resolves to a public address first, and to this machine later',
    result: 'no connection is made: the address that is connected to is checked; the event waits',
  },
  'signals-push-redirect': {
    attack: 'A push endpoint redirects to a server of the internal network',
    result: 'the redirect is not followed; the event waits',
  },
  'signals-discovered-private': {
    attack:
      'The metadata of a transmitter name keys or endpoints on a server of the internal network',
    result: 'no request is sent to it, and no token of the transmitter is accepted',
  },
  'signals-terminal-text': {
    attack:
      'A receiver refuses an event with terminal commands, line breaks and bidirectional controls in its error',
    result: '`nhipol signals` shows them as `\\u{…}`, on one line',
  },
} as const satisfies AttackRows;
