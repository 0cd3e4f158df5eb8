import { describe, expect, it } from 'vitest';
import { parseManifest } from '../lab/manifest.ts';
import { parsePath } from '../lab/path.ts';
import { type MeshSettings, settingsOfConfigMap, settingsOfFile } from './mesh-settings.ts';

const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\n';
const other = head.replace('istio,', 'other,');
const at = (settings: MeshSettings | undefined, path: string): string => {
  const { file, line, column } = settings?.source?.locate(parsePath(path)) ?? {};
  return `${file}:${line}:${column}`;
};
const inManifest = (text: string) => settingsOfConfigMap(parseManifest(text, 'all.yaml').file.objects, () => text);

describe('settings in a ConfigMap', () => {
  it.each<[string, string, string, string]>([
    [
      'of a block',
      `${head}data:\n  mesh: |\n    trustDomain: td\n    connectTimeout: 3s\n`,
      'connectTimeout',
      'all.yaml:7:21',
    ],
    [
      'of a field in it',
      `${head}data:\n  mesh: |-\n    a: 1\n    defaultConfig:\n      tracing: {sampling: 5}\n`,
      'defaultConfig.tracing.sampling',
      'all.yaml:8:27',
    ],
    [
      'of an item',
      `${head}data:\n  mesh: |\n    extensionProviders:\n    - name: otel\n`,
      'extensionProviders[0].name',
      'all.yaml:7:13',
    ],
    [
      'of a block with its own indentation',
      `${head}data:\n    mesh: |\n          connectTimeout: 3s\n`,
      'connectTimeout',
      'all.yaml:6:27',
    ],
    [
      'of a block after an empty line',
      `${head}data:\n  mesh: |\n\n    connectTimeout: 3s\n`,
      'connectTimeout',
      'all.yaml:7:21',
    ],
    [
      'in a second document',
      `${other}---\n${head}data:\n  mesh: |\n    connectTimeout: 3s\n`,
      'connectTimeout',
      'all.yaml:10:21',
    ],
    ['of a quoted text, as a whole', `${head}data: {mesh: "connectTimeout: 3s"}\n`, 'connectTimeout', 'all.yaml:4:14'],
    [
      'of a folded text, as a whole',
      `${head}data:\n  mesh: >\n    connectTimeout: 3s\n`,
      'connectTimeout',
      'all.yaml:5:9',
    ],
  ])('have the position %s', (_name, text, path, want) => {
    expect(at(inManifest(text), path)).toBe(want);
  });

  it.each([
    ['another ConfigMap', `${other}data: {mesh: "connectTimeout: 3s"}`],
    ['one without the key', `${head}data: {meshNetworks: ""}`],
  ])('%s is none', (_name, text) => {
    expect(inManifest(text)).toBeUndefined();
  });

  it('of two ConfigMaps the last counts', () => {
    const text = `${head}data: {mesh: "connectTimeout: 3s"}\n---\n${head}data: {mesh: "connectTimeout: 4s"}\n`;
    expect(inManifest(text)?.overrides).toEqual({ connectTimeout: '4s' });
  });

  it('tells where a text is that is no YAML', () => {
    expect(inManifest(`${head}data:\n  mesh: "["\n`)).toMatchObject({
      where: { file: 'all.yaml', line: 5 },
      problems: [{ what: expect.stringContaining('mesh config') }],
    });
  });
});

it('settings of a file have its positions', () => {
  expect(at(settingsOfFile('a: 1\nconnectTimeout: 3s\n', 'mesh.yaml'), 'connectTimeout')).toBe('mesh.yaml:2:17');
});
