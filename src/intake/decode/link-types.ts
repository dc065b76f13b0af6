import { Layer } from './layer.js';
import { Outcome } from './outcome.js';
import type { Walk } from './walk.js';

export const LINKTYPE_ETHERNET = 1;

/** LINKTYPE_ and DLT_ numbers (tcpdump.org/linktypes.html) and the layer that each frame begins with. */
const LINK_LAYERS: readonly (readonly [number, Layer])[] = [
  [0, Layer.NULL],
  [LINKTYPE_ETHERNET, Layer.ETHERNET],
  [6, Layer.TOKEN_RING],
  [8, Layer.SLIP],
  [9, Layer.PPP],
  [10, Layer.FDDI],
  [12, Layer.RAW_IP],
  [14, Layer.RAW_IP],
  [50, Layer.PPP_HDLC],
  [51, Layer.PPPOE],
  [100, Layer.LLC],
  [101, Layer.RAW_IP],
  [104, Layer.CISCO_HDLC],
  [105, Layer.WIFI],
  [107, Layer.FRAME_RELAY],
  [108, Layer.NULL],
  [109, Layer.ENC],
  [113, Layer.SLL],
  [117, Layer.PFLOG],
  [119, Layer.PRISM],
  [122, Layer.FIBRE_CHANNEL],
  [123, Layer.SUN_ATM],
  [127, Layer.RADIOTAP],
  [129, Layer.ARCNET],
  [138, Layer.IEEE1394],
  [143, Layer.DOCSIS],
  [163, Layer.AVS],
  [166, Layer.PPP_DIRECTION],
  [178, Layer.JUNIPER_ETHERNET],
  [179, Layer.JUNIPER_PPP],
  [181, Layer.JUNIPER_HDLC],
  [192, Layer.PPI],
  [197, Layer.ERF],
  [204, Layer.PPP_DIRECTION],
  [219, Layer.MPLS],
  [226, Layer.IPNET],
  [228, Layer.IPV4],
  [229, Layer.IPV6],
  [239, Layer.NFLOG],
  [240, Layer.NET_ANALYZER],
  [242, Layer.INFINIBAND],
  [258, Layer.PKTAP],
  [274, Layer.MPACKET],
  [276, Layer.SLL2],
  [281, Layer.BROADCOM_TAG],
  [282, Layer.BROADCOM_TAG_FIRST],
  [284, Layer.MARVELL_TAG],
  [285, Layer.MARVELL_TAG_LONG],
];

const BY_NUMBER = new Map<number, Layer>(LINK_LAYERS);

/** The first layer of a frame of this link type, or the outcome of one that rigwatch does not read. */
export function linkLayer(walk: Walk, linkType: number): number {
  walk.linkType = linkType;
  return BY_NUMBER.get(linkType) ?? Outcome.UNSUPPORTED_LINK_TYPE;
}
