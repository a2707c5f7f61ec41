import { flushCompileCache } from 'node:module';
import * as grpc from '@grpc/grpc-js';
import plugin_pb from '@pulumi/pulumi/proto/plugin_pb.js';
import provider_grpc from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import provider_pb from '@pulumi/pulumi/proto/provider_pb.js';
import empty_pb from 'google-protobuf/google/protobuf/empty_pb.js';
import struct_pb from 'google-protobuf/google/protobuf/struct_pb.js';
import { engineLog } from './engine-log.ts';
import { asServiceError } from './errors.ts';
import type { Provider, Subject } from './provider.ts';
import { type Properties, plainObject } from './wire.ts';

type Struct = struct_pb.Struct | undefined;
type Handler = (request: never) => unknown;

const properties = (struct: Struct): Properties => (struct?.toJavaScript() ?? {}) as Properties;
// `undefined` is no JSON value: round it off here, once.
const struct = (value: Properties) =>
  struct_pb.Struct.fromJavaScript(
    JSON.parse(JSON.stringify(value)) as Record<string, struct_pb.JavaScriptValue>,
  );

function subjectOf(request: { getUrn(): string }): Subject {
  const urn = request.getUrn();
  const [, , types = '', ...name] = urn.replace(/^urn:pulumi:/, '').split('::');
  return { urn, type: types.split('$').at(-1) ?? '', name: name.join('::') };
}

/**
 * Serves a provider to the engine over `pulumirpc.ResourceProvider`. The SDK's own `main()` starts slower, prints a
 * stack for every refusal, has no preview of outputs, and cannot log under a resource.
 * https://github.com/pulumi/pulumi/blob/master/proto/pulumi/provider.proto
 */
export async function serve(provider: Provider): Promise<void> {
  const log = engineLog(process.argv[2]);
  const { DiffResponse, PropertyDiff } = provider_pb;
  const handlers: Record<string, Handler> = {
    getPluginInfo: () => new plugin_pb.PluginInfo().setVersion(provider.version),
    checkConfig: (request: provider_pb.CheckRequest) =>
      new provider_pb.CheckResponse().setInputs(request.getNews()),
    diffConfig: () => new DiffResponse().setChanges(DiffResponse.DiffChanges.DIFF_NONE),
    configure: (request: provider_pb.ConfigureRequest) => {
      const values = Object.entries(plainObject(properties(request.getArgs())));
      provider.configure?.(Object.fromEntries(values.map(([key, value]) => [key, String(value)])));
      return new provider_pb.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
    },
    cancel: () => {
      provider.cancel?.();
      return new empty_pb.Empty();
    },
    check: (request: provider_pb.CheckRequest) => {
      const { inputs, failures } = provider.check(
        subjectOf(request),
        properties(request.getOlds()),
        properties(request.getNews()),
      );
      const list = failures.map(({ property, reason }) =>
        new provider_pb.CheckFailure().setProperty(property).setReason(reason),
      );
      return new provider_pb.CheckResponse().setInputs(struct(inputs)).setFailuresList(list);
    },
    diff: (request: provider_pb.DiffRequest) => {
      const olds = request.hasOldInputs() ? request.getOldInputs() : request.getOlds();
      const diff = provider.diff(subjectOf(request), properties(olds), properties(request.getNews()));
      const keys = Object.keys(diff.changed);
      const { DIFF_SOME, DIFF_NONE } = DiffResponse.DiffChanges;
      const response = new DiffResponse()
        .setChanges(keys.length > 0 ? DIFF_SOME : DIFF_NONE)
        .setDiffsList(keys)
        .setReplacesList(diff.replaces)
        .setHasdetaileddiff(true);
      for (const [key, how] of Object.entries(diff.changed)) {
        const kind = `${how}${diff.replaces.includes(key) ? '_replace' : ''}`.toUpperCase();
        const detail = new PropertyDiff().setInputdiff(true);
        detail.setKind(PropertyDiff.Kind[kind as keyof typeof PropertyDiff.Kind]);
        response.getDetaileddiffMap().set(key, detail);
      }
      return response;
    },
    create: async (request: provider_pb.CreateRequest) => {
      const subject = subjectOf(request);
      const inputs = properties(request.getProperties());
      if (request.getPreview()) return new provider_pb.CreateResponse().setProperties(struct(inputs));
      const { id, outputs } = await provider.create(subject, inputs, log(subject.urn));
      return new provider_pb.CreateResponse().setId(id).setProperties(struct(outputs));
    },
    read: async (request: provider_pb.ReadRequest) => {
      const inputs = properties(request.getInputs());
      const outputs = properties(request.getProperties());
      const found = await provider.read(subjectOf(request), request.getId(), inputs, outputs);
      if (!found) return new provider_pb.ReadResponse();
      const response = new provider_pb.ReadResponse().setId(found.id ?? request.getId());
      return response.setProperties(struct(found.outputs)).setInputs(struct(found.inputs));
    },
    update: async (request: provider_pb.UpdateRequest) => {
      const subject = subjectOf(request);
      const [olds, news] = [properties(request.getOlds()), properties(request.getNews())];
      const response = new provider_pb.UpdateResponse();
      if (request.getPreview()) return response.setProperties(struct({ ...olds, ...news }));
      const before = request.hasOldInputs() ? properties(request.getOldInputs()) : olds;
      const changed = Object.keys(provider.diff(subject, before, news).changed);
      const outputs = await provider.update(subject, request.getId(), olds, news, log(subject.urn), changed);
      return response.setProperties(struct(outputs));
    },
    invoke: (request: provider_pb.InvokeRequest) => {
      throw new Error(`the lab's ${provider.name} plugin lacks the function ${request.getTok()}`);
    },
    delete: async (request: provider_pb.DeleteRequest) => {
      const subject = subjectOf(request);
      await provider.remove(subject, request.getId(), properties(request.getProperties()), log(subject.urn));
      return new empty_pb.Empty();
    },
  };
  const server = new grpc.Server({
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
  });
  server.addService(
    (provider_grpc as unknown as { ResourceProviderService: grpc.ServiceDefinition }).ResourceProviderService,
    Object.fromEntries(Object.entries(handlers).map(([name, handler]) => [name, unary(handler)])),
  );
  exitWithEngine(() => provider.cancel?.());
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  // The engine reads the port from the first line.
  process.stdout.write(`${port}\n`);
  // The engine ends its plugins with a signal, and then Node keeps nothing.
  flushCompileCache();
}

/** An engine that was killed tells nobody: its plugins notice that they were given to another parent. */
function exitWithEngine(cleanUp: () => void): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, 500).unref();
  process.on('exit', cleanUp);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
}

function unary(handler: Handler): grpc.UntypedHandleCall {
  return async (
    call: grpc.ServerUnaryCall<unknown, unknown>,
    callback: grpc.sendUnaryData<unknown>,
  ): Promise<void> => {
    try {
      callback(null, await handler(call.request as never));
    } catch (error) {
      callback(asServiceError(error), null);
    }
  };
}
