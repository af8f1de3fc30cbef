import type { AttackRows } from './row.ts';

export const signalsAttacks = {
  'signals-empty-secret': {
    attack:
      'The file with the secret of a webhook, or with the header of pushes, contains only a line feed, and a stranger signs with the empty key or sends no header',
    result: 'the service refuses the settings: such a file does not contain a secret',
  },
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
  'signals-unfit-event': {
    attack:
      'An event about a leak has a payload that does not fit the declaration, or cannot be applied to a session at all',
    result:
      'the signal is recorded with an unknown payload; a session that cannot be changed is closed, also one that is opened or gets the subject later, and the others of the subject are changed',
  },
  'signals-late-subject': {
    attack:
      'A session gets the tenant or the owner of an earlier or later event by a decision, a change, or another event',
    result: 'the event changes the session before anything is permitted with this fact',
  },
  'signals-buried-leak': {
    attack:
      'After an event about a leak, hundreds of other events of the same type about the same identity arrive',
    result:
      'later sessions are changed by the leak, or cannot be opened because more events are remembered than one can be changed by',
  },
  'signals-large-streams': {
    attack:
      'A receiver adds long subjects to its streams, or creates streams that request long names of events, again and again',
    result: 'the request that would make all of its streams longer than 1 MiB is refused with 429',
  },
  'signals-hidden-fact': {
    attack:
      'An event about an identity is followed by many of the same type about other sessions of it, or without the member that counts',
    result:
      'a session that is opened later has the fact of the first one; a session that others are about has theirs',
  },
  'signals-unfit-fact': {
    attack:
      'An event that changes several facts has one that does not fit the policy, such as a leak without the type of the credential',
    result:
      'the others are changed, and that one is unknown; if a record of the event cannot be made at all, the session is closed',
  },
  'signals-subjects-at-restart': {
    attack:
      'A credential leaks, and its event names an identifier that `subjects` gets only with the next start, or at the node that takes a partition',
    result:
      'the event changes the sessions that are found by it then, before they are used, in a service, a guard and a cluster',
  },
  'signals-late-record': {
    attack:
      'An event arrives late that removes or replaces a record of which a newer event set a member, or the reverse',
    result:
      'the facts are those of the events in the order of their times, whatever the order of arrival',
  },
  'signals-late-former-subject': {
    attack:
      'A session gets another subject after an event about the former one, and an older event about the new one arrives late, also after a restart',
    result:
      'the fact stays that of the newer event; events about the former subject that came later do not count',
  },
  'signals-late-repeated': {
    attack:
      'After a session has got another subject, the newest event about the former one is repeated, also a hundred times; the service starts again or gets another version of the policy, and an older event about the new subject arrives late',
    result: 'the repetitions are not about the session, and the fact stays that of the newer event',
  },
  'signals-late-unread': {
    attack:
      'The events that have changed a session cannot be read after a restart, because there are too many or the store fails, and then an older one arrives late',
    result:
      'what they have changed is unknown until it was read: the session is closed, or the older event does not count',
  },
  'signals-waiting-change': {
    attack:
      'An event about the former subject of a session arrives while the change of the subject waits, and after a restart an older one about the new subject',
    result:
      'the first one is not about the session, and the older one changes it, as without the restart',
  },
  'signals-clock-set-back': {
    attack:
      'The clock of the service is set back after an event, a session gets another subject, and after a restart an older event about it arrives late',
    result:
      'the fact stays that of the newer event: the order of receipt is that of numbers in the store',
  },
  'signals-id-being-opened': {
    attack:
      'While a session is being opened, a caller opens others with the same id for another identity, again and again',
    result:
      'they are refused with 409 and change nothing; the session has the facts and events of its own subject only',
  },
  'signals-id-used-again': {
    attack:
      'While an event waits for what is known about a session, the session is closed, and its id is used for another identity',
    result:
      'the event does not change the new session, and nothing is remembered of the former one',
  },
  'signals-late-undeclared': {
    attack:
      'An event arrives before a version of the policy that declares its fact, and an older event arrives after the activation',
    result: 'the older one does not count',
  },
  'signals-same-instant': {
    attack:
      'An event that disables an account is followed by one of the same second that enables it: in the same token, or before the session is opened',
    result: 'both are evaluated, so that the session is revoked, and then the fact is unknown',
  },
  'signals-level-left-out': {
    attack:
      'An event about a risk or an assurance without a level follows an old level, or is followed by it',
    result: 'the level is as old as it was',
  },
  'signals-failing-expression': {
    attack:
      'The claim that a rule of `events` reads is missing, null or of another type, so that the expression for a fact fails',
    result: 'the fact is unknown, with a warning, and does not stay as it was',
  },
  'signals-removed-source': {
    attack:
      'A transmitter, its keys or the secret of a webhook are removed from the settings while the service runs, and it goes on sending',
    result: 'nothing of it is accepted a second or two later; what replaced it is',
  },
  'signals-removed-receiver': {
    attack:
      'The key of a receiver is removed while it polls a stream, and has another one pushed to it',
    result: 'the poll ends, and nothing is pushed; its events wait until it may receive again',
  },
  'signals-deep-webhook': {
    attack:
      'A sender of webhooks sends JSON that is nested so deeply that it cannot be stored, while events of others arrive',
    result:
      'Its webhooks get 400, and an event that cannot be written is refused alone; those of others are accepted',
  },
  'signals-event-flood': {
    attack:
      'Somebody causes 1,900 different findings about an identity, and a session of it is opened again and again',
    result:
      'other requests have their turn while the events are applied, nobody uses the session before all are, and the log grows by a few lines',
  },
  'signals-recalled-flood': {
    attack:
      'Hundreds of different findings about an identity with many sessions are remembered when another policy is activated, and one more arrives',
    result:
      'each finding is read once, all sessions are changed, and other requests have their turn after some milliseconds at most',
  },
  'signals-instant-flood': {
    attack:
      'Somebody causes thousands of findings about an identity that have the same time and contradict each other, so that each of them is compared with all others',
    result:
      'the work is as that for findings of different times; each is evaluated, and beyond 2,000 the fact is unknown',
  },
  'signals-secret-claims': {
    attack:
      'Somebody with the role `operate` follows `GET /signals` to see the secret members of an event',
    result:
      'the values have masks, as in the log; where a rule of the settings computes with claims, all of them have',
  },
} as const satisfies AttackRows;
