// With declarations added, the policy in the README has no diagnostics.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkBlock } from '../support/pages/pages.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const declarations = `policy acme.readme

use nhi.{ Credential, Events, Principal, Risk, Session, Tool }
use nhi.{ is_expired }

subject ai_agent { credential?: Credential, on_behalf_of?: Principal }
action "tools/call" { tool?: Tool }
context { time: Timestamp, session?: Session, risk?: Risk fresh 5m, events?: Events }

table tool_scopes: String -> String { "search_tickets": "tickets.read" }
constraint max_rows: Int smallest wins
`;

test('the policy in the README has no diagnostics', () => {
  const [, rules = ''] = /^```nhipol-part\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  const text = `${declarations}\n${rules}`;
  const page = { text, blocks: [], files: new Map() };
  const policy = checkBlock(page, { language: 'nhipol', title: '', text, line: 1 });
  expect(policy.rules.length).toBe(6);
});
