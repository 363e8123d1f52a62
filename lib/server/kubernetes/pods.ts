import { z } from 'zod';
import {
  podNames,
  type KubernetesServerDeclaration,
} from '../../declaration/schema/server/kubernetes-server-declaration';
import type { Kubectl } from './kubectl';

/*
 * The pods of a server and the objects that belong to them, with the fields that are read here.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#PodStatus
 */

const containerState = z
  .object({
    waiting: z.object({ reason: z.string().default(''), message: z.string().default('') }).optional(),
    running: z.object({}).optional(),
    terminated: z
      .object({ exitCode: z.number(), reason: z.string().default(''), message: z.string().default('') })
      .optional(),
  })
  .default({});

const containerStatus = z.object({
  name: z.string(),
  image: z.string(),
  restartCount: z.number(),
  state: containerState,
  lastState: containerState,
});

const metadata = z.object({
  name: z.string(),
  uid: z.string().default(''),
  generation: z.number().optional(),
  deletionTimestamp: z.string().optional(),
  labels: z.record(z.string(), z.string()).default({}),
});

const pod = z.object({
  kind: z.literal('Pod'),
  metadata,
  status: z.object({
    conditions: z
      .array(z.object({ type: z.string(), status: z.string(), message: z.string().default('') }))
      .default([]),
    initContainerStatuses: z.array(containerStatus).default([]),
    containerStatuses: z.array(containerStatus).default([]),
  }),
});

const claim = z.object({
  kind: z.literal('PersistentVolumeClaim'),
  metadata,
  status: z.object({ phase: z.string() }),
});

const statefulSet = z.object({
  kind: z.literal('StatefulSet'),
  metadata,
  status: z.object({ observedGeneration: z.number().default(0), updateRevision: z.string().optional() }),
});

const event = z.object({
  kind: z.literal('Event'),
  involvedObject: z.object({ kind: z.string(), name: z.string().default(''), uid: z.string().default('') }),
  type: z.string().default(''),
  reason: z.string().default(''),
  message: z.string().default(''),
  lastTimestamp: z.string().nullish(),
  eventTime: z.string().nullish(),
});

const list = z.object({ items: z.array(z.discriminatedUnion('kind', [pod, claim, statefulSet, event])) });

export type Pod = z.output<typeof pod>;
export type Claim = z.output<typeof claim>;
export type StatefulSet = z.output<typeof statefulSet>;
export type ContainerStatus = z.output<typeof containerStatus>;
type Event = z.output<typeof event>;
type Item = Pod | Claim | StatefulSet | Event;

export class ServerPods {
  /** Names of the declared pods, the first node first. */
  readonly names: readonly string[];

  private constructor(
    readonly server: KubernetesServerDeclaration,
    private readonly items: readonly Item[],
  ) {
    this.names = podNames(server);
  }

  static async read(kubectl: Kubectl, server: KubernetesServerDeclaration): Promise<ServerPods> {
    const { items } = await kubectl.objects(list, ['statefulsets', 'pods', 'persistentvolumeclaims', 'events']);
    return new ServerPods(server, items);
  }

  pod(name: string): Pod | undefined {
    return this.#kind('Pod').find(({ metadata }) => metadata.name === name);
  }

  claim(name: string): Claim | undefined {
    return this.#kind('PersistentVolumeClaim').find(({ metadata }) => metadata.name === name);
  }

  get statefulSet(): StatefulSet | undefined {
    return this.#kind('StatefulSet').find(({ metadata }) => metadata.name === this.server.releaseName);
  }

  /** Message of the newest warning with one of these reasons about an existing object. */
  warning({ kind, metadata: { uid } }: Pod | Claim | StatefulSet, ...reasons: readonly string[]): string | undefined {
    return this.#kind('Event')
      .filter(({ type, reason }) => type === 'Warning' && reasons.includes(reason))
      .filter(({ involvedObject }) => involvedObject.kind === kind && involvedObject.uid === uid)
      .sort((one, other) => time(one) - time(other))
      .at(-1)?.message;
  }

  /** Names of the pods that run an earlier declaration, because they were not restarted. */
  get outdated(): readonly string[] {
    const updateRevision = this.statefulSet?.status.updateRevision;
    return this.names.filter((name) => {
      const revision = this.pod(name)?.metadata.labels['controller-revision-hash'];
      return updateRevision !== undefined && revision !== undefined && revision !== updateRevision;
    });
  }

  #kind<K extends Item['kind']>(kind: K): Extract<Item, { kind: K }>[] {
    return this.items.filter((item): item is Extract<Item, { kind: K }> => item.kind === kind);
  }
}

function time({ lastTimestamp, eventTime }: Event): number {
  return Date.parse(lastTimestamp ?? eventTime ?? '') || 0;
}
