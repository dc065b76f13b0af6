import type { Packet } from '../../../model/packet.js';
import type { RuleSet } from '../../../model/rule.js';
import { AddressSet } from './address-set.js';
import { prepare } from './prepared.js';

/** Pools learned from decisive sessions that are looked out for. */
const MAX_SERVERS = 65_536;

/** Addresses whose conversations are of interest: listed ones, those that DNS told of a pool, those that answered as one. */
export class WatchList {
  readonly #rules: RuleSet;
  readonly #addresses = new AddressSet();
  readonly #servers = new Set<string>();
  /** Addresses of pools that DNS told and that are not forgotten. */
  readonly #told: () => Iterable<string>;
  /** Size at which addresses that are long forgotten are cleared out. */
  readonly #limit: number;

  constructor(rules: RuleSet, toldLimit: number, told: () => Iterable<string>) {
    this.#rules = rules;
    this.#told = told;
    this.#addresses.become(prepare(rules).listed);
    this.#limit = this.#addresses.size + 2 * toldLimit;
  }

  /** Whether either side is watched. Once per conversation. */
  has(packet: Packet): boolean {
    const { view, ipVersion } = packet;
    return (
      this.#addresses.hasAt(view, packet.dstOffset, ipVersion) ||
      this.#addresses.hasAt(view, packet.srcOffset, ipVersion)
    );
  }

  add(ip: string): void {
    if (this.#addresses.size >= this.#limit) {
      this.#addresses.become(prepare(this.#rules).listed);
      for (const known of this.#told()) this.#addresses.add(known);
      for (const server of this.#servers) this.#addresses.add(server);
    }
    this.#addresses.add(ip);
  }

  /** An address that answered as a pool does. */
  addServer(ip: string): void {
    if (this.#servers.size < MAX_SERVERS) this.#servers.add(ip);
    this.add(ip);
  }

  isServer(ip: string): boolean {
    return this.#servers.has(ip);
  }

  takeOver(before: WatchList): void {
    for (const ip of this.#told()) this.add(ip);
    for (const ip of before.#servers) this.addServer(ip);
  }
}
