// Listens for gRPC, if an address is given.

import type {
  Access,
  ContextForm,
  DecisionPoint,
  Metrics,
  RateLimits,
  TlsFiles,
} from '@nhipol/service';
import type { GrpcMapping, GrpcService } from '@nhipol/service/grpc';
import { UsageError } from '../../io/exit-codes.ts';
import { parseListenAddress } from './address.ts';
import { openServiceAccess } from './open-access.ts';
import type { ModuleSource } from './versions/policy-source.ts';

export interface GrpcCommandOptions {
  readonly grpc?: string;
  readonly grpcMapping?: string;
  readonly grpcObligation: readonly string[];
  readonly grpcConstraint: readonly string[];
  readonly context: ContextForm;
  /** KiB. */
  readonly maxBody: number;
}

export interface GrpcParts {
  readonly point: DecisionPoint;
  /** The access of the file, or `undefined` if there is none. */
  readonly access: Access | undefined;
  readonly limits: RateLimits;
  readonly metrics: Metrics;
  readonly tls: TlsFiles | undefined;
  readonly source: Pick<ModuleSource, 'limits'>;
  readonly mappingText: string | undefined;
  readonly warn: (warning: string) => void;
}

/** Returns `undefined` if no address is given. */
export async function openGrpc(
  options: GrpcCommandOptions,
  { point, access: given, limits, metrics, tls, source, mappingText, warn }: GrpcParts,
): Promise<GrpcService | undefined> {
  if (options.grpc === undefined) {
    if (options.grpcMapping === undefined) return undefined;
    throw new UsageError('--grpc-mapping needs --grpc, an address');
  }
  const { limitAccess: limitedAccess } = await import('@nhipol/service');
  const { listenGrpc } = await import('@nhipol/service/grpc');
  const { host, port } = parseListenAddress('--grpc', options.grpc);
  const access = limitedAccess(
    given ?? (await openServiceAccess(undefined, host, '--grpc')),
    limits,
  );
  const mapping = await openMapping(options.grpcMapping, mappingText, warn);
  try {
    return await listenGrpc({
      point,
      access,
      mapping,
      host,
      port,
      tls,
      observer: metrics,
      onWarning: warn,
      obligations: new Set(options.grpcObligation),
      constraints: () =>
        new Set([...options.grpcConstraint, ...source.limits(point.policy.logged.digest)]),
      contextForm: options.context,
      maxMessageBytes: options.maxBody * 1_024,
    });
  } catch (error) {
    throw new UsageError(`cannot listen on ${options.grpc}: ${(error as Error).message}`);
  }
}

/** Reads a mapping, and warns of what a client can leave out. `text`: `undefined` for the mapping of AuthZEN. */
export async function openMapping(
  path = '--grpc-mapping',
  text: string | undefined,
  warn: (warning: string) => void,
): Promise<GrpcMapping> {
  const { MappingError, parseSettings, SettingsError } = await import('@nhipol/service');
  const { parseGrpcMapping } = await import('@nhipol/service/grpc');
  if (text === undefined) return parseGrpcMapping();
  try {
    const mapping = parseGrpcMapping(parseSettings(text));
    for (const optionalSession of mapping.optionalSessions) {
      warn(
        `${path}: ${optionalSession}: a client that leaves this out is decided without its session`,
      );
    }
    return mapping;
  } catch (error) {
    if (!(error instanceof MappingError) && !(error instanceof SettingsError)) throw error;
    throw new UsageError(`${path}: ${error.message}`);
  }
}
