// Runs long work in slices, so that the requests of an editor are answered in between.

import { type CancellationToken, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import { pause } from '../pause.ts';

/** For how long messages wait at most, in milliseconds, unless one step takes longer. */
const sliceLength = 12;

export interface Slicing {
  readonly cancelled: Pick<CancellationToken, 'isCancellationRequested'>;
  /** Whether what the work reads is still current. */
  readonly isCurrent: () => boolean;
  /** Receives the share that is done, from 0 to 1. */
  readonly progress?: (share: number) => void;
}

/** Runs steps until they are done. Throws a `ResponseError` if the client cancels or the policy changes. */
export async function runInSlices<Result>(
  steps: Iterator<number, Result>,
  { cancelled, isCurrent, progress }: Slicing,
): Promise<Result> {
  for (let end = performance.now() + sliceLength; ; ) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() < end) continue;
    progress?.(value);
    await pause();
    if (cancelled.isCancellationRequested)
      throw new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled');
    if (!isCurrent())
      throw new ResponseError(LSPErrorCodes.ContentModified, 'the policy has changed');
    end = performance.now() + sliceLength;
  }
}
