/** Names of mining programs, as they give them in logins and HTTP headers. */
export const MINER_AGENT =
  /\b(?:cgminer|bfgminer|sgminer|bmminer|xmrig|xmr-stak|xmr-node-proxy|cpuminer|ccminer|ethminer|kawpowminer|poclbm|phoenix|jsminer|minerd|nsfminer|srbminer|t-rex|lolminer|teamredminer|nbminer|gminer|rigel|bzminer|grin-miner|webminerpool|wildrig|onezerominer|nanominer|tnn-miner|sha3x-miner)/i;
