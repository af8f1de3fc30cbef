// Decides to which addresses requests may go. A URL that an operator wrote into the settings may lead anywhere; one that
// somebody else named leads to public addresses only, and to those that the settings allow. The address is checked when it
// is connected to, so that a name which changes its address in between (DNS rebinding) is of no use.

import { type LookupAddress, lookup } from 'node:dns';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { isLoopback } from './loopback.ts';

export interface Destinations {
  /** Throws a `DestinationError` for a URL that cannot be called, as far as its text shows. */
  readonly expect: (url: URL) => void;
  /** The agent whose connections lead to permitted addresses only. */
  readonly agent: (url: URL) => HttpAgent;
}

/** A URL or an address to which no request is sent. */
export class DestinationError extends Error {
  override readonly name = 'DestinationError';
}

type Resolve = (
  name: string,
  options: { readonly all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

type Network = ReturnType<typeof ipaddr.parseCIDR>;
type Address = Network[0];

/** The unicast addresses of the Internet (RFC 4291, section 2.4; IANA has assigned no others). */
const globalUnicast: Network = ipaddr.parseCIDR('2000::/3');

/** For URLs that an operator wrote. */
export const anyDestination: Destinations = createDestinations(expectPrivate, undefined);

/**
 * For URLs that somebody else named. `allowed`: further networks, as `readNetwork` accepts them; `resolve`: finds the
 * addresses of a name.
 */
export function createPublicDestinations(
  allowed: readonly string[],
  resolve: Resolve = lookup,
): Destinations {
  const networks = allowed.map(readNetwork);
  const isPermitted = (address: string) => isPermittedAddress(address, networks);
  return createDestinations(
    (url) => {
      expectPrivate(url);
      expectPort(url);
      const name = url.hostname.replace(/^\[|\]$/g, '');
      if (isIP(name) !== 0 && !isPermitted(name)) throw createRefusalError(name);
    },
    createCheckedLookup(isPermitted, resolve),
  );
}

/** Reads an address or a network such as `10.1.0.0/16`. Throws a `DestinationError`. */
export function readNetwork(text: string): Network {
  try {
    if (text.includes('/')) return ipaddr.parseCIDR(text);
    const address = ipaddr.parse(text);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  } catch {
    throw new DestinationError(
      `expected an address or a network such as 10.1.0.0/16, found ${text}`,
    );
  }
}

function isPermittedAddress(text: string, allowed: readonly Network[]): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  return isPublic(address) || allowed.some((network) => isInNetwork(address, network));
}

/** Addresses that stand for others, such as those of NAT64, are not public. */
function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || isInNetwork(address, globalUnicast);
}

function isInNetwork(address: Address, [network, bits]: Network): boolean {
  return address.kind() === network.kind() && address.match(network as ipaddr.IPv4, bits);
}

/** The lookup of a connection: returns only permitted addresses, so that no other one is connected to. */
function createCheckedLookup(
  isPermitted: (address: string) => boolean,
  resolve: Resolve,
): LookupFunction {
  return (name, options, done) => {
    resolve(name, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(error, []);
      const permitted = addresses.filter(({ address }) => isPermitted(address));
      const [first] = permitted;
      if (first === undefined) {
        done(
          createRefusalError(`${name} (${addresses.map(({ address }) => address).join(', ')})`),
          [],
        );
      } else if (options.all === true) done(null, permitted);
      else done(null, first.address, first.family);
    });
  };
}

function createRefusalError(address: string): DestinationError {
  return new DestinationError(
    `${address} is not a public address, and \`allow_addresses\` does not have it`,
  );
}

/** Throws for a URL whose requests others could read, or that has a password, which would be sent and logged. */
function expectPrivate({ protocol, hostname, username, password, origin }: URL): void {
  if (username !== '' || password !== '') {
    throw new DestinationError(`${origin}: expected a URL without a user and a password`);
  }
  if (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))) return;
  throw new DestinationError(`${origin}: expected a URL with https`);
}

/** The ports of other protocols, whose servers could take a request for a command. */
function expectPort({ port, origin }: URL): void {
  if (port === '' || Number(port) >= 1_024) return;
  throw new DestinationError(`${origin}: expected port 443, or one from 1024`);
}

function createDestinations(
  expect: Destinations['expect'],
  lookup: LookupFunction | undefined,
): Destinations {
  const options = { keepAlive: true, ...(lookup === undefined ? {} : { lookup }) };
  const [http, https] = [new HttpAgent(options), new HttpsAgent(options)];
  return { expect, agent: ({ protocol }) => (protocol === 'https:' ? https : http) };
}
