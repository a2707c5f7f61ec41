import * as grpc from '@grpc/grpc-js';
import provider_pb from '@pulumi/pulumi/proto/provider_pb.js';
import status_pb from '@pulumi/pulumi/proto/status_pb.js';
import any_pb from 'google-protobuf/google/protobuf/any_pb.js';
import struct_pb from 'google-protobuf/google/protobuf/struct_pb.js';
import { PartialFailure } from './provider.ts';

/** What the engine understands: a plain failure, or "made, but failed" with the id to go on with. */
export function asServiceError(error: unknown): Partial<grpc.StatusObject> {
  const message = error instanceof Error ? error.message : String(error);
  const metadata = new grpc.Metadata();
  if (error instanceof PartialFailure) {
    const detail = new provider_pb.ErrorResourceInitFailed().setId(error.id).setReasonsList([message]);
    detail.setProperties(struct_pb.Struct.fromJavaScript(JSON.parse(JSON.stringify(error.properties))));
    const details = new any_pb.Any();
    details.pack(detail.serializeBinary(), 'pulumirpc.ErrorResourceInitFailed');
    const status = new status_pb.Status().setCode(grpc.status.UNKNOWN).setMessage(message);
    status.addDetails(details);
    metadata.add('grpc-status-details-bin', Buffer.from(status.serializeBinary()));
  }
  return { code: grpc.status.UNKNOWN, details: message, metadata };
}
