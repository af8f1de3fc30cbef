// The failures that are faults of the suite, and why: each has been confirmed in its source.

const noClient =
  'the suite does not read `client` from its configuration, so it ends before it sends a request';

const faults = [
  {
    modules: ['authzen-pdp-evaluations-batch-with-default-value-merging'],
    reason:
      'the suite expects the properties of a default to be merged into the entity of an item; the certification scenario (c-3-2-7) requires that the entity of the item replaces the default, without merging',
  },
  {
    modules: ['authzen-pdp-evaluation-invalid-credentials-returns-401'],
    reason: noClient,
  },
];

/** `undefined` if the failure is not known, and so may be one of the service. */
export function findFault(module) {
  return faults.find(({ modules }) => modules.includes(module))?.reason;
}
