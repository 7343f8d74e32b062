export interface RuntimeApiAddress {
  readonly host: string;
  readonly port: number;
  /** For the `Host` header. */
  readonly authority: string;
  /** Empty on Lambda; some emulators tell their functions apart by a path in front. */
  readonly prefix: string;
}

/** Reads `AWS_LAMBDA_RUNTIME_API`: `host:port`, IPv6 hosts in brackets. Throws a `TypeError` when it is anything else. */
export function parseAddress(address: string): RuntimeApiAddress {
  const match = /^((?:\[([0-9a-fA-F:]+)\]|([^\s:/[\]]+)):(\d{1,5}))((?:\/[^\s?#]*)?)$/.exec(address);
  const [, authority, ipv6, name, digits, prefix = ""] = match ?? [];
  const host = ipv6 ?? name;
  const port = Number(digits);
  if (authority === undefined || host === undefined || port > 65_535) {
    throw new TypeError(`AWS_LAMBDA_RUNTIME_API is not host:port: "${address}"`);
  }
  return { host, port, authority, prefix: prefix.replace(/\/$/, "") };
}
