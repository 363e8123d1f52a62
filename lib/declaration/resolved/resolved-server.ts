import { dirname, resolve } from 'node:path';
import { ExplainedError } from '#core';
import { serverOf, type DeclaredServer } from '../declared/declared-server';
import { checkChart } from '../files/chart-archive';
import { declaredPlugin, pluginPlatform } from '../files/declared-plugin';
import { inspectPlugin, type PluginBinary } from '../files/plugin-binary';
import { checkPluginPlatform } from '../files/plugin-platform';
import { checkServerFiles } from '../files/server-files';
import type { Deployment } from '../schema/deployment';
import type { KubernetesServerDeclaration } from '../schema/server/kubernetes-server-declaration';
import type { DevServerDeclaration, ProductionServerDeclaration } from '../schema/server/server-declaration';

/*
 * The server that a deployment declares, and the files on this machine that it needs. Stack `vault-server` runs the server.
 */

export type ResolvedServer = ContainerServer | PodServer;

interface ServerBase {
  /** Warnings, such as about a certificate that expires soon. */
  readonly warnings: readonly string[];
  /** Note in the state. The next deploy compares it. */
  readonly declared: DeclaredServer;
}

interface ContainerServer extends ServerBase {
  readonly server: DevServerDeclaration | ProductionServerDeclaration;
  /** Folder of the plugin binary on this machine, as declared. */
  readonly pluginFolder: string;
}

export interface PodServer extends ServerBase {
  readonly server: KubernetesServerDeclaration;
  readonly plugin: PluginBinary;
}

/**
 * @param folder start of relative paths in the declaration
 * @throws ExplainedError if no server is declared, or the server would not start with these files
 */
export function resolveServer(deployment: Deployment, folder: string): ResolvedServer {
  const { server } = deployment.vault;
  if (server?.mode === 'kubernetes') {
    checkChart(server, folder);
    const plugin = inspectPlugin(declaredPlugin(deployment), folder);
    return { server, plugin, warnings: [], declared: serverOf(server) };
  }
  const plugin = declaredPlugin(deployment);
  const { path } = plugin;
  if (server === undefined || path === undefined) {
    throw new ExplainedError(
      'vault.server needs the plugin binary to run, got no engine.plugin.path; give its path on this machine, or leave engine.plugin.sha256 out',
    );
  }
  inspectPlugin(plugin, folder);
  const warnings = [
    ...checkPluginPlatform(resolve(folder, path), pluginPlatform(deployment)),
    ...(server.mode === 'production' ? checkServerFiles(server, path, folder) : []),
  ];
  return { server, pluginFolder: dirname(path), warnings, declared: serverOf(server) };
}
