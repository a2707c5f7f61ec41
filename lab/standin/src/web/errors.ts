/** An answer that is an error, in Mastodon's own form. */
export class HttpError extends Error {
  override name = 'HttpError';
  status: number;
  details?: object;
  constructor(status: number, message: string, details?: object) {
    super(message);
    this.status = status;
    this.details = details;
  }
}

export const notFound = (): HttpError => new HttpError(404, 'Record not found');
export const unprocessable = (message: string, details?: object): HttpError =>
  new HttpError(422, `Validation failed: ${message}`, details);
