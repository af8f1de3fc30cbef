// NIST SP 800-207, section 2.1: the tenets of zero trust, which have numbers and no ids. One is written
// `SP800-207:T6`; `SP-800-207:T6` and `800-207:6` are read, too.

import type { Framework } from './framework.ts';

export const nist800207: Framework = {
  id: 'nist-800-207',
  title: 'NIST SP 800-207, tenets of zero trust',
  description: 'Section 2.1: what every zero trust architecture should hold to.',
  version: '2020',
  source: 'https://doi.org/10.6028/NIST.SP.800-207',
  spellings: [{ pattern: /^(?:SP-?)?800-207:T?([1-7])$/, canonical: 'SP800-207:T$1' }],
  controls: [
    {
      id: 'SP800-207:T1',
      title: 'Everything is a resource',
      description: 'All data sources and computing services are considered resources.',
    },
    {
      id: 'SP800-207:T2',
      title: 'All communication is secured',
      description: 'All communication is secured regardless of network location.',
    },
    {
      id: 'SP800-207:T3',
      title: 'Access is granted per session',
      description: 'Access to individual enterprise resources is granted on a per-session basis.',
    },
    {
      id: 'SP800-207:T4',
      title: 'Access is determined by dynamic policy',
      description:
        'Access to resources is determined by dynamic policy, including the observable state of client identity, application or service, and the requesting asset, and may include other behavioral and environmental attributes.',
    },
    {
      id: 'SP800-207:T5',
      title: 'The posture of assets is monitored',
      description:
        'The enterprise monitors and measures the integrity and security posture of all owned and associated assets.',
    },
    {
      id: 'SP800-207:T6',
      title: 'Authorization is dynamic',
      description:
        'All resource authentication and authorization are dynamic and strictly enforced before access is allowed.',
    },
    {
      id: 'SP800-207:T7',
      title: 'Information is collected',
      description:
        'The enterprise collects as much information as possible about the current state of assets, network infrastructure and communications and uses it to improve its security posture.',
    },
  ],
};
