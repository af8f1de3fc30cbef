// Changes the state of the stream of a source at its transmitter, for operators.

import type { SourceSettings } from '../settings.ts';
import { createSourceDestinations } from './source-destinations.ts';
import { readMetadata, StreamClient } from './stream-client.ts';

export type StreamChange = 'pause' | 'resume' | 'delete';

export interface StreamChangeOptions {
  /** Where the transmitter pushes to, if the settings do not say. */
  readonly pushUrl: URL | undefined;
  /** For the transmitter. */
  readonly reason: string | undefined;
}

/** Returns the id of the stream, or `undefined` if there is none. Rejects if the transmitter does not do its part. */
export async function changeStream(
  settings: SourceSettings,
  change: StreamChange,
  { pushUrl, reason }: StreamChangeOptions,
): Promise<string | undefined> {
  const { issuer, authorization, delivery } = settings;
  const metadata = await readMetadata(issuer);
  const client = new StreamClient(metadata, authorization, createSourceDestinations(settings));
  const url = delivery === 'poll' ? undefined : (settings.pushUrl ?? pushUrl);
  const remoteStream = await client.find({
    events: [],
    pushUrl: url,
    pushAuthorization: undefined,
  });
  if (remoteStream === undefined) return undefined;
  if (change === 'delete') await client.delete(remoteStream.id);
  else await client.setStatus(remoteStream.id, change === 'pause' ? 'paused' : 'enabled', reason);
  return remoteStream.id;
}
