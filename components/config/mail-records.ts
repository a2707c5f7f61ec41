import { z } from 'zod';
import { domainName, text } from './fields.ts';

/** Zone files and DNS services take printable ASCII; a quote would end the text early. */
const printable = /^[\x20\x21\x23-\x5b\x5d-\x7e]{1,2000}$/;

const record = (form: RegExp, what: string, remedy: string) =>
  text((value) => form.test(value) && printable.test(value), `is not ${what}`, remedy);

/** Records other mail servers ask for before they take mail of the domain, or bring it. */
export const mailRecords = z.strictObject({
  mx: z
    .array(
      z.strictObject({
        host: domainName.meta({ description: 'server that takes mail for the domain' }),
        priority: z
          .int()
          .min(0)
          .max(65_535)
          .default(10)
          .meta({ description: 'its rank; the lowest is asked first' }),
      }),
    )
    .default([])
    .meta({ description: 'servers that take mail for the domain: host, priority' }),
  spf: record(
    /^v=spf1( \S+)*$/,
    'an SPF record',
    'write it as the mail relay says, like v=spf1 include:_spf.example.org -all',
  )
    .optional()
    .meta({ description: 'who may send mail of the domain (TXT, v=spf1 …)' }),
  dkim: z
    .record(
      text(
        (name) =>
          /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(name) && name.length <= 63,
        'is not a selector',
        'write what stands before ._domainkey, like s1',
      ),
      record(
        /^(v=DKIM1;.*)?\bp=[A-Za-z0-9+/=]*.*$/,
        'a DKIM record',
        'copy it from the mail relay, like v=DKIM1; k=rsa; p=MIIB…',
      ),
    )
    .default({})
    .meta({ description: 'public keys mail is signed with, by selector (TXT, v=DKIM1; …)' }),
  dmarc: record(
    /^v=DMARC1;\s*p=(none|quarantine|reject)\b.*$/,
    'a DMARC record',
    'write one like v=DMARC1; p=quarantine; rua=mailto:postmaster@social.coop',
  )
    .optional()
    .meta({ description: 'what others do with mail that is not ours (TXT, v=DMARC1; …)' }),
});
