/** How to check a package, with and without rigwatch; in both languages, whatever the letter is in. */
export function readMe(fingerprint: string): string {
  return `This package is signed. To check that nothing of it was changed:
本包带有数字签名，校验方法：

  rigwatch refer verify PACKAGE.zip --key KEY.pem

Without rigwatch, in the unpacked folder (OpenSSL 3, GNU coreutils):
没有 rigwatch 时，解压后执行：

  openssl pkeyutl -verify -pubin -inkey public-key.pem -rawin -in manifest.json -sigfile manifest.sig
  sha256sum -c SHA256SUMS

and compare SHA256SUMS with manifest.json, and the fingerprint of the public key with the one that the sender made known:
并将 SHA256SUMS 与 manifest.json 比对，将公钥指纹与发送单位公布的指纹比对：

  openssl pkey -pubin -in public-key.pem -outform DER | sha256sum
  ${fingerprint}

Host names, workers, programs and quotes are as they were on the wire: nobody vouches for them.
域名、矿工名、程序名及摘录均为流量原文，其内容未经核实。
`;
}
