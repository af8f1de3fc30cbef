// Signs security events and pushes them to a receiver (RFC 8935).

import { randomUUID } from 'node:crypto';
import { UsageError } from '../../io/exit-codes.ts';
import { readInputText } from '../../io/files.ts';

export interface SenderOptions {
  /** The path of a private key in PEM. */
  readonly key: string;
  readonly issuer: string;
  readonly audience: string;
  readonly to: string;
  readonly authorization?: string;
}

interface EventToSend {
  /** The URI or short name. */
  readonly type: string;
  readonly subject: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly txn: string | undefined;
}

export interface EventSender {
  readonly sign: (event: EventToSend) => Promise<string>;
  /** Resolves with what the receiver answered: `undefined` if it accepted the token. Rejects with a `UsageError`. */
  readonly push: (token: string) => Promise<string | undefined>;
}

/** Rejects with a `UsageError` if the key cannot be used. */
export async function openSender({
  key,
  issuer,
  audience,
  to,
  authorization,
}: SenderOptions): Promise<EventSender> {
  const { anyDestination, callJson, formatEventUri, setContentType, setSigner } = await import(
    '@nhipol/service'
  );
  if (!URL.canParse(to)) throw new UsageError(`--to ${to}: expected a URL`);
  const url = new URL(to);
  const pem = await readInputText(key);
  const signer = await setSigner(() => issuer, [pem]).catch((error: Error) => {
    throw new UsageError(`${key}: ${error.message}`);
  });
  return {
    sign: ({ type, ...event }) =>
      signer.sign({
        ...event,
        type: formatEventUri(type),
        jti: randomUUID(),
        audience,
        issuedAt: Date.now(),
      }),
    push: async (token) => {
      const reply = await callJson({
        method: 'POST',
        url,
        authorization,
        body: token,
        contentType: setContentType,
        destinations: anyDestination,
      }).catch((error: Error) => {
        throw new UsageError(`cannot push to ${to}: ${error.message}`);
      });
      return reply.status === 202 ? undefined : describeRefusal(reply);
    },
  };
}

function describeRefusal({
  status,
  body,
}: {
  readonly status: number;
  readonly body: unknown;
}): string {
  const { err, description, detail } = (body ?? {}) as Readonly<Record<string, unknown>>;
  const why = err === undefined ? detail : `${err}: ${description}`;
  return why === undefined ? `the receiver answered ${status}` : `${status}: ${why}`;
}
