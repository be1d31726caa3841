import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { mapOf } from '../../../../src/system/yaml/yaml-value.ts';
import { parseProject } from '../../../../src/containers/compose/config.ts';
import { readTarget } from '../../../../src/chroma/runtimes/compose/target.ts';
import { ExplainedError } from '../../../../src/system/errors.ts';

const parse = (answer: string) => parseProject('docker compose', answer);

describe('what Compose says of a project', () => {
  for (const [who, answer] of Object.entries({
    'docker compose': `{"name":"shop","services":{"chroma":{"command":null,"entrypoint":null,
      "environment":{"A":null,"B":"1"},"image":"chromadb/chroma:1.5.9","networks":{"default":null},
      "depends_on":{"db":{"condition":"service_started","required":true}},
      "labels":{"chroma-tls.role":"server"},
      "ports":[{"mode":"ingress","host_ip":"127.0.0.1","target":8443,"published":"9000","protocol":"tcp"}],
      "volumes":[{"type":"volume","source":"vec","target":"/data","volume":{}},{"type":"tmpfs","target":"/tmp"}]},
      "db":{"build":{"context":"/srv"},"command":["run","-v"]}},"x-own":[1],"volumes":{"vec":null}}`,
    'docker-compose 1.29': `services:
  chroma:
    command: run --path /data
    environment: {A: '1', B: null}
    image: chromadb/chroma:1.5.9
    depends_on: [db]
    labels: {chroma-tls.role: server, other: 1}
    ports: [127.0.0.1:9000:8443/tcp]
    volumes: [vec:/data:rw]
  db: {build: {context: /srv}}
version: '3.9'
`,
    'podman-compose, which takes what a user wrote': `services:
  chroma:
    environment: [A=1, B]
    image: chromadb/chroma:1.5.9
    labels: [chroma-tls.role=server]
    depends_on: [db]
    ports: [{host_ip: 127.0.0.1, published: 9000, target: 8443}, 8001]
    volumes:
  db:
`,
  })) {
    it(`is read as ${who} writes it, and kept whole`, async () => {
      const whole = await parse(answer);
      const services = mapOf(whole['services']);
      const target = readTarget(services);
      assert.deepEqual(
        [target?.services, target?.bindAddress, target?.port],
        [['chroma'], '127.0.0.1', 9000],
      );
      assert.deepEqual(Object.keys(services), ['chroma', 'db']);
      const { labels, depends_on } = mapOf(services['chroma']);
      assert.match(JSON.stringify(labels), /^.{1,2}chroma-tls\.role(":"|=)server/);
      assert.match(JSON.stringify(depends_on), /^.{1,2}db"/);
      assert.ok(JSON.stringify(whole).includes('chromadb/chroma:1.5.9'));
      assert.equal('x-own' in whole, who === 'docker compose');
    });
  }

  it('may be that it has no services', async () => {
    for (const answer of ['{}', '{"services":null}', 'services: {}\n']) {
      assert.deepEqual(mapOf((await parse(answer))['services']), {});
    }
  });

  const chroma = (service: string): string => `{"services":{"chroma":${service}}}`;
  for (const [answer, location] of [
    ['', undefined],
    ['hello', undefined],
    ['[]', undefined],
    ['{"services":', undefined],
    ['{"services":[]}', 'services'],
    [chroma('"x"'), 'services.chroma'],
    [chroma('[]'), 'services.chroma'],
    [chroma('{"image":7}'), 'services.chroma.image'],
    [chroma('{"labels":"x"}'), 'services.chroma.labels'],
    [chroma('{"network_mode":[]}'), 'services.chroma.network_mode'],
    [chroma('{"depends_on":"db"}'), 'services.chroma.depends_on'],
    [chroma('{"ports":{"8000":8000}}'), 'services.chroma.ports'],
    [chroma('{"ports":[{"published":{}}]}'), 'services.chroma.ports.0'],
    [chroma('{"command":{"a":1}}'), 'services.chroma.command'],
    [chroma('{"environment":"TOKEN=secret"}'), 'services.chroma.environment'],
    [chroma('{"volumes":"vec:/data"}'), 'services.chroma.volumes'],
    [chroma('{"volumes":[7]}'), 'services.chroma.volumes.0'],
  ] as const) {
    it(`is refused in our own words where it is ${JSON.stringify(answer)}`, async () => {
      await assert.rejects(parse(answer), (error) => {
        assert.ok(error instanceof ExplainedError);
        assert.equal(error.code, 'compose-not-understood');
        assert.match(
          error.message,
          /^docker compose does not answer as Compose\. [A-Z].+ Update Compose/,
        );
        if (location !== undefined)
          assert.ok(error.message.includes(` at ${location} `), error.message);
        assert.doesNotMatch(JSON.stringify(error.problem), /secret|SyntaxError|Expected/);
        return true;
      });
    });
  }
});
