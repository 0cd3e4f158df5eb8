import { describe, expect, it } from 'vitest';
import { runCommand } from '../../../test/support/run-command.ts';
import { simPlace } from '../../place/sim/sim.ts';

const shop = ['labs/_apps/customers/customers.yaml', 'labs/_apps/web-frontend/web-frontend.yaml'];
const ask = (files: readonly string[], more: readonly string[] = []) =>
  runCommand(['explain', ...files.flatMap((file) => ['-f', file]), '--url', 'http://customers/', ...more], {
    places: [simPlace],
  });

describe('mesh-labs explain', () => {
  it('tells what sent a request where, with file, line and column', async () => {
    const { code, out, err } = await ask([...shop, 'test/catalogue/labs/canary/manifests'], ['--from', 'web-frontend']);
    expect(code).toBe(0);
    expect(out.split('\n')[1]).toBe('✓ 200');
    expect(out.replace(/\s+/g, ' ')).toContain(
      'route `split` of VirtualService default/customers (test/catalogue/labs/canary/manifests/virtual-service.yaml:10)',
    );
    expect(out).toMatch(
      /<- DestinationRule default\/customers spec\.subsets\[\d\]\n +test\/catalogue\/labs\/canary\/manifests\/destination-rule\.yaml:\d+:\d+/,
    );
    expect(err).toContain('namespace default is not in the files; taken as one with sidecar injection');
  });

  it('is the same for the same seed, and another for another', async () => {
    const files = [...shop, 'test/catalogue/labs/canary/manifests'];
    const outs = await Promise.all(
      ['7', '7', '8', '20', '100', '1000', '12345', '99999'].map(
        async (seed) => (await ask(files, ['--from', 'web-frontend', '--seed', seed])).out,
      ),
    );
    expect(outs[1]).toBe(outs[0]);
    expect(outs.some((out) => out.includes('subset v1')) && outs.some((out) => out.includes('subset v2'))).toBe(true);
  });

  it('ends with 0 when the answer is an error, and prints JSON', async () => {
    const { code, out } = await ask(shop, ['--from', 'web-frontend', '--url', 'http://nobody/', '--json']);
    expect(code).toBe(0);
    const { outcome, request, events } = JSON.parse(out);
    expect(outcome.error.code).toBe('ENOTFOUND');
    expect(request.method).toBe('GET');
    expect(events).toEqual([]);
  });

  it('asks the mesh of a lab with its solution, on sim', async () => {
    const { code, out } = await ask([], ['--lab', 'canary', '--from', 'curl']);
    const page = await ask([], ['--lab', 'canary', '--from', 'curl', '--url', 'http://web-frontend/']);
    expect([code, page.code]).toEqual([0, 0]);
    expect(page.out).toMatch(/^ {2}web-frontend-\S+\.default: route `split` of/m);
    expect(out).toMatch(/^GET http:\/\/customers\/ from curl-[^ ]+\.default\n✓ 200\n/);
    expect(out).toContain('labs/canary/manifests/virtual-service.yaml:10');
    expect(out).not.toContain('Envoys themselves');
  });

  const wrong: [name: string, files: string[], more: string[], says: string][] = [
    ['nobody of that name', shop, ['--from', 'web-frontnd'], 'did you mean web-frontend?'],
    ['no URL', shop, ['--from', 'web-frontend', '--url', 'customers'], 'customers is no URL that can be sent to'],
    ['no header', shop, ['--from', 'web-frontend', '--header', 'user'], 'Write NAME: VALUE.'],
    ['no file', ['labs/none.yaml'], ['--from', 'web-frontend'], 'there is no file labs/none.yaml'],
    ['files and a lab', shop, ['--from', 'curl', '--lab', 'canary'], 'two meshes'],
    ['a place without a lab', shop, ['--from', 'curl', '--on', 'local'], '`--on` is for a lab'],
    ['no mesh', [], ['--from', 'curl'], 'name manifests with -f, or a lab with --lab'],
    ['an unknown lab', [], ['--from', 'curl', '--lab', 'canry'], 'canary'],
    ['nobody of that name in the lab', [], ['--from', 'crl', '--lab', 'canary'], 'did you mean curl?'],
    ['no sender at all', shop, [], "required option '--from <app>' not specified"],
  ];
  it.each(wrong)('ends with 2 for %s', async (_, files, more, says) => {
    const { code, out, err } = await ask(files, more);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(says);
  });
});
