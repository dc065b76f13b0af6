/** What a TLS 1.2 server answers, with a certificate for `*.pool.example` and `xmr.pool.example`. */

/** Self-signed, by `openssl req -x509`: C=XX, O="Example Pool ; Ltd", CN=*.pool.example; two DNS names, one address. */
export const CERTIFICATE = Buffer.from(
  'MIICETCCAbagAwIBAgIUYOmAXaERaisfUH0t3bdMbE9K94IwCgYIKoZIzj0EAwIwQzELMAkGA1UEBhMCWFgxGzAZBgNVBAoMEkV4YW1wbGUgUG9vbCA7IEx0ZDEXMBUGA1UEAwwOKi5wb29sLmV4YW1wbGUwHhcNMjYxMTI2MjEzNzI4WhcNMzYxMTIzMjEzNzI4WjBDMQswCQYDVQQGEwJYWDEbMBkGA1UECgwSRXhhbXBsZSBQb29sIDsgTHRkMRcwFQYDVQQDDA4qLnBvb2wuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABGeX/np6fCMkxdmL7dG6LgAz63uACpsSDLIuj/QlSbp+6ydDuSSR2NLv2+9qjf8H57raGKl/W3wfLOxT3dEpHemjgYcwgYQwHQYDVR0OBBYEFPSYQffj55L1MZXH/tVyQq6hGuvOMB8GA1UdIwQYMBaAFPSYQffj55L1MZXH/tVyQq6hGuvOMA8GA1UdEwEB/wQFMAMBAf8wMQYDVR0RBCowKIIOKi5wb29sLmV4YW1wbGWCEFhNUi5wb29sLmV4YW1wbGWHBMAAAgEwCgYIKoZIzj0EAwIDSQAwRgIhAJ9IFIcB4oNe1drQdWv3XICu2BsYUAuEtqob6/Egir2AAiEA00mY1siJifjWtkR2RPCZ+1eW9EsHfECd7POVc86rTzQ=',
  'base64',
);

const u16 = (value: number) => Buffer.from([(value >> 8) & 255, value & 255]);
const handshake = (type: number, body: Buffer) =>
  Buffer.concat([Buffer.from([type, body.length >> 16]), u16(body.length), body]);
const record = (body: Buffer) => Buffer.concat([Buffer.from([22, 3, 3]), u16(body.length), body]);

/** Body of a Certificate message. */
export const CERTIFICATES = Buffer.concat([
  Buffer.from([0]),
  u16(CERTIFICATE.length + 3),
  Buffer.from([0]),
  u16(CERTIFICATE.length),
  CERTIFICATE,
]);
const SERVER_HELLO = handshake(
  2,
  Buffer.concat([u16(0x0303), Buffer.alloc(33), u16(0xc02f), Buffer.from([0])]),
);

/** One record. */
export const SERVER_FLIGHT = record(
  Buffer.concat([SERVER_HELLO, handshake(11, CERTIFICATES), handshake(14, Buffer.alloc(0))]),
);
