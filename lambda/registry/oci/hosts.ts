import { BlockList, isIP } from 'node:net';

/** Addresses of this machine: RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3. */
const LOOPBACK = blockList([['127.0.0.0', 8]], [['::1', 128]]);

/**
 * Addresses no registry redirects to, but an attacker's may: this machine (a function's runtime interface listens
 * there), link-local ones (cloud metadata: 169.254.169.254), and metadata outside of those ranges (AWS over IPv6,
 * Alibaba, Azure's wire server). RFC 6890; https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
 */
const NEVER = blockList(
  [
    ['0.0.0.0', 8],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['100.100.100.200', 32],
    ['168.63.129.16', 32],
  ],
  [
    ['::', 127],
    ['fe80::', 10],
    ['fd00:ec2::254', 128],
  ],
);

/** RFC 1918, RFC 4193. */
const PRIVATE = blockList(
  [
    ['10.0.0.0', 8],
    ['172.16.0.0', 12],
    ['192.168.0.0', 16],
  ],
  [['fc00::', 7]],
);

/** The host name in a `URL`, brackets of IPv6 taken off. */
export function bareHost(url: URL): string {
  return url.hostname.replace(/^\[(?<address>.*)\]$/, '$<address>');
}

/** True for `localhost`, its subdomains (RFC 6761 section 6.3) and loopback addresses. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || matches(LOOPBACK, host);
}

/** True for an address, not a name, in a private network. */
export function isPrivateAddress(host: string): boolean {
  return matches(PRIVATE, host);
}

/** True for `localhost` and addresses that a registry elsewhere has no business to send anyone to. */
export function isForbiddenTarget(host: string): boolean {
  return isLoopback(host) || matches(NEVER, host);
}

/** IPv4 addresses written as IPv6 (`::ffff:…`) are found under IPv4: BlockList does that itself. */
function matches(list: BlockList, host: string): boolean {
  const family = isIP(host);
  return family !== 0 && list.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

function blockList(
  ipv4: readonly (readonly [string, number])[],
  ipv6: readonly (readonly [string, number])[],
): BlockList {
  const list = new BlockList();
  for (const [address, bits] of ipv4) list.addSubnet(address, bits, 'ipv4');
  for (const [address, bits] of ipv6) list.addSubnet(address, bits, 'ipv6');
  return list;
}
