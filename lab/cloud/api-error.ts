import type { Properties } from './types.ts';

/** A refusal in the provider's own words, with its HTTP status. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly status: number;
  readonly code: string;
  /** What was made before it failed: `{id, outputs}`. */
  readonly made: Properties;

  constructor(status: number, message: string, code = '', made: Properties = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.made = made;
  }
}

export const unprocessable = (message: string) => new ApiError(422, message, 'unprocessable_entity');
export const notFound = (message = 'The resource you were accessing could not be found.') =>
  new ApiError(404, message, 'not_found');

/** The clouds' and S3's refusals alike carry a status; anything else is a bug of the lab. */
export const isRefusal = (error: unknown): error is Error & { status: number; code: string } =>
  error instanceof Error && typeof (error as { status?: unknown }).status === 'number';
