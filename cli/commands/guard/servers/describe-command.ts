// Starts a server for a moment, to list its tools.

import type { ServerDescription } from '@nhipol/service';
import { UsageError } from '../../../io/exit-codes.ts';

export async function describeCommand(
  command: string,
  args: readonly string[],
  env: readonly string[],
): Promise<ServerDescription> {
  const { describeServer, selectServerEnvironment, startServer } = await import('@nhipol/service');
  const environment = selectServerEnvironment(process.env, env);
  const server = startServer({ command, arguments: args, environment });
  try {
    return await describeServer(server);
  } catch (error) {
    throw new UsageError(`cannot list the tools of ${command}: ${(error as Error).message}`);
  } finally {
    server.input.end();
    await server.stop();
  }
}
