import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';

/**
 * PostgreSQL's stored form of a password (SCRAM-SHA-256), so that the password itself never reaches the database's container.
 * The salt comes from the password, because a tree must render the same twice.
 */
export function scramVerifier(role: string, password: string): string {
  const iterations = 4096;
  const salt = createHmac('sha256', password).update(`social.coop salt ${role}`).digest().subarray(0, 16);
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const client = createHmac('sha256', salted).update('Client Key').digest();
  const stored = createHash('sha256').update(client).digest('base64');
  const server = createHmac('sha256', salted).update('Server Key').digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored}:${server}`;
}
