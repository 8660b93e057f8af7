/** Places in the network by name and port: as rules name them and as programs ask for them. */

export interface HostPort {
  /** In lower case; of a pattern perhaps `*.example.com`. */
  readonly host: string;
  readonly port: number;
}

/**
 * `registry.example.com:443`; null for anything else: user parts, addresses in numbers, names without a dot, odd characters. A pattern
 * may begin with `*.`, which stands for one or more labels.
 */
export function parseHostPort(text: string, isPattern = false): HostPort | null {
  const [, star = '', name = '', digits = ''] = /^(\*\.)?([A-Za-z0-9.-]{1,253}):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  const host = name.toLowerCase().replace(/\.$/, '');
  const labels = host.split('.');
  if (star !== '' && !isPattern) return null;
  if (port < 1 || port > 65535 || labels.length < 2) return null;
  if (!labels.every((label) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label))) return null;
  // A last label of digits makes an address of it in one notation or another.
  if (/^(?:\d+|0x[\da-f]*)$/.test(labels.at(-1) ?? '')) return null;
  return { host: star + host, port };
}

export function formatHostPort({ host, port }: HostPort): string {
  return `${host}:${String(port)}`;
}

/** Whole labels, from the right. */
export function coversHost(pattern: HostPort, { host, port }: HostPort): boolean {
  if (pattern.port !== port) return false;
  return pattern.host.startsWith('*.') ? host.endsWith(pattern.host.slice(1)) : host === pattern.host;
}
