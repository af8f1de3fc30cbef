// The workspace of the tests in VS Code: the sample of the walkthrough in two files, so that the server must read one that is
// not open, and a request.

import { readFileSync } from 'node:fs';

const sample = readFileSync(
  new URL('../../../editors/vscode/walkthrough/sample.nhipol', import.meta.url),
  'utf8',
);
const shared = 'enum RiskLevel { LOW < MEDIUM < HIGH }\n';
const request = {
  subject: { type: 'ai_agent', id: 'a', properties: { risk: 'MEDIUM', scopes: ['search'] } },
  action: { name: 'tools/call', properties: { tool: 'search' } },
  resource: { type: 'tool', id: 'search' },
  context: { time: '2026-03-01T10:00:00Z' },
};

export const sampleWorkspace: Readonly<Record<string, string>> = {
  '/request.json': JSON.stringify(request, undefined, 2),
  '/policy.nhipol': sample.replace(shared, 'use { RiskLevel } from "shared/levels.nhipol"\n'),
  '/shared/levels.nhipol': shared,
};
