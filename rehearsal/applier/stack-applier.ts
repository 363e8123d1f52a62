import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { ExplainedError, quotedList, VaultResponseError } from '#core';
import { type VaultClient } from '../../lib/vault/vault-client';
import { evaluate, references } from './terraform-expressions';
import { runLocalExec } from './local-exec';
import { parse, RESOURCE_TYPES, unknownToApplier, type Attributes } from './resource-types';

/*
 * Applies CDKTF's JSON without Terraform, for rehearsals and tests. It creates and changes resources, never destroys them,
 * keeps no lock, and refuses by name what it does not know.
 */

const block = z.record(z.string(), z.unknown());

const localExec = z.strictObject({
  'local-exec': z.strictObject({
    command: z.string(),
    working_dir: z.string().optional(),
    environment: z.record(z.string(), z.unknown()).default({}),
    quiet: z.boolean().optional(),
  }),
});

const lifecycle = z.strictObject({
  replace_triggered_by: z.array(z.string()).default([]),
  // The others have no effect: the applier destroys and moves nothing, and a rehearsal has one deployment.
  create_before_destroy: z.boolean().optional(),
  prevent_destroy: z.boolean().optional(),
  ignore_changes: z.array(z.literal('input')).optional(),
  postcondition: z.array(z.unknown()).optional(),
});

const stackSchema = z.object({
  provider: z.object({ vault: z.array(block).min(1) }),
  variable: z.record(z.string(), z.object({ default: z.unknown() })).default({}),
  resource: z.record(z.string(), z.record(z.string(), block)).default({}),
  output: z.record(z.string(), z.object({ value: z.unknown() })).default({}),
});

interface Resource {
  readonly address: string;
  readonly type: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly dependsOn: readonly string[];
  readonly lifecycle: z.infer<typeof lifecycle>;
  readonly provisioners: readonly z.infer<typeof localExec>['local-exec'][];
}

export interface ApplyOptions {
  /** Folder with the synthesized `cdk.tf.json` and the applier's own small state. */
  readonly stackDirectory: string;
  readonly vault: VaultClient;
  /** Values of Terraform variables, by name. */
  readonly variables: Readonly<Record<string, string>>;
  /** Environment of the provisioners. @default - this process's environment */
  readonly environment?: NodeJS.ProcessEnv;
}

export interface Applied {
  /** Addresses of the written resources, in order. */
  readonly changed: readonly string[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Applies a synthesized stack. @throws ExplainedError for an unknown resource type, attribute or expression */
export async function applyStack(options: ApplyOptions): Promise<Applied> {
  const stack = stackSchema.parse(JSON.parse(readFileSync(join(options.stackDirectory, 'cdk.tf.json'), 'utf8')));
  const namespace = z.string().optional().parse(stack.provider.vault[0]?.namespace);
  const vault = options.vault.withNamespace(namespace);
  const state = new TriggerState(join(options.stackDirectory, 'applier.json'));
  const known = new Map<string, Attributes>();
  const changed: string[] = [];
  const resources = inOrder(parseResources(stack.resource));

  const lookup = ([first, second, third]: readonly string[]): unknown => {
    if (first === 'var' && second !== undefined && second in stack.variable) {
      return options.variables[second] ?? stack.variable[second]?.default ?? null;
    }
    const value = known.get(`${first ?? ''}.${second ?? ''}`)?.[third ?? 'id'];
    if (value === undefined) {
      throw unknownToApplier(`know "${[first, second, third].filter((part) => part !== undefined).join('.')}"`);
    }
    return value;
  };

  for (const resource of resources) {
    const evaluated = evaluate(resource.attributes, lookup) as Attributes;
    const triggered = resource.lifecycle.replace_triggered_by.some((address) => changed.includes(address));
    if (resource.type === 'terraform_data') {
      if (triggered || !isDeepStrictEqual(state.get(resource.address), evaluated)) {
        // A provisioner that fails runs again in the next apply.
        state.set(resource.address, undefined);
        for (const provisioner of resource.provisioners) {
          await runLocalExec({
            ...(evaluate(provisioner, lookup) as typeof provisioner),
            stackDirectory: options.stackDirectory,
            inherited: options.environment ?? process.env,
          });
        }
        state.set(resource.address, evaluated);
        changed.push(resource.address);
      }
      known.set(resource.address, { ...evaluated, id: resource.address });
    } else {
      const applied = await typeOf(resource)
        .apply(vault, evaluated, resource.address, triggered)
        .catch((error: unknown) => {
          throw error instanceof VaultResponseError
            ? new ExplainedError(`${resource.address} could not be applied: ${error.message}`)
            : error;
        });
      known.set(resource.address, applied.attributes);
      if (applied.changed) {
        changed.push(resource.address);
      }
    }
  }
  return {
    changed,
    outputs: Object.fromEntries(
      Object.entries(stack.output).map(([name, { value }]) => [name, evaluate(value, lookup)]),
    ),
  };
}

function typeOf(resource: Resource): (typeof RESOURCE_TYPES)[string] {
  const type = RESOURCE_TYPES[resource.type];
  if (!type) {
    const knownTypes = quotedList([...Object.keys(RESOURCE_TYPES), 'terraform_data']);
    throw unknownToApplier(`know the resource type "${resource.type}", only ${knownTypes}`);
  }
  return type;
}

function parseResources(byType: z.infer<typeof stackSchema>['resource']): Resource[] {
  return Object.entries(byType).flatMap(([type, byId]) =>
    Object.entries(byId).map(([id, body]) => {
      const { depends_on, lifecycle: cycle, provisioner, ...attributes } = body;
      // CDKTF writes its own metadata into this member.
      delete attributes['//'];
      const address = `${type}.${id}`;
      return {
        address,
        type,
        attributes,
        dependsOn: z.array(z.string()).default([]).parse(depends_on),
        lifecycle: parse(lifecycle, cycle ?? {}, address, 'lifecycle'),
        provisioners: z
          .array(localExec)
          .default([])
          .parse(provisioner)
          .map((entry) => entry['local-exec']),
      };
    }),
  );
}

/** Orders each resource after those that it refers to. */
function inOrder(resources: readonly Resource[]): Resource[] {
  const byAddress = new Map(resources.map((resource) => [resource.address, resource]));
  const ordered = new Set<Resource>();
  const visit = (resource: Resource, from: readonly string[]): void => {
    if (from.includes(resource.address)) {
      throw new ExplainedError(
        `the stack has a cycle: ${[...from, resource.address].join(' -> ')}; break it in constructs/`,
      );
    }
    const needs = [
      ...references([resource.attributes, resource.provisioners]).map(([type, id]) => `${type ?? ''}.${id ?? ''}`),
      ...resource.dependsOn,
      ...resource.lifecycle.replace_triggered_by,
    ];
    for (const address of needs) {
      const needed = byAddress.get(address);
      if (needed && !ordered.has(needed)) {
        visit(needed, [...from, resource.address]);
      }
    }
    ordered.add(resource);
  };
  resources.forEach((resource) => visit(resource, []));
  return [...ordered];
}

/** Last applied values of `terraform_data` resources, without the environment of provisioners. */
class TriggerState {
  readonly #entries: Record<string, Attributes | undefined>;

  constructor(private readonly file: string) {
    this.#entries = existsSync(file) ? z.record(z.string(), block).parse(JSON.parse(readFileSync(file, 'utf8'))) : {};
  }

  get(address: string): Attributes | undefined {
    return this.#entries[address];
  }

  set(address: string, declared: Attributes | undefined): void {
    this.#entries[address] = declared;
    writeFileSync(this.file, JSON.stringify(this.#entries), { mode: 0o600 });
  }
}
