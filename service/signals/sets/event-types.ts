// The URIs of security events: those of CAEP 1.0, RISC 1.0 and SSF 1.0, and their short names.

const caep = 'https://schemas.openid.net/secevent/caep/event-type/';
const risc = 'https://schemas.openid.net/secevent/risc/event-type/';
const ssf = 'https://schemas.openid.net/secevent/ssf/event-type/';

const names = {
  [caep]: [
    'session-revoked',
    'token-claims-change',
    'credential-change',
    'assurance-level-change',
    'device-compliance-change',
    'session-established',
    'session-presented',
    'risk-level-change',
  ],
  [risc]: [
    'account-credential-change-required',
    'account-purged',
    'account-disabled',
    'account-enabled',
    'identifier-changed',
    'identifier-recycled',
    'credential-compromise',
    'opt-in',
    'opt-out-initiated',
    'opt-out-cancelled',
    'opt-out-effective',
    'recovery-activated',
    'recovery-information-changed',
    'sessions-revoked',
  ],
};

const uris: ReadonlyMap<string, string> = new Map(
  Object.entries(names).flatMap(([base, each]) =>
    each.map((name) => [name, `${base}${name}`] as const),
  ),
);

/** Events about a stream itself (SSF 1.0, section 8.1). */
export const streamEvents = {
  verification: `${ssf}verification`,
  streamUpdated: `${ssf}stream-updated`,
} as const;

/** The short names of the events of CAEP and RISC. */
export const eventNames: readonly string[] = [...uris.keys()];

/** The URI of an event by its short name; a name that is not known is a URI already. */
export function formatEventUri(name: string): string {
  return uris.get(name) ?? name;
}

/** The name of a signal for an event: the last part of its URI. */
export function parseEventName(uri: string): string {
  return uri.slice(Math.max(uri.lastIndexOf('/'), uri.lastIndexOf(':')) + 1);
}
