// The time that sessions use. Tests and simulations provide their own.

export interface Clock {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Calls once, at that instant or soon after; returns a function that cancels it. */
  readonly at: (instant: number, call: () => void) => () => void;
}

/** The maximum delay of a timer, in milliseconds: 2^31 - 1. */
const maxDelay = 2_147_483_647;

/** The clock of the host. It does not keep a process alive. */
export const hostClock: Clock = {
  now: () => Date.now(),
  at: (instant, call) => {
    let timer: ReturnType<typeof setTimeout>;
    const wait = (): void => {
      const left = instant - Date.now();
      timer =
        left <= 0
          ? setTimeout(call, 0)
          : setTimeout(left > maxDelay ? wait : call, Math.min(left, maxDelay));
      unref(timer);
    };
    wait();
    return () => clearTimeout(timer);
  },
};

/** In Node, timers are objects, and a process need not wait for them. */
function unref(timer: unknown): void {
  if (typeof timer !== 'object' || timer === null || !('unref' in timer)) return;
  const { unref } = timer;
  if (typeof unref === 'function') unref.call(timer);
}
