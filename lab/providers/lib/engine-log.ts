import * as grpc from '@grpc/grpc-js';
import engine_grpc from '@pulumi/pulumi/proto/engine_grpc_pb.js';
import engine_pb from '@pulumi/pulumi/proto/engine_pb.js';
import type { Log } from './provider.ts';

type LogClient = grpc.Client & {
  log(request: engine_pb.LogRequest, done: (error: grpc.ServiceError | null) => void): void;
};

/** A log per resource, written into the engine that listens at `address`; silent without one. */
export function engineLog(address: string | undefined): (urn: string) => Log {
  let client: LogClient | undefined;
  return (urn) => (message, severity) => {
    if (!address) return;
    client ??= new (
      engine_grpc as unknown as {
        EngineClient: new (address: string, credentials: grpc.ChannelCredentials) => LogClient;
      }
    ).EngineClient(address, grpc.credentials.createInsecure());
    const { INFO, WARNING } = engine_pb.LogSeverity;
    // A status line: shown while it happens, as the published providers do, and kept nowhere.
    const request = new engine_pb.LogRequest().setMessage(message).setUrn(urn).setEphemeral(true);
    request.setSeverity(severity === 'warning' ? WARNING : INFO);
    // A lost log line must not fail the work it tells about.
    client.log(request, () => {});
  };
}
