// The service over gRPC: takes a decision point and listens. It checks requests of Envoy and of agentgateway, and reports
// its health.

import {
  logVerbosity,
  Metadata,
  Server,
  type ServerUnaryCall,
  type sendUnaryData,
  setLogVerbosity,
  status,
} from '@grpc/grpc-js';
import type { TlsFiles, TlsSecrets } from '../http/tls-files.ts';
import { TooManyRequests } from '../pdp/problem.ts';
import { explainUnready } from '../pdp/readiness.ts';
import { formatErrorMessage } from '../support/message-of.ts';
import { ArrivingMessages } from './arriving-messages.ts';
import type { CheckRequest } from './attributes.ts';
import type { ProxyCall } from './callers.ts';
import type { CheckOptions } from './decide.ts';
import { checkRequest } from './ext-authz.ts';
import { checkMcpRequest, checkMcpResponse, type McpRequest, type McpResponse } from './ext-mcp.ts';
import { Health } from './health.ts';
import type { GrpcMapping } from './mapping.ts';
import { MessageBudget, type MessageLimits } from './message-budget.ts';
import { authorizationService, extMcpService, healthService } from './services.ts';
import { createListenerCredentials } from './tls.ts';

export interface GrpcOptions extends CheckOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly tls?: TlsFiles | undefined;
  /** The longest message, in bytes. */
  readonly maxMessageBytes?: number;
  /** The bytes of messages that have begun to arrive and not ended. */
  readonly waitingMessages?: MessageLimits;
  /** How long a message may take to arrive, in milliseconds. */
  readonly messageTimeout?: number;
}

export interface GrpcService {
  readonly address: string;
  readonly port: number;
  /** Uses another certificate for connections that begin from now on. With other authorities, all connections are ended. */
  readonly replaceTls: (secrets: TlsSecrets) => void;
  /** Maps calls that arrive from now on by another mapping. */
  readonly replaceMapping: (mapping: GrpcMapping) => void;
  /** Reports that it is not serving at once, and ends after the calls that run. */
  readonly close: (drain?: number) => Promise<void>;
}

const defaultMaxMessageBytes = 1_048_576;
const defaultMessageTimeout = 10_000;
/** How many calls one connection may have at once. */
const maxConcurrentCalls = 1_000;
/** How often an idle connection is probed, in milliseconds. */
const keepAlive = 60_000;
/** How long calls may still run when the service ends, in milliseconds. */
const maxEnding = 5_000;

/** Rejects if the address cannot be used, and throws if the certificate cannot. */
export async function listenGrpc(options: GrpcOptions): Promise<GrpcService> {
  const { point, host, tls, maxMessageBytes = defaultMaxMessageBytes } = options;
  let isDraining = false;
  // A call that was begun uses one mapping to its end.
  let current: CheckOptions = options;
  // The library writes errors to the console, which it also reports to its callers.
  setLogVerbosity(logVerbosity.NONE);
  const { credentials, replace } = createListenerCredentials(tls);
  const arriving = new ArrivingMessages(
    new MessageBudget(options.waitingMessages),
    options.messageTimeout ?? defaultMessageTimeout,
  );
  const server = new Server({
    interceptors: [arriving.interceptor],
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_concurrent_streams': maxConcurrentCalls,
    'grpc.keepalive_time_ms': keepAlive,
    // Statistics of calls that nothing reads: the service has metrics.
    'grpc.enable_channelz': 0,
  });
  const health = new Health(() => !isDraining && explainUnready(point) === undefined);
  server.addService(healthService, health.handlers);
  server.addService(authorizationService, {
    Check: createUnary(options, (request: CheckRequest, call) =>
      checkRequest(request, call, current),
    ),
  });
  server.addService(extMcpService, {
    CheckRequest: createUnary(options, (request: McpRequest, call) =>
      checkMcpRequest(request, call, current),
    ),
    CheckResponse: createUnary(options, (response: McpResponse, call) =>
      checkMcpResponse(response, call, current),
    ),
  });
  const name = host.includes(':') ? `[${host}]` : host;
  let port: number;
  try {
    port = await bound(server, `${name}:${options.port}`, credentials);
  } catch (error) {
    health.end();
    arriving.close();
    throw error;
  }
  return {
    address: `${name}:${port}`,
    port,
    replaceTls: (secrets) => {
      if (replace(secrets)) server.drain(`${name}:${port}`, 0);
    },
    replaceMapping: (mapping) => {
      current = { ...options, mapping };
    },
    close: async (drain = 0) => {
      isDraining = true;
      health.update();
      if (drain > 0) await new Promise((resolve) => setTimeout(resolve, drain));
      health.end();
      arriving.close();
      await awaitEnd(server);
    },
  };
}

function createUnary<Request, Response>(
  { onWarning }: CheckOptions,
  answer: (request: Request, call: ProxyCall) => Promise<Response>,
) {
  return (call: ServerUnaryCall<Request, Response>, reply: sendUnaryData<Response>): void => {
    answer(call.request, call).then(
      (response) => reply(null, response),
      (error) => {
        if (error instanceof TooManyRequests) {
          const { message: details, retryAfter } = error;
          const metadata = new Metadata();
          metadata.set('retry-after', `${retryAfter}`);
          reply({ code: status.RESOURCE_EXHAUSTED, details, metadata });
          return;
        }
        onWarning(`a call failed: ${formatErrorMessage(error)}`);
        reply({ code: status.INTERNAL, details: 'the service failed' });
      },
    );
  };
}

function bound(
  server: Server,
  address: string,
  credentials: Parameters<Server['bindAsync']>[1],
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, port) => {
      if (error === null) resolve(port);
      else reject(new Error(/errors: \[(.*)\]$/.exec(error.message)?.[1] ?? error.message));
    });
  });
}

/** Connections that are not of gRPC may stay a few seconds longer. */
function awaitEnd(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      server.forceShutdown();
      resolve();
    }, maxEnding);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
