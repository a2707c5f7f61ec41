import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Object ACLs, which versitygw lacks: one empty file per public object, so that a restart forgets nothing. */
export class ObjectAcls {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
  }

  private file(bucket: string, key: string, kind: 'public' | 'upload'): string {
    return join(this.dir, bucket, `${createHash('sha256').update(key).digest('hex')}.${kind}`);
  }

  private mark(file: string, on: boolean): void {
    if (on) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, '');
    } else rmSync(file, { force: true });
  }

  isPublic(bucket: string, key: string): boolean {
    return existsSync(this.file(bucket, key, 'public'));
  }

  set(bucket: string, key: string, isPublic: boolean): void {
    this.mark(this.file(bucket, key, 'public'), isPublic);
  }

  /** A multipart upload names its ACL when it begins, and the object gets it when it completes. */
  begin(bucket: string, key: string, isPublic: boolean): void {
    this.mark(this.file(bucket, key, 'upload'), isPublic);
  }

  complete(bucket: string, key: string): void {
    const upload = this.file(bucket, key, 'upload');
    this.set(bucket, key, existsSync(upload));
    rmSync(upload, { force: true });
  }

  forget(bucket: string): void {
    rmSync(join(this.dir, bucket), { recursive: true, force: true });
  }
}
