// The kinds of identity with a template, in the order in which `nhipol init` offers them.

export const titles = {
  'ai-agent': 'an AI agent that calls tools on behalf of a person',
  'ci-job': 'a CI job that deploys',
  workload: 'a workload or service that calls others',
  'api-key': 'an API key of a client',
  'service-account': 'a service account that runs unattended',
  'admin-bot': 'a bot with administrative rights',
  'break-glass': 'a bot with emergency rights',
} as const;

export type TemplateKind = keyof typeof titles;

export const kinds = Object.keys(titles) as readonly TemplateKind[];
