// The Maven artifact with the jars that Maven Central requires, deployed to a folder, and a project with an empty local
// repository that gets it from there.

import { join } from 'node:path';

/** @type {import('./ecosystem.mjs').Ecosystem} */
export const java = {
  id: 'java',
  title: 'Java: dev.nhipol:nhipol',
  needs: [
    { command: 'javac', debian: 'openjdk-17-jdk-headless' },
    { command: 'mvn', debian: 'maven' },
  ],
  plan: ({ out, version }) => {
    const artifact = `dev/nhipol/nhipol/${version}/nhipol-${version}`;
    const mvn = ['mvn', '--quiet', '--batch-mode'];
    const repository = `file://${out}`;
    return {
      folder: 'hosts/java',
      build: [
        [
          ...mvn,
          '-P',
          'release',
          'deploy',
          '-DskipTests',
          '-Dspotless.check.skip',
          `-DaltDeploymentRepository=packages::default::${repository}`,
          // Nothing is added to the repository of the user.
          `-Dmaven.install.skip`,
        ],
      ],
      inspections: [
        {
          title: 'the files of the jar',
          command: ['jar', 'tf', `${artifact}.jar`],
          contains: ['META-INF/LICENSE', 'META-INF/README.md', 'dev/nhipol/Policy.class'],
          excludes: ['Test.class', 'dev/nhipol/tools'],
        },
        {
          title: 'the files of the jar with sources',
          command: ['jar', 'tf', `${artifact}-sources.jar`],
          contains: ['META-INF/LICENSE', 'dev/nhipol/Policy.java'],
        },
        {
          title: 'the files of the jar with documentation',
          command: ['jar', 'tf', `${artifact}-javadoc.jar`],
          contains: ['index.html', 'dev/nhipol/Policy.html'],
        },
        {
          title: 'the metadata that Maven Central requires',
          command: ['cat', `${artifact}.pom`],
          contains: [
            'name',
            'description',
            'url',
            'licenses',
            'developers',
            'scm',
            'connection',
            'developerConnection',
          ].map((element) => `<${element}>`),
          excludes: ['SNAPSHOT'],
        },
        {
          title: 'the release of the class files',
          command: ['javap', '-v', '-cp', `${artifact}.jar`, 'dev.nhipol.Policy'],
          contains: ['major version: 61'],
        },
      ],
      projects: [
        {
          title: 'a project that depends on it',
          from: 'java',
          install: [
            [
              ...mvn,
              'compile',
              'dependency:copy-dependencies',
              `-Dnhipol.version=${version}`,
              `-Dpackages=${repository}`,
              `-Dmaven.repo.local=${join(out, 'local')}`,
            ],
          ],
          run: ['java', '-cp', 'target/classes:target/dependency/*', 'Decide'],
        },
      ],
    };
  },
};
