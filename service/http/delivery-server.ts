// Listens for events that others send to signals: pushed tokens and webhooks, and nothing else.

import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import type { Signals } from '../signals/signals.ts';
import { addAnswerHeaders } from './answer-headers.ts';
import { addErrors, replyToUnreadable } from './problem-reply.ts';
import { limitBodies } from './requests.ts';
import { addDeliveries } from './routes/signals.ts';
import { WaitingBodies } from './waiting-bodies.ts';

export interface DeliveryServerOptions {
  readonly signals: Signals;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly onWarning: (warning: string) => void;
}

export interface DeliveryServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** The longest body, in bytes. */
const maxBodyBytes = 1_048_576;
/** The bytes of all bodies that have not arrived completely. */
const maxWaitingBytes = 67_108_864;
const maxConnections = 1_000;
/** How long a sender has to send a request, in milliseconds. */
const requestTimeout = 10_000;

/** Rejects if the address cannot be used. */
export async function listenDeliveries(options: DeliveryServerOptions): Promise<DeliveryServer> {
  const { signals, host, port, onWarning } = options;
  const app = fastify({
    bodyLimit: maxBodyBytes,
    requestTimeout,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    frameworkErrors: replyToUnreadable,
  });
  app.server.maxConnections = maxConnections;
  app.server.headersTimeout = requestTimeout;
  addAnswerHeaders(app, () => false);
  addErrors(app, onWarning);
  const waiting = new WaitingBodies(maxWaitingBytes, onWarning);
  limitBodies(app, waiting);
  addDeliveries(app, signals);
  await app.listen({ host, port });
  const bound = (app.server.address() as AddressInfo).port;
  const name = host.includes(':') ? `[${host}]` : host;
  const close = async () => {
    waiting.end();
    await app.close();
  };
  return { url: `http://${name}:${bound}`, close };
}
