// The plans of the suite and the variants in which each is run.

const scenarios = [
  {
    scenario: 'certification',
    plans: ['evaluation', 'evaluations', 'subject-search', 'resource-search', 'action-search'],
  },
  { scenario: 'todo', plans: ['interop-evaluation', 'interop-evaluations'] },
  {
    scenario: 'search',
    plans: ['interop-subject-search', 'interop-resource-search', 'interop-action-search'],
  },
];
const metadata = ['static', 'discovery'];
const support = ['core', 'properties'];

/**
 * `scenario` names the policy and the entities in test/service/authzen. `isRepaired`: the suite has the changes that the
 * page describes, without which it can authenticate itself only by an API key, and only with static metadata.
 */
export function planRuns(isRepaired) {
  const ways = isRepaired ? listRepairedVariants() : variants();
  return scenarios
    .filter(({ scenario }) => !isRepaired || scenario === 'certification')
    .flatMap(({ scenario, plans }) =>
      plans.flatMap((plan) =>
        ways
          .filter(({ pdp_auth_type, authzen_support }) => {
            const isOpenWithProperties = pdp_auth_type === 'none' && authzen_support !== 'core';
            // The events have no callers to authenticate and no core variant.
            return scenario === 'certification' || isOpenWithProperties;
          })
          .map((variant) => ({ plan: `authzen-pdp-${plan}-test-plan`, scenario, variant })),
      ),
    );
}

function variants() {
  return [...listVariants('none', metadata), ...listVariants('api_key', ['static'])];
}

function listRepairedVariants() {
  return ['api_key', 'client_secret_basic', 'mtls'].flatMap((each) => listVariants(each, metadata));
}

function listVariants(pdp_auth_type, ways) {
  return ways.flatMap((pdp_server_metadata) =>
    support.map((authzen_support) => ({ pdp_server_metadata, pdp_auth_type, authzen_support })),
  );
}
