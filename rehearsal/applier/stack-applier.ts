import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { ExplainedError, quotedList, VaultResponseError } from '#core';
import { type VaultClient } from '../../lib/vault/vault-client';
import { evaluate, evaluateCondition, references, type Lookup } from './terraform-expressions';
import { runLocalExec } from './local-exec';
import { RESOURCE_TYPES, type Attributes } from './resource-types';

/*
 * Applies the JSON that CDKTF synthesized, where Terraform cannot reach its providers: for trying out and for tests.
 * It creates and changes; it never destroys, keeps no lock, and refuses whatever it does not know, by name.
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
  ignore_changes: z.array(z.literal('input')).default([]),
  // Here nothing is destroyed, so there is nothing to prevent, nor an order to it.
  create_before_destroy: z.boolean().optional(),
  prevent_destroy: z.boolean().optional(),
  postcondition: z.array(z.strictObject({ condition: z.string(), error_message: z.string() })).default([]),
});

/** Only what never changes again can be looked at before it is written. */
const dataLifecycle = lifecycle
  .omit({ prevent_destroy: true })
  .refine(({ ignore_changes, postcondition }) => postcondition.length === 0 || ignore_changes.includes('input'), {
    error: 'postcondition without ignore_changes',
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
  /** Folder with the synthesized `cdk.tf.json`; the applier keeps its own small state beside it. */
  readonly stackDirectory: string;
  /** Acts with the token of whoever applies. */
  readonly vault: VaultClient;
  /** Values of Terraform variables, by name. */
  readonly variables: Readonly<Record<string, string>>;
  /** Environment of the provisioners. @default - that of this process */
  readonly environment?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

export interface Applied {
  /** Addresses of the resources that had to be written, in order. */
  readonly changed: readonly string[];
  readonly unchanged: readonly string[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

/**
 * Applies a synthesized stack.
 *
 * @throws ExplainedError for a resource type, an attribute or an expression that it does not know
 */
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
      const reference = [first, second, third].filter((part) => part !== undefined).join('.');
      throw new ExplainedError(
        `the rehearsal's applier cannot resolve "${reference}"; deploy this stack with Terraform or OpenTofu`,
      );
    }
    return value;
  };

  // What an earlier apply has left is looked at before anything is written, as in a plan.
  resources.forEach((resource) => checkPostconditions(resource, state.get(resource.address)));

  for (const resource of resources) {
    options.signal?.throwIfAborted();
    const evaluated = evaluate(resource.attributes, lookup) as Attributes;
    const triggered = resource.lifecycle.replace_triggered_by.some((address) => changed.includes(address));
    if (resource.type === 'terraform_data') {
      const kept = resource.lifecycle.ignore_changes.map(
        (name) => [name, state.get(resource.address)?.[name]] as const,
      );
      const declared = { ...evaluated, ...Object.fromEntries(kept.filter(([, value]) => value !== undefined)) };
      if (triggered || !isDeepStrictEqual(state.get(resource.address), declared)) {
        state.forget(resource.address);
        for (const provisioner of resource.provisioners) {
          await runLocalExec({
            ...(evaluate(provisioner, lookup) as typeof provisioner),
            stackDirectory: options.stackDirectory,
            inherited: options.environment ?? process.env,
          });
        }
        state.set(resource.address, declared);
        checkPostconditions(resource, declared);
        changed.push(resource.address);
      }
      known.set(resource.address, { ...declared, id: resource.address });
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
    unchanged: resources.map(({ address }) => address).filter((address) => !changed.includes(address)),
    outputs: Object.fromEntries(
      Object.entries(stack.output).map(([name, { value }]) => [name, evaluate(value, lookup)]),
    ),
  };
}

function typeOf(resource: Resource): (typeof RESOURCE_TYPES)[string] {
  const type = RESOURCE_TYPES[resource.type];
  if (!type) {
    const knownTypes = quotedList([...Object.keys(RESOURCE_TYPES), 'terraform_data']);
    throw new ExplainedError(
      `the rehearsal's applier does not know the resource type "${resource.type}", only ${knownTypes}; deploy this stack with Terraform or OpenTofu`,
    );
  }
  return type;
}

function parseResources(byType: z.infer<typeof stackSchema>['resource']): Resource[] {
  return Object.entries(byType).flatMap(([type, byId]) =>
    Object.entries(byId).map(([id, body]) => {
      const { depends_on, lifecycle: cycle, provisioner, ...declared } = body;
      const address = `${type}.${id}`;
      return {
        address,
        type,
        attributes: withoutComments(declared),
        dependsOn: z.array(z.string()).default([]).parse(depends_on),
        lifecycle: parseLifecycle(address, type, cycle),
        provisioners: z
          .array(localExec)
          .default([])
          .parse(provisioner)
          .map((entry) => entry['local-exec']),
      };
    }),
  );
}

function parseLifecycle(address: string, type: string, declared: unknown = {}): z.infer<typeof lifecycle> {
  // What is kept, and so what can be looked at before, are triggers and input of terraform_data. Of others a postcondition
  // asks whether they are where they were, and here nothing moves.
  const known = type === 'terraform_data' ? dataLifecycle : lifecycle.omit({ ignore_changes: true });
  const parsed = known.safeParse(declared);
  if (!parsed.success) {
    const problems = parsed.error.issues
      .map(({ path, message }) => ['lifecycle', ...path, message].join(': '))
      .join('; ');
    throw new ExplainedError(
      `the rehearsal's applier does not know all of ${address} (${problems}); deploy this stack with Terraform or OpenTofu`,
    );
  }
  return lifecycle.parse(parsed.data);
}

/** @throws ExplainedError as the stack words it, where the resource is not what the stack relies on */
function checkPostconditions({ address, lifecycle }: Resource, found: Attributes | undefined): void {
  if (found === undefined) {
    return;
  }
  const itself: Lookup = ([first, second]) => {
    if (first !== 'self' || second !== 'output') {
      throw new ExplainedError(
        `the rehearsal's applier knows self.output alone in a postcondition, got "${first ?? ''}.${second ?? ''}" in ${address}; deploy this stack with Terraform or OpenTofu`,
      );
    }
    return found.input;
  };
  for (const { condition, error_message: message } of lifecycle.postcondition) {
    if (!evaluateCondition(condition, itself)) {
      throw new ExplainedError(String(evaluate(message, itself)));
    }
  }
}

/** Without the `//` member in which CDKTF notes its own metadata. */
function withoutComments(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([key]) => key !== '//'));
}

/** Each resource after all that it refers to. */
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

/** What the `terraform_data` resources were last applied with; by its schema it never holds a provisioner's secret. */
class TriggerState {
  readonly #entries: Record<string, Attributes | undefined>;

  constructor(private readonly file: string) {
    this.#entries = existsSync(file) ? z.record(z.string(), block).parse(JSON.parse(readFileSync(file, 'utf8'))) : {};
  }

  get(address: string): Attributes | undefined {
    return this.#entries[address];
  }

  set(address: string, declared: Attributes): void {
    this.#entries[address] = declared;
    this.#save();
  }

  /** Before its provisioners run: one that fails runs again on the next apply, as a tainted resource does. */
  forget(address: string): void {
    this.#entries[address] = undefined;
    this.#save();
  }

  #save(): void {
    writeFileSync(this.file, JSON.stringify(this.#entries), { mode: 0o600 });
  }
}
