// Facts that some peers cannot compute and therefore get in addition to the request. Their computation is
// timed together with the decision.

import { addressNumber } from '../../workloads/addresses.mjs';
import { wallClock } from '../../workloads/p2.mjs';

/** @typedef {import('../engine.mjs').Workload} Workload */
/** @typedef {import('../../workloads/p3/kind.mjs').ScaledRequest} Request */

/**
 * The request with the weekday and the second of the day (UTC) and its address as a number, if
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

/** Evaluates one condition after another. @param {readonly ((facts: any) => unknown)[]} conditions */
export function combineConditions(conditions) {
  return (/** @type {any} */ facts) => {
    for (let at = 0; at < conditions.length; at += 1) {
      if (conditions[at]?.(facts) === true) return true;
    }
    return false;
  };
}

/** A regular expression for peers without globs: `*` within a segment, `**` at the end. @param {string} glob */
export function toRegex(glob) {
  return `^${glob.replace(/\*\*$/, '.+').replace('/*', '/[^/]+')}$`;
}
