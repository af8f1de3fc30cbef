// Calls of the worker as hooks: the result of the latest arguments, after they have not changed for a moment.

import { useEffect, useState } from 'preact/hooks';

/** A keystroke is followed by others within this time, in milliseconds. */
const pause = 120;

/**
 * The latest result, until the next one arrives; undefined: there is none yet. `key` identifies the arguments. A failed
 * call is thrown while rendering, since only a bug makes it fail.
 */
export function useLatest<Result>(key: string, call: () => Promise<Result>): Result | undefined {
  const [result, setResult] = useState<Result>();
  const [failure, setFailure] = useState<Error>();
  // The key stands for everything that the call uses.
  useEffect(() => {
    let isLatest = true;
    const timer = setTimeout(() => {
      call().then(
        (found) => isLatest && setResult(found),
        (error) => isLatest && setFailure(error),
      );
    }, pause);
    return () => {
      isLatest = false;
      clearTimeout(timer);
    };
  }, [key]);
  if (failure !== undefined) throw failure;
  return result;
}
