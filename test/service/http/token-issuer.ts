// An issuer of access tokens for tests, which serves its keys and can replace them.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

interface TokenHeader {
  readonly typ?: string | undefined;
  readonly kid?: string | undefined;
}

export class TokenIssuer {
  readonly #server: Server;
  #keys: Awaited<ReturnType<typeof generateKeyPair>> | undefined;
  #jwk: JWK = {};
  /** How often the keys were read. */
  reads = 0;

  static async open(): Promise<TokenIssuer> {
    const issuer = new TokenIssuer();
    await issuer.rotate();
    await new Promise<void>((resolve) => issuer.#server.listen(0, '127.0.0.1', resolve));
    return issuer;
  }

  private constructor() {
    this.#server = createServer((_request, response) => {
      this.reads += 1;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ keys: [this.#jwk] }));
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** As in an access file. */
  get trust() {
    const { url } = this;
    return { issuer: url, audience: 'pdp', jwks: `${url}/keys`, algorithms: ['ES256'] };
  }

  async rotate(): Promise<void> {
    this.#keys = await generateKeyPair('ES256');
    const kid = crypto.randomUUID();
    this.#jwk = { ...(await exportJWK(this.#keys.publicKey)), kid, alg: 'ES256' };
  }

  /** `header`: replaces members of the header; one that is undefined is left out. `expiry`: seconds since the epoch. */
  async token(
    claims: Readonly<Record<string, unknown>>,
    header: TokenHeader = {},
    expiry = Math.floor(Date.now() / 1_000) + 300,
  ): Promise<string> {
    if (this.#keys === undefined) throw new Error('broken invariant: the issuer has no keys');
    const complete = { alg: 'ES256', kid: this.#jwk.kid, typ: 'at+jwt', ...header };
    const present = Object.entries(complete).filter(([, value]) => value !== undefined);
    return new SignJWT({ iss: this.url, aud: 'pdp', exp: expiry, ...claims })
      .setProtectedHeader({ alg: 'ES256', ...Object.fromEntries(present) })
      .sign(this.#keys.privateKey);
  }

  async headers(claims: Readonly<Record<string, unknown>>, header: TokenHeader = {}) {
    return { authorization: `Bearer ${await this.token(claims, header)}` };
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
