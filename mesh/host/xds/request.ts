import type { ServerHttp2Stream } from 'node:http2';
import { isObject } from '../../json.ts';
import { isXdsType, type XdsType, xdsTypes } from './resources.ts';

export interface XdsRequest {
  nodeId: string;
  type: XdsType;
  name: string;
  version: string;
}

/** Reads a DiscoveryRequest (JSON with snake_case names, as Envoy writes it); answers 400 or 404 itself when it is none. */
export async function readRequest(stream: ServerHttp2Stream, path: string): Promise<XdsRequest | undefined> {
  const type = path.replace('/v3/discovery:', '');
  if (!isXdsType(type)) return refuse(stream, 404);
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
    if (!isObject(body) || !isObject(body.node)) return refuse(stream, 400);
    const names = Array.isArray(body.resource_names) ? body.resource_names : [];
    return {
      nodeId: String(body.node.id),
      type,
      name: xdsTypes[type].wildcard ? '' : String(names[0] ?? ''),
      version: String(body.version_info ?? ''),
    };
  } catch {
    return refuse(stream, 400);
  }
}

function refuse(stream: ServerHttp2Stream, status: number): undefined {
  if (!stream.destroyed) {
    stream.respond({ ':status': status });
    stream.end();
  }
  return undefined;
}
