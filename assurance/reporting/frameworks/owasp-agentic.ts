// OWASP Top 10 for Agentic Applications. `ASI02` is also read where it is written `ASI02:2026`.

import type { Framework } from './framework.ts';

export const owaspAgentic: Framework = {
  id: 'owasp-agentic',
  title: 'OWASP Top 10 for Agentic Applications',
  description: 'The ten most pressing risks of agents that plan and act by themselves.',
  version: '2026',
  source: 'https://genai.owasp.org/resource/owasp-top-10-for-agentic-applications-for-2026/',
  spellings: [{ pattern: /^(ASI(?:0[1-9]|10)):2026$/, canonical: '$1' }],
  controls: [
    {
      id: 'ASI01',
      title: 'Agent Goal Hijack',
      description: 'What an agent reads turns it to a goal that is not its own.',
    },
    {
      id: 'ASI02',
      title: 'Tool Misuse & Exploitation',
      description: 'An agent uses a tool, or its arguments, in a harmful way.',
    },
    {
      id: 'ASI03',
      title: 'Identity & Privilege Abuse',
      description: 'An agent acts with rights that were not delegated for this task.',
    },
    {
      id: 'ASI04',
      title: 'Agentic Supply Chain Vulnerabilities',
      description: 'A tool, model or component of an agent is not what it claims to be.',
    },
    {
      id: 'ASI05',
      title: 'Unexpected Code Execution (RCE)',
      description: 'An agent runs code or commands that nobody meant it to run.',
    },
    {
      id: 'ASI06',
      title: 'Memory & Context Poisoning',
      description: 'What an agent remembers was planted.',
    },
    {
      id: 'ASI07',
      title: 'Insecure Inter-Agent Communication',
      description: 'Messages between agents are forged, replayed or meant for another.',
    },
    {
      id: 'ASI08',
      title: 'Cascading Failures',
      description: 'One fault spreads through agents that act on each other.',
    },
    {
      id: 'ASI09',
      title: 'Human-Agent Trust Exploitation',
      description: 'A person approves what an agent should not have requested.',
    },
    {
      id: 'ASI10',
      title: 'Rogue Agents',
      description: 'An agent departs from its task and goes on acting.',
    },
  ],
};
