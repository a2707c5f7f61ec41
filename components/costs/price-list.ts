/** What one provider asks, as its pages said on one day. Prices change: `coop costs` says how old these are. */
export interface PriceList {
  provider: 'hetzner' | 'digitalocean';
  /** Day the figures were true. */
  date: `${number}-${number}-${number}`;
  currency: 'EUR' | 'USD';
  /** Where they can be looked up. */
  source: string;
  /** What is and is not in them. */
  remark: string;
}

/** Outgoing traffic of a month, in gigabytes. */
export interface Traffic {
  includedGb: number;
  /** Price of each gigabyte beyond. */
  perGb: number;
}
