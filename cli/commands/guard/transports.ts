// How a guard reaches its client and its server: on standard input and output with a process, or over HTTP.

import type { Guard, HttpGuardOptions, ServerProcess } from '@nhipol/service';
import { exitCode, UsageError } from '../../io/exit-codes.ts';
import type { UpstreamAddress } from './address.ts';
import { deriveServerName } from './servers/server-name.ts';

export interface GuardTransport {
  /** The name of a server that nobody named. */
  readonly serverName: string;
  /** Relays until client or server end, and returns the exit code. */
  readonly run: (guard: Guard) => Promise<number>;
  readonly stop: () => Promise<void>;
}

/** How clients over HTTP are identified. */
export type Identification = Pick<HttpGuardOptions, 'verifier' | 'isTokenForwarded'>;

export interface GuardTransportOptions {
  readonly env: readonly string[];
  readonly maxMessageBytes: number;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function createProcessTransport(
  command: string,
  args: readonly string[],
  { env, maxMessageBytes }: GuardTransportOptions,
  onWarning: (warning: string) => void,
): GuardTransport {
  let server: ServerProcess | undefined;
  const stop = async () => {
    await server?.stop();
  };
  return {
    serverName: deriveServerName(command, args),
    stop,
    run: async (guard) => {
      const { relayStdio, selectServerEnvironment, startServer } = await import('@nhipol/service');
      await guard.announce();
      const environment = selectServerEnvironment(process.env, env);
      server = startServer({ command, arguments: args, environment });
      const end = () => {
        guard.stopAll('the guard ends');
        void stop().then(() => process.exit(exitCode.fine));
      };
      for (const signal of signals) process.once(signal, end);
      const { stdin: input, stdout: output } = process;
      try {
        return await relayStdio(guard.connect(), {
          input,
          output,
          server,
          maxMessageBytes,
          onWarning,
        });
      } catch (error) {
        const { syscall, message } = error as NodeJS.ErrnoException;
        if (syscall?.startsWith('spawn')) {
          throw new UsageError(`cannot start ${command}: ${message}`);
        }
        throw error;
      } finally {
        for (const signal of signals) process.off(signal, end);
      }
    },
  };
}

export function createHttpTransport(
  { upstream, host, port, token }: UpstreamAddress,
  identification: Identification | undefined,
  { maxMessageBytes }: GuardTransportOptions,
  onWarning: (warning: string) => void,
): GuardTransport {
  return {
    serverName: upstream.hostname.replace(/[^A-Za-z0-9_.-]/g, '-'),
    stop: async () => {},
    run: async (guard) => {
      const { isLoopback, listenHttp } = await import('@nhipol/service');
      if (!isLoopback(host) && token === undefined && identification === undefined) {
        throw new UsageError(
          `--listen ${host}:${port}: other machines can connect, so clients need a token; see --token-env and --token-claims`,
        );
      }
      const address = { upstream, host, port, token };
      const options = { guard, ...address, ...identification, maxMessageBytes, onWarning };
      const listening = await listenHttp(options).catch((error: Error) => {
        throw new UsageError(`cannot listen on ${host}:${port}: ${error.message}`);
      });
      onWarning(`listening on ${listening.url} for ${upstream.href}`);
      await new Promise<void>((resolve) => {
        for (const signal of signals) process.once(signal, () => resolve());
      });
      await listening.close();
      return exitCode.fine;
    },
  };
}
