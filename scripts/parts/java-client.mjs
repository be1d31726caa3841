// LangChain4j's store for Chroma and what it needs, for the test that runs what we print.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { asPart, keptFolder, progress } from './bench.mjs';
import { ensureProgram } from './verifiers.mjs';

const VERSION = '1.11.0-beta19';

const PROJECT = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>example</groupId>
  <artifactId>example</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>dev.langchain4j</groupId>
      <artifactId>langchain4j-chroma</artifactId>
      <version>${VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;

export function javaClient() {
  return asPart('java client', async () => {
    await ensureProgram('javac', 'openjdk-17-jdk-headless');
    await ensureProgram('mvn', 'maven');
    const folder = await keptFolder(`langchain4j-chroma-${VERSION}`, async (target) => {
      progress('java client')('fetching');
      await writeFile(join(target, 'pom.xml'), PROJECT);
      const args = ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib'];
      await execa('mvn', args, { cwd: target });
    });
    return { available: true, classpath: join(folder, 'lib', '*') };
  });
}
