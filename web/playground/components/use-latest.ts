// Calls of the worker as hooks: the result of the latest arguments, after they have not changed for a moment.

import { createContext } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';

/** A keystroke is followed by others within this time, in milliseconds. */
const pause = 120;

/** Whether the components inside are visible; hidden ones call nothing. */
export const ShownContext = createContext(true);

/**
 * The latest result, until the next one arrives, or `undefined` if there is none yet. `key` identifies the
 * arguments. A failed call is thrown while rendering, since only a bug makes it fail.
 */
export function useLatest<Result>(key: string, call: () => Promise<Result>): Result | undefined {
  const isShown = useContext(ShownContext);
  const [result, setResult] = useState<Result>();
  const [failure, setFailure] = useState<Error>();
  /** The key of the result. */
  const resultKey = useRef<string | undefined>(undefined);
  // The key stands for everything that the call uses.
  useEffect(() => {
    if (!isShown || resultKey.current === key) return;
    let isLatest = true;
    const take = (found: Result) => {
      if (!isLatest) return;
      resultKey.current = key;
      setResult(found);
    };
    const timer = setTimeout(() => {
      call().then(take, (error) => isLatest && setFailure(error));
    }, pause);
    return () => {
      isLatest = false;
      clearTimeout(timer);
    };
  }, [key, isShown]);
  if (failure !== undefined) throw failure;
  return result;
}
