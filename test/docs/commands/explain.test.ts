// docs/explain.md shows the real output of an explanation.

import { readFileSync } from 'node:fs';
import { explain, renderExplanation } from '@nhipol/language';
import { expect, test } from 'vitest';
import { loadPolicy } from '../../scenarios/load-policy.ts';

const root = new URL('../../../', import.meta.url);

test('shows the real output of the explanation', () => {
  const folder = 'examples/support-agent';
  const { policy } = loadPolicy(`${folder}/policy.nhipol`);
  if (policy === undefined) throw new Error('no policy');
  const request = JSON.parse(
    readFileSync(new URL(`${folder}/fixtures/baseline.json`, root), 'utf8'),
  );
  request.context.risk.level = 'MEDIUM';
  request.action.properties.privilege = 'write';
  const bytes = new TextEncoder().encode(JSON.stringify(request));
  const text = renderExplanation(
    explain(policy, bytes, { now: undefined, precedence: 'request' }),
    policy.sources,
  );
  expect(readFileSync(new URL('docs/explain.md', root), 'utf8')).toContain(`\`\`\`\n${text}\`\`\``);
});
