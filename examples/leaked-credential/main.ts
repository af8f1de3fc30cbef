// `node dist/examples/leaked-credential/main.js`: an agent works at two services and behind a guard when its credential
// leaks. Prints who learned what, and when, and what the agent can do afterwards.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkPolicyFiles, compilePolicy } from '@nhipol/cli';
import { Agent } from './agent.ts';
import { startIdentityProvider } from './identity-provider.ts';
import { type Started, startDecisionPoint, startGuard } from './processes.ts';
import { Timeline } from './timeline.ts';
import { serviceNames, webServices } from './web-services.ts';

const exporter = { id: 'agent:exporter-3', team: 'billing' };
const auditor = { id: 'agent:auditor-1', team: 'billing' };
const subject = `ai_agent:${exporter.id}`;

// Changes from `dist/` to the root of the repository.
process.chdir(fileURLToPath(new URL('../../..', import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'leaked-credential-'));
const timeline = new Timeline();
const identityProvider = await startIdentityProvider(timeline);
const started: Started[] = [];
try {
  const { policy } = await checkPolicyFiles('examples/leaked-credential/policy.nhipol');
  if (policy === undefined) throw new Error('the policy has errors; run `nhipol check` on it');
  const module = writeContent(
    'policy.wasm',
    (await compilePolicy(policy, { possible: true })).wasm,
  );
  const facts = writeContent('facts.json', {
    subject: { properties: { team: exporter.team, lifecycle_state: 'active' } },
  });
  const [decisionPoint, guard] = await Promise.all([
    startDecisionPoint(createFiles('decision-point', module)),
    startGuard(createFiles('guard', module), { subject, facts }),
  ]);
  started.push(decisionPoint, guard);

  // Work begins: two handlers and a tool of the exporter, and another agent at a service.
  const services = webServices(decisionPoint.url, timeline);
  for (const agent of [exporter, auditor]) await services.open(agent);
  const own = serviceNames.map((name) => services.request(name, exporter));
  let isAuditorStopped = false;
  void services.request('invoices', auditor).finally(() => {
    isAuditorStopped = true;
  });
  const agent = new Agent(guard, timeline);
  const packed = agent.pack('/work/invoices');
  for (const name of serviceNames) {
    await timeline.until(`${name} service`, new RegExp(`of ${exporter.id} runs`));
  }
  await timeline.until('invoices service', new RegExp(`of ${auditor.id} runs`));
  guard.onPrinted(/access was revoked/, () => timeline.note('guard', 'stops the server'));

  timeline.begin();
  timeline.note('scanner', `reports that the credential of ${exporter.id} has leaked`);
  await identityProvider.credentialLeaked(exporter.id, [
    openReceiver('decision point', decisionPoint.url),
    openReceiver('guard', guard.url),
  ]);
  await Promise.all([...own, packed, timeline.until('guard', /stops/)]);
  for (const name of serviceNames) {
    const status = await services.request(name, exporter);
    timeline.note(`${name} service`, `answers ${exporter.id} with ${status}`);
  }
  await agent.pack('/work/reports');
  const state = isAuditorStopped ? 'was stopped, too' : 'still runs';
  timeline.note('invoices service', `invoices.export of ${auditor.id} ${state}`);
  console.log(timeline.toString());
  services.close();
} finally {
  for (const each of started) each.process.kill();
  identityProvider.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);

function openReceiver(name: string, url: string) {
  return {
    name,
    url: `${url}/signals/idp`,
    audience: `https://${name.replace(' ', '-')}.acme.example`,
  };
}

function createFiles(name: string, module: string) {
  const source = {
    name: 'idp',
    issuer: identityProvider.issuer,
    jwks: identityProvider.jwks,
    audience: openReceiver(name, '').audience,
    delivery: 'push',
    manage: false,
  };
  const signals = writeContent(`${name}.json`, { sources: [source] });
  return { module, signals, state: join(folder, `${name}.db`) };
}

function writeContent(name: string, content: object): string {
  const path = join(folder, name);
  writeFileSync(path, content instanceof Uint8Array ? content : JSON.stringify(content));
  return path;
}
