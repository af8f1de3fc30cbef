// OWASP Non-Human Identities Top 10. `NHI5:2025` is also read where it is written `NHI5`.

import type { Framework } from './framework.ts';

export const owaspNhi: Framework = {
  id: 'owasp-nhi',
  title: 'OWASP Non-Human Identities Top 10',
  description: 'The ten most pressing risks of service accounts, keys, tokens and workloads.',
  version: '2025',
  source: 'https://owasp.org/www-project-non-human-identities-top-10/2025/',
  spellings: [{ pattern: /^(NHI(?:[1-9]|10))$/, canonical: '$1:2025' }],
  controls: [
    {
      id: 'NHI1:2025',
      title: 'Improper Offboarding',
      description: 'An identity that is no longer needed still works.',
    },
    {
      id: 'NHI2:2025',
      title: 'Secret Leakage',
      description: 'A credential is known to someone who should not know it.',
    },
    {
      id: 'NHI3:2025',
      title: 'Vulnerable Third-Party NHI',
      description: 'An identity in the hands of a third party is misused through it.',
    },
    {
      id: 'NHI4:2025',
      title: 'Insecure Authentication',
      description: 'An identity proves itself in a way that is weak or can be copied.',
    },
    {
      id: 'NHI5:2025',
      title: 'Overprivileged NHI',
      description: 'An identity may do more than its task needs.',
    },
    {
      id: 'NHI6:2025',
      title: 'Insecure Cloud Deployment Configurations',
      description: 'A pipeline reaches the cloud through trust that is too wide.',
    },
    {
      id: 'NHI7:2025',
      title: 'Long-Lived Secrets',
      description: 'A credential stays valid far longer than it is needed.',
    },
    {
      id: 'NHI8:2025',
      title: 'Environment Isolation',
      description: 'One identity works in test and in production alike.',
    },
    {
      id: 'NHI9:2025',
      title: 'NHI Reuse',
      description: 'Several applications share one identity.',
    },
    {
      id: 'NHI10:2025',
      title: 'Human Use of NHI',
      description: 'A person acts under the identity of a machine.',
    },
  ],
};
