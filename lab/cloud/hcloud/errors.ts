import { ApiError } from '../api-error.ts';

// https://docs.hetzner.cloud/reference/cloud#errors
export const invalid = (message: string) => new ApiError(422, message, 'invalid_input');
export const taken = (message: string) => new ApiError(409, message, 'uniqueness_error');
export const isProtected = (message: string) => new ApiError(423, message, 'protected');
export const inUse = (message: string) => new ApiError(422, message, 'resource_in_use');
export const notStopped = () => new ApiError(422, 'server must be powered off', 'server_not_stopped');
