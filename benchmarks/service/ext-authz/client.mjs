// A client that checks requests as Envoy does: takes a port, a number of checks and the number at a time, and sends the
// latency of each, in microseconds. Each answer is compared with the expected one.

import { ChannelCredentials, makeClientConstructor } from '@grpc/grpc-js';
import { authorizationService } from '../../../service/dist/grpc/services.js';
import { requests } from './requests.mjs';

const [port, count, calls] = process.argv.slice(2).map(Number);
const Client = makeClientConstructor(authorizationService, 'Authorization');
const client = new Client(`127.0.0.1:${port}`, ChannelCredentials.createInsecure());

const times = [];
let next = 0;

async function run() {
  while (next < count) {
    const [request, code] = requests[next % requests.length];
    next += 1;
    const before = process.hrtime.bigint();
    const response = await new Promise((resolve, reject) => {
      client.Check(request, (error, given) => (error === null ? resolve(given) : reject(error)));
    });
    times.push(Math.round(Number(process.hrtime.bigint() - before) / 1e3));
    const found = response.status.code ?? 0;
    if (found !== code) throw new Error(`expected ${code}, found ${found}`);
  }
}

await Promise.all(Array.from({ length: calls }, run));
client.close();
process.send(times, () => process.disconnect());
