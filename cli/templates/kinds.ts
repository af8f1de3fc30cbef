// The kinds of identity that `nhipol init` has a template for, in the order in which they are offered.

export const titles = {
  'ai-agent': 'an AI agent that calls tools for a person',
  'ci-job': 'a CI job that deploys',
  workload: 'a workload or service that calls others',
  'api-key': 'an API key of a client',
  'service-account': 'a service account that runs on its own',
  'admin-bot': 'a bot with administrative rights',
  'break-glass': 'a bot for emergencies',
} as const;

export type Kind = keyof typeof titles;

export const kinds = Object.keys(titles) as readonly Kind[];
