import type { Counters } from '../../base/counters.js';
import type { Packet } from '../../model/packet.js';
import * as capture from './capture-headers.js';
import { ethernet } from './ethernet.js';
import { erspan2, erspan3, etherIp, gre } from './gre.js';
import { ipv4, ipv6, rawIp } from './ip.js';
import { fragmentV4, fragmentV6 } from './ip-fragment.js';
import { FIRST_LAYER, Layer } from './layer.js';
import { MAX_LAYERS, MAX_WIRE_BYTES } from './limits.js';
import { LINKTYPE_ETHERNET, linkLayer } from './link-types.js';
import * as links from './links.js';
import { llc } from './llc.js';
import { mpls } from './mpls.js';
import { nsh } from './nsh.js';
import { Decoded, Outcome, statusOf } from './outcome.js';
import { NOT_PLAIN, plain } from './plain.js';
import { ciscoHdlc, frameRelay, ppp, pppDirection, pppHdlc, pppoe } from './ppp.js';
import { readUdp, tcp, udp } from './transport.js';
import { leaveTunnel } from './udp-tunnel.js';
import { createWalk, type Step, type Walk } from './walk.js';
import { avs, prism, radiotap, wifi, wifiPadded } from './wifi.js';

export { Decoded } from './outcome.js';

/** How each layer is read. A new link layer or tunnel is a function and a line here. */
const STEPS: Record<keyof typeof Layer, Step> = {
  ETHERNET: ethernet,
  IPV4: ipv4,
  IPV6: ipv6,
  TCP: tcp,
  UDP: udp,
  FRAGMENT_V4: fragmentV4,
  FRAGMENT_V6: fragmentV6,
  RAW_IP: rawIp,
  LLC: llc,
  MPLS: mpls,
  PPP: ppp,
  PPPOE: pppoe,
  CISCO_HDLC: ciscoHdlc,
  PPP_HDLC: pppHdlc,
  FRAME_RELAY: frameRelay,
  GRE: gre,
  ERSPAN_2: erspan2,
  ERSPAN_3: erspan3,
  ETHER_IP: etherIp,
  NULL: links.nullLoop,
  SLL: links.sll,
  SLL2: links.sll2,
  WIFI: wifi,
  WIFI_PADDED: wifiPadded,
  RADIOTAP: radiotap,
  PRISM: prism,
  AVS: avs,
  TOKEN_RING: links.tokenRing,
  FDDI: links.fddi,
  ARCNET: links.arcnet,
  SLIP: links.slip,
  PFLOG: links.pflog,
  ENC: links.enc,
  IPNET: links.ipnet,
  IEEE1394: links.ieee1394,
  INFINIBAND: links.infiniband,
  FIBRE_CHANNEL: links.fibreChannel,
  SUN_ATM: links.sunAtm,
  DOCSIS: links.docsis,
  MPACKET: links.mpacket,
  NET_ANALYZER: links.netAnalyzer,
  BROADCOM_TAG: links.broadcomTag,
  BROADCOM_TAG_FIRST: links.broadcomTagFirst,
  MARVELL_TAG: links.marvellTag,
  MARVELL_TAG_LONG: links.marvellTagLong,
  NFLOG: capture.nflog,
  PPI: capture.ppi,
  PKTAP: capture.pktap,
  ERF: capture.erf,
  JUNIPER_ETHERNET: capture.juniperEthernet,
  JUNIPER_PPP: capture.juniperPpp,
  JUNIPER_HDLC: capture.juniperHdlc,
  PPP_DIRECTION: pppDirection,
  NSH: nsh,
};

const STEP_OF: Step[] = [];
for (const key of Object.keys(Layer) as (keyof typeof Layer)[])
  STEP_OF[Layer[key] - FIRST_LAYER] = STEPS[key];

/**
 * Reads the headers of frames: link layer, tags, tunnels, IP, fragments, TCP or UDP. After tunnels the
 * innermost addresses stand. Every frame is counted under exactly one outcome; see report().
 *
 * When the last fragment of a datagram comes in, `packet.bytes` and `packet.view` point to the whole datagram
 * in a buffer of its own, and all offsets but `frameOffset` count in that. With the next frame the packet has
 * its old memory back, unless it was given new memory meanwhile.
 */
export class Decoder {
  readonly #walk = createWalk();

  decode(packet: Packet): Decoded {
    if (this.#walk.borrowed !== null) giveBack(packet, this.#walk);
    let outcome = packet.linkType === LINKTYPE_ETHERNET ? plain(packet) : NOT_PLAIN;
    if (outcome === NOT_PLAIN) outcome = this.#read(packet);
    this.#walk.tally.outcomes[outcome]! += 1;
    return outcome <= Outcome.UDP ? Decoded.TRANSPORT : statusOf(outcome);
  }

  /** At the end of an input: gives up unfinished fragments and adds what was counted since the last report. */
  report(counters: Counters): void {
    this.#walk.fragments.end();
    this.#walk.tally.report(counters);
  }

  /** Layer by layer, whatever the frame holds; fields that it does not fill lose their old values. */
  #read(packet: Packet): number {
    const walk = this.#walk;
    const at = packet.frameOffset;
    walk.at = at;
    walk.end = at + packet.frameLength;
    walk.wireEnd = Math.max(walk.end, at + Math.min(packet.wireLength, MAX_WIRE_BYTES));
    walk.outer.at = -1;
    let step = linkLayer(walk, packet.linkType);
    for (let layers = 0; step >= FIRST_LAYER; layers++) {
      step = layers === MAX_LAYERS ? Outcome.DEPTH : STEP_OF[step - FIRST_LAYER]!(packet, walk);
    }
    if (walk.outer.at >= 0 && statusOf(step) > Decoded.PENDING) {
      leaveTunnel(packet, walk);
      step = readUdp(packet, walk);
    }
    if (step <= Outcome.UDP) return step;
    if (step === Outcome.OTHER) walk.tally.other(packet.protocol);
    else clearAddresses(packet);
    if (step === Outcome.UNSUPPORTED_LINK_TYPE) walk.tally.unsupported(walk.linkType);
    clearTransport(packet);
    return step;
  }
}

/** Formats set `bytes` once for many frames: a reassembled datagram must not stay in its place. */
function giveBack(packet: Packet, walk: Walk): void {
  packet.isReassembled = false;
  if (walk.borrowed !== null && packet.bytes === walk.borrowed.datagram) {
    packet.bytes = walk.borrowed.bytes;
    packet.view = walk.borrowed.view;
  }
  walk.borrowed = null;
}

function clearAddresses(packet: Packet): void {
  packet.ipVersion = 0;
  packet.srcOffset = -1;
  packet.dstOffset = -1;
  packet.ttl = 0;
  packet.protocol = 0;
}

function clearTransport(packet: Packet): void {
  packet.srcPort = 0;
  packet.dstPort = 0;
  packet.tcpFlags = 0;
  packet.tcpSeq = 0;
  packet.tcpAck = 0;
  packet.payloadOffset = -1;
  packet.payloadLength = 0;
  packet.payloadWireLength = 0;
}
