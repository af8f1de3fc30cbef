// The time that sessions live by. Tests and simulations hand in one of their own.

export interface Clock {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Calls once, at that instant or soon after; gives what calls it off. */
  readonly at: (instant: number, call: () => void) => () => void;
}

/** What timers wait at most, in milliseconds: 2^31 - 1. */
const longestWait = 2_147_483_647;

/** The host's own. It keeps no process alive. */
export const hostClock: Clock = {
  now: () => Date.now(),
  at: (instant, call) => {
    let timer: ReturnType<typeof setTimeout>;
    const wait = (): void => {
      const left = instant - Date.now();
      timer =
        left <= 0
          ? setTimeout(call, 0)
          : setTimeout(left > longestWait ? wait : call, Math.min(left, longestWait));
      keepNobodyAwake(timer);
    };
    wait();
    return () => clearTimeout(timer);
  },
};

/** Where timers are objects, as in Node, a process need not wait for them. */
function keepNobodyAwake(timer: unknown): void {
  if (typeof timer !== 'object' || timer === null || !('unref' in timer)) return;
  const { unref } = timer;
  if (typeof unref === 'function') unref.call(timer);
}
