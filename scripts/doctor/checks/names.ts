import { notTheZone } from '../../../components/accounts/problems.ts';
import { Refusal, type SeenRecord, Silence } from '../../../components/accounts/types.ts';
import { parseConfig } from '../../../components/config.ts';
import { caaRecords, type Record as Planned, records } from '../../../components/dns/records.ts';
import { prefix } from '../../lib/stack-file.ts';
import { type Check, type Finding, failure, ok, type Patient, skipped, warning } from '../types.ts';

interface Dns {
  provider?: string;
  zone?: string;
  zoneId?: string;
}

/** The zone is there for this token, and no record of somebody else's stands where ours will. */
export const names: Check = {
  name: 'names',
  ofStack: true,
  async run(patient) {
    const dns = (patient.plain.dns ?? {}) as Dns;
    if (dns.provider !== 'cloudflare')
      return [skipped('the names are set by hand: see the stack output dnsByHand')];
    if (!patient.context.env.CLOUDFLARE_API_TOKEN || !dns.zoneId) return [];
    try {
      const zone = await patient.clouds.cloudflare.zone(dns.zoneId);
      const wrong = notTheZone({ zone: dns.zone ?? '', zoneId: dns.zoneId }, zone);
      if (!zone || wrong) return wrong ? [failure(wrong.cause, wrong.remedy)] : [];
      const account = zone.account ? `, of account ${zone.account}` : '';
      return [ok(`zone ${zone.name}${account}`), ...(await conflicts(patient, dns.zoneId))];
    } catch (error) {
      if (error instanceof Refusal || error instanceof Silence)
        return [skipped(`the zone: ${error.message}`)];
      throw error;
    }
  },
};

async function conflicts(patient: Patient, zoneId: string): Promise<Finding[]> {
  const planned = await plannedRecords(patient);
  if (planned.length === 0) return [];
  const hosts = [...new Set(planned.map(({ name }) => name))];
  const [seen, state] = await Promise.all([
    patient.clouds.cloudflare.records(zoneId, hosts),
    patient.state().catch(() => undefined),
  ]);
  const ours = new Set(
    state?.resources.flatMap(({ type, id }) => (type === 'cloudflare:index/dnsRecord:DnsRecord' ? [id] : [])),
  );
  const foreign = seen.filter(({ id }) => !ours.has(id));
  const found = foreign.flatMap((record) => judge(record, planned, zoneId));
  return found.length > 0 ? found : [ok(`no record of others stands at ${hosts.join(', ')}`)];
}

/** What a record that is not ours does to those that will be. */
function judge(seen: SeenRecord, planned: Planned[], zoneId: string): Finding[] {
  const here = planned.filter(({ name }) => name === seen.name);
  const show = `${seen.name} ${seen.type} ${seen.content}`;
  const remedy = `make it ours: pulumi import cloudflare:index/dnsRecord:DnsRecord NAME ${zoneId}/${seen.id}; or delete it when you move`;
  if (seen.type === 'CNAME')
    return [failure(`${show} is not ours, and nothing else can stand beside a CNAME`, remedy)];
  if (seen.type === 'NS') return [failure(`${show} gives the name to other name servers`, remedy)];
  if (!here.some(({ type }) => type === seen.type)) return [];
  if (seen.type === 'CAA')
    return [warning(`${show} is not ours; together they say who may issue certificates`, remedy)];
  if (seen.type === 'TXT') return txt(seen, here, show, remedy);
  return [failure(`${show} is not ours: answers would be mixed with those of our own`, remedy)];
}

/** Texts of several purposes may share a name; two of one purpose make both void. */
function txt(seen: SeenRecord, here: Planned[], show: string, remedy: string): Finding[] {
  const purpose = (text = '') => /^"?(v=\w+)/i.exec(text)?.[1]?.toLowerCase();
  const same = here.some(
    ({ type, content }) => (type as string) === 'TXT' && purpose(content) === purpose(seen.content),
  );
  return same && purpose(seen.content)
    ? [failure(`${show} is not ours, and there may be only one`, remedy)]
    : [];
}

/** The records the program will make; the addresses do not matter here. */
async function plannedRecords(patient: Patient): Promise<Planned[]> {
  const { stack = '', plain } = patient;
  try {
    const { values, secretKeys } = await patient.config();
    const config = parseConfig(values, { project: prefix.slice(0, -1), stack, secretKeys });
    return records(config, '192.0.2.1', '2001:db8::1');
  } catch {
    // Without the passphrase, or with a config that is not right yet: the names that matter most.
    if (typeof plain.domain !== 'string') return [];
    const { domain } = plain;
    const contact = String(plain.contact ?? '');
    const acmeDirectory = String(plain.acmeDirectory ?? 'https://acme-v02.api.letsencrypt.org/directory');
    return [
      { key: 'a', name: domain, type: 'A' },
      { key: 'aaaa', name: domain, type: 'AAAA' },
      ...caaRecords({ domain, contact, acmeDirectory } as Parameters<typeof caaRecords>[0]),
    ];
  }
}
