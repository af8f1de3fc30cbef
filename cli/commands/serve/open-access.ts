// Decides who may call a service: everybody on a loopback address, and beyond it the callers in a file.

import type { Access } from '@nhipol/service';
import { UsageError } from '../../io/exit-codes.ts';
import { readInputText } from '../../io/files.ts';

/**
 * Throws a `UsageError` without a file if the host can be reached from other machines. `publicUrl`: where callers reach the
 * service, with a proxy before it.
 */
export async function openServiceAccess(
  path: string | undefined,
  host: string,
  option: '--listen' | '--grpc',
  publicUrl?: string,
): Promise<Access> {
  const { createAccess: accessBy, isLoopback } = await import('@nhipol/service');
  if (path === undefined) {
    if (isLoopback(host)) return accessBy(undefined, parseHost(publicUrl));
    throw new UsageError(
      `${option} ${host} can be reached from other machines: name who may call with --access, or listen on 127.0.0.1`,
    );
  }
  return readAccessFile(path);
}

/** Throws a `UsageError` for a file that cannot be read or is not valid. */
export async function readAccessFile(path: string): Promise<Access> {
  const { SettingsError, createAccess: accessBy, readAccess } = await import('@nhipol/service');
  try {
    return accessBy(readAccess(await readInputText(path)));
  } catch (error) {
    if (error instanceof SettingsError) throw new UsageError(`${path}: ${error.message}`);
    throw error;
  }
}

function parseHost(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  if (!URL.canParse(url)) throw new UsageError(`--public-url ${url}: expected a URL`);
  return new URL(url).hostname;
}
