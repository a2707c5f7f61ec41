/** `string`, `integer`, …; `[T]`; `{field: T, "optional?": T}`; `{"*": T}` for a map; `{enum: […]}`. */
export type TypeRule = string | TypeRule[] | { [field: string]: TypeRule };

export interface InputRule {
  type: TypeRule;
  required?: boolean;
  /** A change of this input replaces the resource. */
  replaces?: boolean;
  secret?: boolean;
  deprecated?: boolean;
  note?: string;
}

export interface ResourceRules {
  inputs: Record<string, InputRule>;
  outputs: Record<string, TypeRule>;
}

/** What a provider's published schema says; one JSON file per provider in `rules/`. */
export interface PackageRules {
  package: string;
  version: string;
  source: string;
  resources: Record<string, ResourceRules>;
}
