// A service that listens, for tests of its clients, and policies for it.

import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { compile } from '@nhipol/compiler';
import {
  Activation,
  createMetrics,
  DecisionPoint,
  type DecisionPointOptions,
  listenService,
  openAccess,
  type Service,
  type ServiceOptions,
} from '@nhipol/service';
import { readPolicy } from '../../../assurance/testing/node/read-policy.ts';
import { assembleQuickly } from '../../support/modules/assembler.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { temporaryStore } from '../relay/relay-harness.ts';

/** Every effect, and what clients can change: facts, signals, approvals and time. */
const shopPolicy = `
policy test.shop version "1.0.0"

use nhi.{ Approval }
use nhi.{ is_approved }

subject agent { team?: String }
action read {}
action list {}
action pay { amount: Int(0..1000) }
action watch { until: Timestamp }
action order {}
resource account {}
resource shop {}
context {
  time: Timestamp
  risk_high: Bool = false
  risk_medium: Bool = false
  call_digest?: String
  approvals?: List<Approval>
}
signals { "session-revoked": { reason?: String } }

constraint max_rows: Int smallest wins
obligation notify: custom { to: String }
obligation ask: access_request { template: String, expires_in: Duration = 10m }
obligation step_up { acr_value: String }

for agent {
  revoke ended when once(signal "session-revoked", within 1d), if unknown skip
    because "the session was ended"
  deny risky when context.risk_high
    because "the risk is high"
}
for agent doing read, list, pay, watch {
  permit works otherwise
}
for agent doing list {
  narrow few when context.risk_medium to { max_rows: 10 }
}
for agent doing pay {
  challenge large when action.amount >= 500 and not is_approved(context.approvals, context.call_digest)
    with ask { template: "payment" }
    because "{action.amount} needs an approval"
  challenge medium when action.amount >= 100 and action.amount < 500
    with step_up { acr_value: "gold" }
}
for agent doing watch {
  deny over when context.time >= action.until
    because "the time is over"
}
for agent doing order {
  permit orders otherwise with notify { to: "owner" }
  deny many when count(allowed doing order, within 1h) >= 2, if unknown skip
}
`;

export function compileShop(): Promise<Uint8Array> {
  return compileForGuard(shopPolicy);
}

/** An example of the package, compiled. */
export async function compileExample(name: string): Promise<Uint8Array> {
  const path = new URL(`../../../examples/${name}/policy.nhipol`, import.meta.url);
  const options = { sessions: true, possible: true, version: 'test' };
  return (await compile(await readPolicy(path), assembleQuickly, options)).wasm;
}

export const agent = { type: 'agent', id: 'a-1' };
export const account = { type: 'account', id: 'acc-1' };

/** A request to the shop. */
export function shopRequest(action: string, properties?: Record<string, unknown>) {
  const named = properties === undefined ? { name: action } : { name: action, properties };
  return { subject: agent, action: named, resource: account };
}

export interface Running {
  readonly service: Service;
  readonly point: DecisionPoint;
  readonly warnings: readonly string[];
  readonly end: () => Promise<void>;
}

export function openPoint(
  module: Uint8Array,
  options: Partial<DecisionPointOptions> = {},
): Promise<DecisionPoint> {
  return DecisionPoint.open({
    module,
    store: temporaryStore().store,
    onWarning: () => {},
    ...options,
  });
}

/** Serves a policy on a free port. */
export async function runService(
  module: Uint8Array,
  pointOptions: Partial<DecisionPointOptions> = {},
  options: Partial<ServiceOptions> = {},
): Promise<Running> {
  const warnings: string[] = [];
  const onWarning = (warning: string) => void warnings.push(warning);
  const point = await openPoint(module, { onWarning, ...pointOptions });
  let closeConnections = () => {};
  const service = await listenService({
    point,
    access: openAccess,
    metrics: createMetrics(),
    onWarning,
    activation: new Activation({ point, onWarning }),
    host: '127.0.0.1',
    port: 0,
    ...options,
    addRoutes: (app, ...given) => {
      closeConnections = () => app.server.closeAllConnections();
      options.addRoutes?.(app, ...given);
    },
  });
  const end = async () => {
    const closed = service.close();
    // The `fetch` of Node opens connections ahead, and a server waits for their first request.
    closeConnections();
    await closed;
    await point.close();
  };
  return { service, point, warnings, end };
}

/** Passes connections on, until they are cut; then it refuses them until it passes them on again. */
export class Gate {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isOpen = true;
  /** The number of connections until now. */
  connections = 0;

  private constructor(target: number) {
    this.#server = createServer((socket) => {
      this.connections += 1;
      if (!this.#isOpen) return void socket.destroy();
      this.#pass(socket, target);
    });
  }

  static async before(target: number): Promise<Gate> {
    const gate = new Gate(target);
    await new Promise<void>((resolve) => gate.#server.listen(0, '127.0.0.1', resolve));
    return gate;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  cut(): void {
    this.#isOpen = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  restore(): void {
    this.#isOpen = true;
  }

  async end(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #pass(socket: Socket, target: number): void {
    const other = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [socket, other],
      [other, socket],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (data) => to.write(data));
      from.on('error', () => {});
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
  }
}

/** The file of a path from the root of the repository. */
export function toFilePath(path: string): string {
  return fileURLToPath(new URL(`../../../${path}`, import.meta.url));
}
