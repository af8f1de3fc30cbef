// Faults of machines: each begins, and returns how it ends. Schedules are random, from a seed.

import { canSlowDisks } from '../service/cluster/nats-harness.ts';
import { lease, type Machines } from './machines.ts';

type End = () => void | Promise<void>;

export interface FaultKind {
  readonly name: string;
  readonly begin: (machines: Machines, random: Random) => End | Promise<End>;
  /** `undefined` if it is always possible. */
  readonly isPossible?: (machines: Machines) => boolean;
}

export interface Scheduled {
  readonly kind: FaultKind;
  /** Milliseconds from the start of the run. */
  readonly at: number;
  readonly duration: number;
}

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 to 1: mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  pick<Value>(values: readonly Value[]): Value {
    const value = values[Math.floor(this.next() * values.length)];
    if (value === undefined) throw new Error('there is nothing to pick');
    return value;
  }
}

/** The server that leads the stream, by its own report; the first one if none does. */
export type FindLeader = () => Promise<number>;

export function faultKinds(findLeader: FindLeader): readonly FaultKind[] {
  const killServer = async (machines: Machines, index: number): Promise<End> => {
    const server = machines.servers[index];
    await server?.kill();
    return async () => server?.start();
  };
  const pauseServer = (machines: Machines, index: number): End => {
    const server = machines.servers[index];
    server?.signal('SIGSTOP');
    return () => server?.signal('SIGCONT');
  };
  return [
    {
      name: 'a node is killed',
      begin: async ({ nodes }, random) => {
        const node = random.pick(nodes);
        await node.end();
        return () => node.start();
      },
    },
    {
      name: 'a node ends and starts again',
      begin: async ({ nodes }, random) => {
        const node = random.pick(nodes);
        await Promise.race([
          node.end('SIGTERM'),
          new Promise((resolve) => setTimeout(resolve, 2 * lease)),
        ]);
        await node.end();
        return () => node.start();
      },
    },
    {
      name: 'a node is suspended',
      begin: ({ nodes }, random) => {
        const node = random.pick(nodes);
        node.signal('SIGSTOP');
        return () => node.signal('SIGCONT');
      },
    },
    {
      name: 'a node is suspended again and again',
      begin: ({ nodes }, random) => {
        const node = random.pick(nodes);
        let isStopped = false;
        const timer = setInterval(
          () => {
            isStopped = !isStopped;
            node.signal(isStopped ? 'SIGSTOP' : 'SIGCONT');
          },
          random.between(50, 400),
        );
        return () => {
          clearInterval(timer);
          node.signal('SIGCONT');
        };
      },
    },
    {
      name: 'a node is cut off from all servers',
      begin: ({ nodes }, random) => {
        const { links } = random.pick(nodes);
        for (const link of links) link.cut();
        return () => {
          for (const link of links) link.heal();
        };
      },
    },
    {
      name: 'a node is cut off from two servers',
      begin: ({ nodes }, random) => {
        const links = random.pick(nodes).links.slice(random.pick([0, 1]), 2);
        for (const link of links) link.cut();
        return () => {
          for (const link of links) link.heal();
        };
      },
    },
    {
      name: 'the leader of the stream is killed',
      begin: async (machines) => killServer(machines, await findLeader()),
    },
    {
      name: 'a server is killed',
      begin: (machines, random) => killServer(machines, random.pick([0, 1, 2])),
    },
    {
      name: 'two servers are killed',
      begin: async (machines, random) => {
        const alive = random.pick([0, 1, 2]);
        const others = [0, 1, 2].filter((index) => index !== alive);
        const ends = await Promise.all(others.map((index) => killServer(machines, index)));
        return async () => {
          await Promise.all(ends.map((end) => end()));
        };
      },
    },
    {
      name: 'the leader of the stream is suspended',
      begin: async (machines) => pauseServer(machines, await findLeader()),
    },
    {
      name: 'a server is slow',
      begin: (machines, random) => {
        const index = random.pick([0, 1, 2]);
        let isStopped = false;
        const timer = setInterval(() => {
          isStopped = !isStopped;
          machines.servers[index]?.signal(isStopped ? 'SIGSTOP' : 'SIGCONT');
        }, 60);
        return () => {
          clearInterval(timer);
          machines.servers[index]?.signal('SIGCONT');
        };
      },
    },
    {
      name: 'a server is cut off',
      begin: (machines, random) => {
        const links = machines.listLinks(random.pick([0, 1, 2]));
        for (const link of links) link.cut();
        return () => {
          for (const link of links) link.heal();
        };
      },
    },
    {
      name: 'the leader of the stream is cut off from other servers',
      begin: async ({ routes }) => {
        const leader = await findLeader();
        const links = [...routes].flatMap(([key, link]) =>
          key.split(' ').includes(`${leader}`) ? [link] : [],
        );
        for (const link of links) link.cut();
        return () => {
          for (const link of links) link.heal();
        };
      },
    },
    {
      name: 'two servers do not reach each other',
      begin: ({ routes }, random) => {
        const [from, to] = random.pick([
          [0, 1],
          [1, 2],
          [0, 2],
        ]);
        const links = [`${from} ${to}`, `${to} ${from}`].flatMap((key) => routes.get(key) ?? []);
        for (const link of links) link.cut();
        return () => {
          for (const link of links) link.heal();
        };
      },
    },
    {
      name: 'all connections are slow',
      begin: ({ links }, random) => {
        const delay = random.between(20, 200);
        for (const link of links) link.slow(delay);
        return () => {
          for (const link of links) link.slow(0);
        };
      },
    },
    {
      name: 'the disk of a server is slow',
      isPossible: canSlowDisks,
      begin: ({ servers }, random) => {
        const delay = random.between(20, 400);
        return random.pick(servers).slowDisk(delay);
      },
    },
    {
      name: 'the disks of all servers are slow',
      isPossible: canSlowDisks,
      begin: ({ servers }, random) => {
        const delay = random.between(20, 150);
        const ends = servers.map((server) => server.slowDisk(delay));
        return () => {
          for (const end of ends) end();
        };
      },
    },
    {
      name: 'the disk of a server is full',
      isPossible: ({ hasDisks }) => hasDisks,
      begin: (machines, random) => {
        const index = random.pick([0, 1, 2]);
        const free = machines.fillDisk(index);
        return async () => {
          free();
          // A server that could not write stops JetStream until it is started again.
          await machines.servers[index]?.kill();
          await machines.servers[index]?.start();
        };
      },
    },
  ];
}

/** Returns one to three faults, which may overlap. */
export function schedule(
  kinds: readonly FaultKind[],
  random: Random,
  length: number,
): readonly Scheduled[] {
  const count = 1 + Math.floor(random.next() * 3);
  return Array.from({ length: count }, () => ({
    kind: random.pick(kinds),
    at: random.between(200, length * 0.6),
    duration: random.between(0.3 * lease, 2.5 * lease),
  }));
}
