import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { SERVER_PRODUCTS } from '../constructs/server/server-products';
import { PROJECT_FOLDER } from './fixtures/runs/project-folder';

/* Compares the workflows of a forge with the project's own promises. No workflow runs here. */

const FOLDER = join(PROJECT_FOLDER, '.github/workflows');

const step = z.looseObject({
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).default({}),
});

const workflow = z.looseObject({
  permissions: z.record(z.string(), z.string()),
  concurrency: z.object({ group: z.string() }).loose(),
  jobs: z.record(
    z.string(),
    z.looseObject({
      'timeout-minutes': z.number(),
      permissions: z.record(z.string(), z.string()).optional(),
      needs: z.string().optional(),
      strategy: z
        .object({ matrix: z.record(z.string(), z.array(z.unknown())) })
        .loose()
        .optional(),
      steps: z.array(step),
    }),
  ),
});

const read = (path: string): string => readFileSync(join(PROJECT_FOLDER, path), 'utf8');
const { scripts, engines } = z
  .object({ scripts: z.record(z.string(), z.string()), engines: z.object({ node: z.string() }) })
  .parse(JSON.parse(read('package.json')));

/** Rights of a job beyond reading the sources. */
const RIGHTS: Readonly<Record<string, Record<string, Record<string, string>>>> = {
  'release.yml': {
    publish: { contents: 'write', 'id-token': 'write', packages: 'write', attestations: 'write' },
    pages: { contents: 'read', pages: 'write', 'id-token': 'write' },
  },
};

describe.each(readdirSync(FOLDER))('%s', (name) => {
  const text = readFileSync(join(FOLDER, name), 'utf8');
  // The schema requires a time limit of each job.
  const { permissions, jobs } = workflow.parse(parse(text));
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  it('the workflow may read the sources, and a job only what it needs', () => {
    expect(permissions).toEqual({ contents: 'read' });
    const rights = Object.entries(jobs).flatMap(([job, { permissions: own }]) =>
      own === undefined ? [] : [[job, own]],
    );
    expect(Object.fromEntries(rights)).toEqual(RIGHTS[name] ?? {});
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts.length).toBe(Object.keys(jobs).length);
    expect(checkouts.filter((each) => each.with['persist-credentials'] !== false)).toEqual([]);
  });

  it('the workflow pins each action to a commit, with the version beside it', () => {
    const used = [...text.matchAll(/^ +(?:- )?uses: (.*)$/gm)].map(([, action = '']) => action);
    expect(used.length).toBe(steps.filter(({ uses }) => uses !== undefined).length);
    expect(used.filter((action) => !/^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([]);
  });

  it('the workflow has one version of each action', () => {
    const versions = new Map(
      steps.flatMap(({ uses }) => (uses === undefined ? [] : [uses.split('@') as [string, string]])),
    );
    const other = steps.filter(
      ({ uses = '' }) => uses !== '' && uses.split('@')[1] !== versions.get(uses.split('@')[0] ?? ''),
    );
    expect(other).toEqual([]);
  });

  it('the workflow runs existing scripts', () => {
    const runs = steps.flatMap(({ run = '' }) => run.split('\n'));
    const npm = runs.flatMap((line) => /npm run ([a-z][\w:-]*)/.exec(line)?.[1] ?? []);
    expect(npm.filter((script) => !(script in scripts))).toEqual([]);
    const files = runs.filter((line) => line.startsWith('.'));
    expect(files.filter((file) => (statSync(join(PROJECT_FOLDER, file)).mode & 0o111) === 0)).toEqual([]);
    expect(npm.length + files.length).toBeGreaterThan(0);
  });
});

describe('ci.yml', () => {
  const { jobs } = workflow.parse(parse(readFileSync(join(FOLDER, 'ci.yml'), 'utf8')));

  it('the test job runs on every Node with long-term support that the README promises', () => {
    const [, first = 0, last = 0] = (/Node (\d+)\.\d+ to (\d+)/.exec(read('README.md')) ?? []).map(Number);
    const promised = Array.from({ length: (last - first) / 2 + 1 }, (_, index) => first + 2 * index);
    expect(engines.node).toMatch(new RegExp(`^>=${first}\\.`));
    expect(jobs.test?.strategy?.matrix.node).toEqual(promised);
  });

  it('the deploy job runs the oldest Terraform and OpenTofu that the README promises', () => {
    const [, oldest = ''] = /Terraform or OpenTofu >= (\d+\.\d+)/.exec(read('README.md')) ?? [];
    expect(jobs.deploy?.strategy?.matrix.terraform).toEqual(['terraform', 'tofu']);
    const versions = jobs.deploy?.steps.flatMap((each) => each.with.terraform_version ?? each.with.tofu_version ?? []);
    expect(versions).toEqual([`${oldest}.x`, `${oldest}.x`]);
  });

  it('the deploy job takes the servers out of the deployed images', () => {
    const images = Object.values(SERVER_PRODUCTS).map(({ cli, image }) => ({ program: cli, image }));
    expect(jobs.deploy?.strategy?.matrix.server).toEqual(images);
  });
});

describe('release.yml', () => {
  const text = readFileSync(join(FOLDER, 'release.yml'), 'utf8');
  const { jobs } = workflow.parse(parse(text));

  it('a tag of a version starts the workflow, and nothing else does', () => {
    const { on } = z.object({ on: z.unknown() }).parse(parse(text));
    expect(on).toEqual({ push: { tags: ['v*'] } });
  });

  it('nothing is published before the tests pass, and the site comes last', () => {
    expect(Object.values(jobs).map(({ needs }) => needs)).toEqual([undefined, 'test', 'publish']);
    expect(jobs.test?.steps.map(({ run }) => run)).toContain('.ci/run');
  });

  it('the workflow has no secret, because npm, cosign and the images trust its identity', () => {
    expect(text).not.toMatch(/secrets\./);
  });

  it('the packages are published by a Node whose npm knows trusted publishing', () => {
    const node = jobs.publish?.steps.find(({ uses = '' }) => uses.startsWith('actions/setup-node@'))?.with[
      'node-version'
    ];
    expect(node).toBeGreaterThanOrEqual(24);
  });
});
