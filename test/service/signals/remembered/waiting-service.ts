// A service for tests of requests that wait: it remembers events about tenants, so that a request that gives a session a tenant
// waits for its turn as long as the test wants, and its access can be replaced meanwhile.

import { createHash } from 'node:crypto';
import { createAccess, createReplaceableAccess, formatEventUri, type Role } from '@nhipol/service';
import { type Harness, openHarness } from '../../decisions/service-harness.ts';
import { signalSettings } from '../signal-issuer.ts';
import { StoreGate } from './store-gate.ts';

export const waitingPolicy = `
policy test.waiting version "1.0.0"
use nhi.{ Approval }
use nhi.{ is_approved }
enum Level { LOW < MEDIUM < HIGH }
subject ai_agent {}
action read {}
action pay {}
resource file {}
context {
  time: Timestamp, risk?: Level, tenant?: String, zone?: String
  call_digest?: String, approvals?: List<Approval>
}
for ai_agent doing read on file {
  permit reads when context.risk is LOW
}
for ai_agent doing pay on file {
  permit pays otherwise
  deny risky when context.risk is not LOW
  challenge approval when not is_approved(context.approvals, context.call_digest)
}
`;
const type = formatEventUri('https://scanner.example/risk');
const settings = signalSettings({
  subjects: {
    user: { format: 'opaque', id: '$session.subject.id' },
    tenant: { format: 'opaque', id: '$session.context.?tenant' },
  },
  events: {
    [type]: { signal: null, facts: { context: { risk: '$event.?risk', zone: '$event.?zone' } } },
  },
});

const allRoles: readonly Role[] = ['evaluate', 'sessions', 'approve'];
const file = { type: 'file', id: 'f' };
export const read = { action: { name: 'read' }, resource: file };
/** The credentials of a caller. */
export const by = (id: string) => ({ 'x-api-key': id });
export const tenant = (id: string) => ({ format: 'complex', tenant: { format: 'opaque', id } });
export const user = (id: string) => ({ format: 'complex', user: { format: 'opaque', id } });

export class WaitingService {
  readonly gate: StoreGate;
  readonly harness: Harness;
  readonly #access: ReturnType<typeof createReplaceableAccess>;
  #count = 0;

  static async start(policy: Uint8Array): Promise<WaitingService> {
    const gate = new StoreGate();
    const access = createReplaceableAccess(createKeys(['ann', 'bob'], allRoles));
    const harness = await openHarness({
      policy,
      signals: settings,
      service: { access: access.access },
      wrapSignals: (store) => ({
        ...store,
        about: async (...given) => {
          await gate.pass();
          return store.about(...given);
        },
      }),
    });
    return new WaitingService(harness, gate, access);
  }

  private constructor(
    harness: Harness,
    gate: StoreGate,
    access: ReturnType<typeof createReplaceableAccess>,
  ) {
    [this.harness, this.gate, this.#access] = [harness, gate, access];
  }

  /** These callers may call from now on. */
  allow(ids: readonly string[], roles = allRoles): void {
    this.#access.replace(createKeys(ids, roles));
  }

  /** Receives an event that is newer than those before. */
  async receive(claims: object, subject: object): Promise<void> {
    this.#count += 1;
    const [issuer, jti] = ['https://idp.example', `${this.#count}`];
    const time = Date.now() - 60_000 + this.#count;
    const about = { claims: { ...claims }, subject: { ...subject } };
    const event = { issuer, jti, txn: undefined, type, time, ...about };
    await this.harness.signals?.receive('idp', { issuer, jti, events: [event] });
  }

  open(subject: string, context: object, id = 's', caller = 'ann') {
    const request = { id, subject: { type: 'ai_agent', id: subject }, context };
    return this.harness.post('/sessions', request, by(caller));
  }

  patch(part: object, caller = 'ann', id = 's') {
    const headers = { ...by(caller), 'content-type': 'application/merge-patch+json' };
    return this.harness.call('PATCH', `/sessions/${id}`, part, headers);
  }

  evaluate(subject: string, context: object, caller = 'ann', id = 's') {
    const request = { subject: { type: 'ai_agent', id: subject }, ...read, context };
    const headers = { ...by(caller), 'nhipol-session': id };
    return this.harness.post('/access/v1/evaluation', request, headers);
  }

  decide(name: string, context: object = {}, caller = 'ann', id = 's') {
    const query = { action: { name }, resource: file, context };
    return this.harness.post(`/sessions/${id}/decide`, query, by(caller));
  }

  approve(digest: string, caller: string, id = 's') {
    const expires_at = new Date(Date.now() + 60_000).toISOString();
    return this.harness.post(`/sessions/${id}/approvals`, { digest, expires_at }, by(caller));
  }

  close(id = 's', caller = 'ann') {
    return this.harness.call('DELETE', `/sessions/${id}`, undefined, by(caller));
  }

  async readFacts(id = 's') {
    const { body } = await this.harness.call('GET', `/sessions/${id}`, undefined, by('ann'));
    return body.facts;
  }

  async end(): Promise<void> {
    this.gate.open();
    await this.harness.close();
  }
}

function createKeys(ids: readonly string[], roles: readonly Role[]) {
  const keys = ids.map((id) => {
    const sha256 = createHash('sha256').update(id).digest('hex');
    return { id, sha256, roles, tenant: 'web' };
  });
  return createAccess({ keys });
}
