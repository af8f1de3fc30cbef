// The instant of evaluation: takes a caller's options and returns the number and the clock for the module, or
// undefined for an invalid instant.

import { clock } from '../contract/index.ts';

export interface DecideOptions {
  /**
   * The instant of evaluation; default: the host's clock. In milliseconds since the epoch, without fractions;
   * `request`: the request's own `context.time`.
   */
  readonly now?: number | bigint | Date | 'request' | undefined;
  /** `request`: the request's own time is used, and `now` only if it has none. */
  readonly clock?: 'host' | 'request' | undefined;
}

export interface ModuleInstant {
  /** NaN: none. */
  readonly now: number;
  readonly clock: number;
}

/** The maximum distance of an instant from the epoch, in milliseconds (ECMA-262, §21.4.1). */
const maxDistance = 8.64e15;

export function convertModuleInstant(
  options: DecideOptions | undefined,
): ModuleInstant | undefined {
  const now: unknown = options?.now;
  const by: unknown = options?.clock;
  if (by !== undefined && by !== 'host' && by !== 'request') return undefined;
  if (now === 'request' || (now === undefined && by === 'request')) {
    return { now: Number.NaN, clock: clock.request };
  }
  const instant = now === undefined ? Date.now() : convertMilliseconds(now);
  if (instant === undefined) return undefined;
  return { now: instant, clock: by === 'request' ? clock.request : clock.host };
}

export function convertMilliseconds(now: unknown): number | undefined {
  const instant = Math.trunc(toMilliseconds(now));
  return Math.abs(instant) <= maxDistance ? instant : undefined;
}

function toMilliseconds(now: unknown): number {
  if (typeof now === 'number') return now;
  if (typeof now === 'bigint') return Number(now);
  return now instanceof Date ? Date.prototype.getTime.call(now) : Number.NaN;
}
