// NIST Cybersecurity Framework 2.0: all of PR.AA; of PR.DS, PR.PS, PR.IR, DE.CM, DE.AE and RS.MI the
// subcategories that runtime authorization can bear on. `PR.AA-05` is also read where it is written
// `PR.AA-5`.

import type { Framework } from './framework.ts';

export const nistCsf: Framework = {
  id: 'nist-csf',
  title: 'NIST Cybersecurity Framework',
  description:
    'Outcomes of cybersecurity: all of PR.AA, and of other categories those that runtime authorization can bear on.',
  version: '2.0',
  source: 'https://doi.org/10.6028/NIST.CSWP.29',
  spellings: [{ pattern: /^((?:PR|DE|RS)\.[A-Z]{2})-([1-9])$/, canonical: '$1-0$2' }],
  controls: [
    {
      id: 'PR.AA-01',
      title: 'Identities and credentials are managed',
      description:
        'Identities and credentials for authorized users, services, and hardware are managed by the organization.',
    },
    {
      id: 'PR.AA-02',
      title: 'Identities are proofed and bound',
      description:
        'Identities are proofed and bound to credentials based on the context of interactions.',
    },
    {
      id: 'PR.AA-03',
      title: 'Users, services and hardware are authenticated',
      description: 'Users, services, and hardware are authenticated.',
    },
    {
      id: 'PR.AA-04',
      title: 'Identity assertions are protected',
      description: 'Identity assertions are protected, conveyed, and verified.',
    },
    {
      id: 'PR.AA-05',
      title: 'Access follows a policy and least privilege',
      description:
        'Access permissions, entitlements, and authorizations are defined in a policy, managed, enforced, and reviewed, and incorporate the principles of least privilege and separation of duties.',
    },
    {
      id: 'PR.AA-06',
      title: 'Physical access is managed',
      description:
        'Physical access to assets is managed, monitored, and enforced commensurate with risk.',
    },
    {
      id: 'PR.DS-01',
      title: 'Data at rest is protected',
      description:
        'The confidentiality, integrity, and availability of data-at-rest are protected.',
    },
    {
      id: 'PR.DS-02',
      title: 'Data in transit is protected',
      description:
        'The confidentiality, integrity, and availability of data-in-transit are protected.',
    },
    {
      id: 'PR.DS-10',
      title: 'Data in use is protected',
      description: 'The confidentiality, integrity, and availability of data-in-use are protected.',
    },
    {
      id: 'PR.PS-04',
      title: 'Log records are made available',
      description: 'Log records are generated and made available for continuous monitoring.',
    },
    {
      id: 'PR.PS-05',
      title: 'Unauthorized software is prevented',
      description: 'Installation and execution of unauthorized software are prevented.',
    },
    {
      id: 'PR.IR-01',
      title: 'Networks and environments are protected',
      description:
        'Networks and environments are protected from unauthorized logical access and usage.',
    },
    {
      id: 'DE.CM-01',
      title: 'Networks are monitored',
      description:
        'Networks and network services are monitored to find potentially adverse events.',
    },
    {
      id: 'DE.CM-03',
      title: 'Activity and usage are monitored',
      description:
        'Personnel activity and technology usage are monitored to find potentially adverse events.',
    },
    {
      id: 'DE.CM-06',
      title: 'External service providers are monitored',
      description:
        'External service provider activities and services are monitored to find potentially adverse events.',
    },
    {
      id: 'DE.CM-09',
      title: 'Hardware, software and runtimes are monitored',
      description:
        'Computing hardware and software, runtime environments, and their data are monitored to find potentially adverse events.',
    },
    {
      id: 'DE.AE-02',
      title: 'Adverse events are analyzed',
      description:
        'Potentially adverse events are analyzed to better understand associated activities.',
    },
    {
      id: 'DE.AE-03',
      title: 'Information is correlated',
      description: 'Information is correlated from multiple sources.',
    },
    {
      id: 'DE.AE-06',
      title: 'Information on adverse events is shared',
      description: 'Information on adverse events is provided to authorized staff and tools.',
    },
    {
      id: 'DE.AE-07',
      title: 'Threat intelligence and context are integrated',
      description:
        'Cyber threat intelligence and other contextual information are integrated into the analysis.',
    },
    {
      id: 'RS.MI-01',
      title: 'Incidents are contained',
      description: 'Incidents are contained.',
    },
    {
      id: 'RS.MI-02',
      title: 'Incidents are eradicated',
      description: 'Incidents are eradicated.',
    },
  ],
};
