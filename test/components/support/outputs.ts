type Properties = Record<string, unknown>;

/** What the clouds answer when a resource is made; the same for the same inputs, so that two runs can be compared. */
export function outputsOf(type: string, name: string, inputs: Properties): Properties {
  switch (type) {
    case 'digitalocean:index/droplet:Droplet':
      return { ipv4Address: '203.0.113.20', ipv6Address: '2001:db8::20', dropletUrn: 'do:droplet:412345678' };
    case 'digitalocean:index/reservedIp:ReservedIp':
      return { ipAddress: '203.0.113.10', reservedIpUrn: 'do:reservedip:203.0.113.10' };
    case 'digitalocean:index/spacesBucket:SpacesBucket':
      return { bucketUrn: `do:space:${inputs.name}`, endpoint: `${inputs.region}.digitaloceanspaces.com` };
    case 'digitalocean:index/spacesKey:SpacesKey':
      return { accessKey: `DO00${name}`, secretKey: `secret of ${name}` };
    case 'hcloud:index/server:Server':
      return { ipv4Address: '203.0.113.30', ipv6Address: '2001:db8:30::1', ipv6Network: '2001:db8:30::/64' };
    case 'hcloud:index/primaryIp:PrimaryIp':
      return inputs.type === 'ipv6'
        ? { ipAddress: '2001:db8:30::', ipNetwork: '2001:db8:30::/64' }
        : { ipAddress: '203.0.113.30' };
    case 'command:remote:Command':
      return {
        stdout:
          'step 31-fence\npinned 198.51.100.7 fra1.digitaloceanspaces.com\npinned 2001:db8::7 fra1.digitaloceanspaces.com\n',
      };
    default:
      return {};
  }
}
