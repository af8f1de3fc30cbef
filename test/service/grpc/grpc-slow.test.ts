// Calls over gRPC whose messages begin and do not end: they take a known amount of memory and time, and others are answered.

import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { expect } from 'vitest';
import { attack } from '../../attacks/attack.ts';
import { GrpcHarness } from './grpc-harness.ts';

attack('grpc-slow-messages', async () => {
  const harness = await GrpcHarness.open({
    waitingMessages: { all: 100_000, each: 60_000 },
    messageTimeout: 1_000,
  });
  const session = connectHttp2(`http://127.0.0.1:${harness.service.port}`, {
    createConnection: () =>
      connect({ port: harness.service.port, host: '127.0.0.1', localAddress: '127.0.0.2' }),
  });
  session.on('error', () => {});
  const message = Buffer.alloc(25_005);
  message.writeUInt32BE(60_000, 1);
  const codes: unknown[] = [];
  for (let count = 0; count < 3; count += 1) {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/envoy.service.auth.v3.Authorization/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.on('error', () => {});
    stream.on('response', (headers) => codes.push(headers['grpc-status']));
    stream.write(message);
  }
  // Status 8: RESOURCE_EXHAUSTED.
  await expect.poll(() => codes).toEqual(['8']);
  expect(await harness.check({ path: '/public/a' })).toMatchObject({ code: 0 });
  // Status 4: DEADLINE_EXCEEDED.
  await expect.poll(() => codes, { timeout: 5_000 }).toEqual(['8', '4', '4']);
  session.destroy();
  await harness.close();
});
