// Nodes of a cluster in one process, with one NATS server: calls reach the owner through any node, partitions move to
// nodes that join and from nodes that leave, and nothing is permitted without an owner. Skipped if the server is not
// installed: `node scripts/install/nats.mjs`.

import { serviceItself } from '@nhipol/service';
import { type ClusterOptions, openCluster } from '@nhipol/service/cluster';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { noAbilities } from '../../../service/engine/abilities.ts';
import { loadPolicyModule } from '../../../service/engine/policy-module.ts';
import { Problem } from '../../../service/pdp/problem.ts';
import { approvalPolicy } from '../decisions/sessions/session-policy.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { type ClusterNode, divideNetwork, newCluster, ready } from './cluster-harness.ts';
import { clusterPolicy } from './cluster-policy.ts';
import { hasNats, startNats } from './nats-harness.ts';

const read = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };
const opening = (agent: string) => ({
  subject: { type: 'ai_agent', id: agent },
  context: { ok: true },
});

/** The status and the code of the problem that an operation is rejected with. */
const findRefusal = async (work: Promise<unknown>) => {
  const error = await work.then(() => undefined).catch((caught: unknown) => caught);
  return error instanceof Problem ? [error.status, error.details.code] : error;
};

describe.skipIf(!hasNats)('a cluster', () => {
  let nats: Awaited<ReturnType<typeof startNats>>;
  let module: Uint8Array;
  const nodes: ClusterNode[] = [];
  beforeAll(async () => {
    module = await compileForGuard(clusterPolicy);
    nats = await startNats();
  });
  afterAll(() => nats.close());
  afterEach(async () => {
    for (const node of nodes.splice(0)) await node.close();
  });

  function cluster(options: Partial<ClusterOptions> = {}) {
    const { name, join } = newCluster({ server: nats.server.url, module, ...options });
    return Object.assign(
      async (given = module) => {
        const node = await join(given);
        nodes.push(node);
        return node;
      },
      { clusterName: name },
    );
  }

  const ids = Array.from({ length: 12 }, (_, index) => `s${index}`);

  async function openAll({ sessions }: ClusterNode): Promise<void> {
    for (const id of ids) await sessions.open(serviceItself, id, opening(`agent ${id}`));
  }

  test('answers for each session at each node', async () => {
    const join = cluster();
    const [one, other] = [await join(), await join()];
    await ready(one, other);
    await openAll(one);
    for (const { sessions } of [one, other]) {
      const answers = await Promise.all(ids.map((id) => sessions.decide(serviceItself, id, read)));
      expect(answers.map(({ effect }) => effect)).toEqual(ids.map(() => 'permit'));
    }
    const page = await other.sessions.list(serviceItself, 's1', 4);
    expect(page.sessions.map(({ id }) => id)).toEqual(['s10', 's11', 's2', 's3']);
    expect(page.hasMore).toBe(true);
    await expect.poll(() => other.sessions.size).toBe(12);
  });

  test('divides the partitions among nodes that join, and takes those of a node that leaves', async () => {
    const join = cluster();
    const one = await join();
    await ready(one);
    await openAll(one);
    await one.sessions.signal(serviceItself, 's3', 'leaked', {}, undefined);
    const other = await join();
    await ready(other);
    await divideNetwork(one, other);
    await one.close();
    const effects = [];
    for (const id of ids)
      effects.push((await other.sessions.decide(serviceItself, id, read)).effect);
    expect(effects).toEqual(ids.map((id) => (id === 's3' ? 'revoke' : 'permit')));
  });

  test('reports changes at each node', async () => {
    const join = cluster();
    const [one, other] = [await join(), await join()];
    await ready(one, other);
    await one.sessions.open(serviceItself, 's', opening('a'));
    const heard: string[] = [];
    for (const { sessions } of [one, other]) {
      sessions.listen((event) => {
        if (event.kind === 'changed')
          heard.push(`${event.change.id} ${event.change.answer.effect}`);
      });
    }
    await other.sessions.signal(serviceItself, 's', 'leaked', { where: 'log' }, undefined);
    await expect.poll(() => heard).toEqual(['s revoke', 's revoke']);
  });

  test('refuses what one machine refuses', async () => {
    const join = cluster();
    const [one, other] = [await join(), await join()];
    await ready(one, other);
    await one.sessions.open(serviceItself, 's', opening('a'));
    for (const { sessions } of [one, other]) {
      expect(await findRefusal(sessions.open(serviceItself, 's', opening('a')))).toEqual([
        409,
        'session_exists',
      ]);
      expect(await findRefusal(sessions.open(serviceItself, 's', opening('b')))).toEqual([
        409,
        'session_exists',
      ]);
      expect(await findRefusal(sessions.view(serviceItself, 'none'))).toEqual([404, 'no_session']);
      expect(await findRefusal(sessions.decide(serviceItself, 'none', read))).toEqual([
        404,
        'no_session',
      ]);
      expect(await findRefusal(sessions.signal(serviceItself, 's', 'none', {}, undefined))).toEqual(
        [400, 'no_signal'],
      );
      const moved = sessions.patch(serviceItself, 's', { subject: { id: 'b' } });
      expect(await findRefusal(moved)).toEqual([409, 'identity_changed']);
      expect(
        (await sessions.decideQuery(serviceItself, 's', { ...opening('b'), ...read })).reasons,
      ).toEqual(['other_subject']);
      // The owner answers the evaluations of a search.
      const considered = await Promise.all(
        [
          sessions.consider(serviceItself, 's', { ...opening('a'), ...read }),
          sessions.consider(serviceItself, 's', { ...opening('b'), ...read }),
          sessions.consider(serviceItself, 'none', { ...opening('a'), ...read }),
        ].map(async (answer) => (await answer).reasons),
      );
      expect(considered.slice(1)).toEqual([['other_subject'], ['no_session']]);
      expect(considered[0]).toEqual(
        (await sessions.decideQuery(serviceItself, 's', { ...opening('a'), ...read })).reasons,
      );
    }
    await other.sessions.signal(serviceItself, 's', 'leaked', {}, undefined);
    await one.sessions.close(serviceItself, 's');
    expect(await findRefusal(other.sessions.open(serviceItself, 's', opening('a')))).toEqual([
      410,
      'session_revoked',
    ]);
  });

  test('a closed id can be given to another identity', async () => {
    const join = cluster();
    const [one, other] = [await join(), await join()];
    await ready(one, other);
    for (const agent of ['a', 'b', 'c', 'd', 'e']) {
      await one.sessions.open(serviceItself, 's', opening(agent));
      expect((await other.sessions.decide(serviceItself, 's', read)).effect).toBe('permit');
      await other.sessions.close(serviceItself, 's');
    }
  });

  test('a session is that of its caller at each node', async () => {
    const join = cluster();
    const [one, other] = [await join(), await join()];
    await ready(one, other);
    const [ann, bob] = ['key:ann', 'key:bob'].map((id) => ({ id, isOperator: false }));
    if (ann === undefined || bob === undefined) throw new Error('broken invariant');
    for (const id of ids) await one.sessions.open(ann, id, opening(`agent ${id}`));
    const approval = { digest: `sha-256:${'0'.repeat(64)}`, expiresAt: Date.now() + 60_000 };
    for (const { sessions } of [one, other]) {
      for (const id of [...ids, 'none']) {
        const all = [
          sessions.view(bob, id),
          sessions.read(bob, id),
          sessions.patch(bob, id, { context: { ok: false } }),
          sessions.patch(bob, id, { subject: { id: 'x' } }),
          sessions.signal(bob, id, 'leaked', {}, undefined),
          sessions.decide(bob, id, read),
          sessions.close(bob, id),
        ];
        const problems = await Promise.all(all.map(findRefusal));
        for (const each of problems) expect(each).toEqual([404, 'no_session']);
        const request = { ...opening(`agent ${id}`), ...read };
        expect((await sessions.decideQuery(bob, id, request)).reasons).toEqual(['no_session']);
        expect(await sessions.request(bob, id)).toEqual({});
      }
      expect(await sessions.list(bob, '', 100)).toEqual({ sessions: [], hasMore: false });
      expect([await sessions.count(ann), await sessions.count(bob)]).toEqual([ids.length, 0]);
      expect(await findRefusal(sessions.open(bob, 's3', opening('agent s3')))).toEqual([
        409,
        'session_exists',
      ]);
      expect(await findRefusal(sessions.approve(ann, 's3', approval))).toEqual([
        403,
        'own_session',
      ]);
      expect((await sessions.decide(ann, 's3', read)).effect).toBe('permit');
    }
    const owners: unknown[] = [];
    for (const { sessions } of [one, other]) sessions.listen(({ owner }) => owners.push(owner));
    await other.sessions.signal(ann, 's3', 'leaked', {}, undefined);
    await expect.poll(() => owners).toEqual(['key:ann', 'key:ann']);
  });

  test('numbers and instants are those of the owner at each node', async () => {
    const join = cluster();
    const [one, other] = [await join(), await join()];
    await ready(one, other);
    for (const id of ids) await one.sessions.open(serviceItself, id, opening(`agent ${id}`));
    const at = ({ sessions }: ClusterNode) =>
      Promise.all(ids.map((id) => sessions.view(serviceItself, id)));
    expect(await at(other)).toEqual(await at(one));
  });

  test('a single approval is used at one node', async () => {
    const join = cluster();
    const other = await compileForGuard(approvalPolicy);
    const [one, two] = [await join(other), await join(other)];
    const pay = {
      subject: { type: 'ai_agent', id: 'a' },
      resource: { type: 'file', id: 'f' },
      action: { name: 'pay', properties: { amount: 500 } },
    };
    const { answer } = await one.point.answer(pay);
    expect(answer.effect).toBe('challenge');
    const ann = { id: 'key:ann', isOperator: false };
    await two.point.approveOnce(ann, answer.callDigest ?? '', Date.now() + 60_000);
    const answers = await Promise.all([one, two, one, two].map(({ point }) => point.answer(pay)));
    const effects = answers.map((each) => each.answer.effect).toSorted();
    expect(effects).toEqual(['challenge', 'challenge', 'challenge', 'permit']);
  });

  test('a new version of the policy reaches all nodes, and those that join later', async () => {
    const join = cluster();
    const [one, other] = [await join(), await join()];
    await ready(one, other);
    const next = await compileForGuard(clusterPolicy.replace('1.0.0', '2.0.0'));
    const used = [one, other].map(({ cluster: joined }) => {
      const versions: number[] = [];
      joined.policy.watch(
        (found) => versions.push(found.length),
        () => {},
      );
      return versions;
    });
    await other.cluster.policy.publish(next);
    await expect.poll(() => used, { timeout: 5_000 }).toEqual([[next.length], [next.length]]);
    const late = await join();
    expect(late.point.policy.logged.version).toBe('2.0.0');
  });

  test('denies while JetStream does not answer, and goes on afterwards', async () => {
    const join = cluster();
    const node = await join();
    await ready(node);
    await node.sessions.open(serviceItself, 's', opening('a'));
    await node.sessions.open(serviceItself, 't', opening('b'));
    await node.sessions.signal(serviceItself, 't', 'leaked', {}, undefined);
    nats.server.signal('SIGSTOP');
    try {
      // The server may still answer a request before it is suspended.
      const reasons = async () => (await node.sessions.decide(serviceItself, 's', read)).reasons;
      await expect.poll(reasons, { timeout: 5_000 }).toEqual(['state_unavailable']);
      await expect(
        node.sessions.patch(serviceItself, 's', { context: { ok: false } }),
      ).rejects.toThrow(Problem);
      await expect.poll(() => node.sessions.unready(), { timeout: 5_000 }).toBeDefined();
    } finally {
      nats.server.signal('SIGCONT');
    }
    await ready(node);
    expect((await node.sessions.decide(serviceItself, 't', read)).effect).toBe('revoke');
    await expect
      .poll(async () => (await node.sessions.decide(serviceItself, 's', read)).effect)
      .toBe('permit');
  });

  test('terms across sessions need the identity in their keys', async () => {
    const compileLimits = (...keys: readonly string[]) =>
      compileForGuard(
        clusterPolicy.replace(
          'permit reads when context.ok',
          `permit reads when context.ok
  ${keys
    .map(
      (key, at) => `deny busy_${at}
    when count(allowed doing read across sessions per ${key} up to 100, within 1h) >= 3`,
    )
    .join('\n  ')}`,
        ),
      );
    const shared = await compileLimits('subject.id', '(subject.id, subject.team)');
    const refused = 'whose key does not contain it';
    await expect(cluster({ identity: 'subject.team' })(shared)).rejects.toThrow(refused);
    await expect(
      cluster({ identity: 'subject.level' })(await compileLimits('subject.level')),
    ).rejects.toThrow('or not as a string');
    await cluster({ identity: 'subject.team' })(await compileLimits('(subject.id, subject.team)'));
    await cluster({ partitions: 1 })(await compileLimits('subject.team'));
    const join = cluster();
    const [one, other] = [await join(shared), await join(shared)];
    await ready(one, other);
    for (const id of ['s', 't']) {
      const { subject, context } = opening('a');
      const facts = { subject: { ...subject, properties: { team: 'x' } }, context };
      await one.sessions.open(serviceItself, id, facts);
    }
    const effects = [];
    for (const { sessions } of [one, other]) {
      for (const id of ['s', 't'])
        effects.push((await sessions.decide(serviceItself, id, read)).effect);
    }
    expect(effects).toEqual(['permit', 'permit', 'permit', 'deny']);
    const plain = cluster({ identity: 'subject.team' });
    const node = await plain();
    expect(() => node.sessions.preview(loadPolicyModule(shared, noAbilities))).toThrow(refused);
  });

  test('a stream that has another shape is refused', async () => {
    const join = cluster();
    await join();
    const servers = [nats.server.url];
    const name = join.clusterName;
    await expect(openCluster({ servers, name, partitions: 7 })).rejects.toThrow('6 partitions');
    await expect(openCluster({ servers, name, identity: 'subject.owner' })).rejects.toThrow(
      'divided by subject.id',
    );
    await expect(openCluster({ servers: ['nats://127.0.0.1:1'] })).rejects.toThrow(
      'cannot connect',
    );
  });
});
