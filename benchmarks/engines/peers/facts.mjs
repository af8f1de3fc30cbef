// What some peers can't compute and so are given beside the request. Computing it is timed along with
// their decision.

import { addressNumber } from '../../workloads/addresses.mjs';
import { wallClock } from '../../workloads/p2.mjs';

/** @typedef {import('../engine.mjs').Workload} Workload */
/** @typedef {import('../../workloads/p3/kind.mjs').ScaledRequest} Request */

/**
 * The request, with the weekday and the second of the day (UTC) and its address as a number, as far as
 * the workload's policy needs them.
 *
 * @param {Workload} workload
 * @returns {(request: Request) => Readonly<Record<string, any>>}
 */
export function withFacts({ case: { name, kind } }) {
  if (name === 'p2') {
    return ({ subject, action, resource, context }) => {
      const { weekday, second } = wallClock(context.time);
      return {
        subject,
        action,
        resource,
        context,
        weekday,
        second,
        address: addressNumber(context.ip),
      };
    };
  }
  if (kind === 'cidr') {
    return ({ subject, action, resource, context }) => ({
      subject,
      action,
      resource,
      context,
      address: addressNumber(subject.properties.address ?? ''),
    });
  }
  return (request) => request;
}

/** Tries one condition after the other. @param {readonly ((facts: any) => unknown)[]} conditions */
export function someOf(conditions) {
  return (/** @type {any} */ facts) => {
    for (let at = 0; at < conditions.length; at += 1) {
      if (conditions[at]?.(facts) === true) return true;
    }
    return false;
  };
}

/** For peers without globs: `*` within a segment, `**` at the end. @param {string} glob */
export function regexOf(glob) {
  return `^${glob.replace(/\*\*$/, '.+').replace('/*', '/[^/]+')}$`;
}
