// A client that checks requests as Envoy does: takes a port, a number of checks and the number at a time, and sends the
// latency of each, in microseconds. Each answer is compared with the expected one.

import { ChannelCredentials, makeClientConstructor } from '@grpc/grpc-js';
import { authorizationService } from '../../../service/dist/grpc/services.js';
import { structOf } from '../../../service/dist/grpc/struct.js';

const [port, count, calls] = process.argv.slice(2).map(Number);
const Client = makeClientConstructor(authorizationService, 'Authorization');
const client = new Client(`127.0.0.1:${port}`, ChannelCredentials.createInsecure());

/** The attributes that Envoy sends for a request with a token. */
function check(method, path, roles) {
  const headers = {
    ':authority': 'api.example.com',
    ':method': method,
    ':path': path,
    ':scheme': 'https',
    accept: 'application/json',
    'accept-encoding': 'gzip, br',
    'user-agent': 'client/1.0',
    'x-forwarded-for': '10.1.2.3',
    'x-forwarded-proto': 'https',
    'x-request-id': '6e0c9f0a-0b5f-4d3b-8a55-0a6d3b2f5e11',
  };
  const claims = { iss: 'https://idp.example.com', sub: 'alice', exp: 1_900_000_000, roles };
  const host = 'api.example.com';
  return {
    attributes: {
      source: { address: { socket_address: { address: '10.1.2.3', port_value: 51_234 } } },
      request: { http: { method, path, host, scheme: 'https', protocol: 'HTTP/2', headers } },
      metadata_context: {
        filter_metadata: { 'envoy.filters.http.jwt_authn': structOf({ payload: claims }) },
      },
    },
  };
}

/** Requests with the code that the policy answers: 0 for a permit, 7 for a refusal. */
const requests = [
  [check('GET', '/customers/42?fields=name', ['reader']), 0],
  [check('POST', '/customers', ['reader', 'writer']), 0],
  [check('POST', '/customers', ['reader']), 7],
  [check('GET', '/customers/.env', ['reader']), 7],
  [check('DELETE', '/customers/42', ['admin']), 0],
  [check('GET', '/admin', ['reader']), 7],
];

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
