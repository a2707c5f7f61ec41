/** A file that came with a form and lies on disk until the request ends. */
export interface Upload {
  path: string;
  filename: string;
  contentType: string;
  size: number;
}

/** Fields of a request, whether they came as a query, a form, JSON or multipart. */
export class Form {
  private fields = new Map<string, string[]>();
  readonly uploads = new Map<string, Upload>();

  add(name: string, value: string): void {
    const key = name.replace(/\[\]$/, '');
    this.fields.set(key, [...(this.fields.get(key) ?? []), value]);
  }

  /** Flattens JSON into `a[b]` names, as Rails' nested parameters read. */
  addJson(value: unknown, prefix = ''): void {
    if (Array.isArray(value)) for (const item of value) this.addJson(item, `${prefix}[]`);
    else if (value !== null && typeof value === 'object')
      for (const [name, item] of Object.entries(value))
        this.addJson(item, prefix ? `${prefix}[${name}]` : name);
    else if (value !== null && value !== undefined) this.add(prefix, String(value));
  }

  get(name: string): string | undefined {
    return this.fields.get(name)?.at(-1);
  }

  all(name: string): string[] {
    return this.fields.get(name) ?? [];
  }

  flag(name: string): boolean | undefined {
    const value = this.get(name);
    return value === undefined || value === '' ? undefined : ['true', '1', 'on', 't'].includes(value);
  }
}
