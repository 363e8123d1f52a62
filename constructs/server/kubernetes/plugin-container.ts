import type { PluginBinary } from '../../../lib/declaration/files/plugin-binary';

export interface PluginContainerProps extends PluginBinary {
  /** Image with the plugin, a shell and sha256sum. */
  readonly image: string;
  /** Folder of the plugin in the image. */
  readonly folder: string;
  readonly securityContext: Readonly<Record<string, unknown>>;
  /** Plugin directory of the server. */
  readonly pluginDirectory: string;
}

/* Script of the container. Kubernetes keeps the last output with the pod. */
const SCRIPT = `
plugin="$FROM/$COMMAND"
if [ ! -f "$plugin" ]; then
  echo "the image has no plugin at $plugin; put it there, or correct vault.server.pluginImage, pluginFolder or engine.plugin.command" >&2
  exit 1
fi
for file in "$FROM"/*; do
  if [ -f "$file" ]; then cp "$file" "$TO"/; fi
done
chmod 0755 "$TO"/*
found=$(sha256sum "$TO/$COMMAND")
found=\${found%% *}
if [ "$found" != "$SHA256" ]; then
  rm -f "$TO"/*
  echo "the plugin $plugin of the image must have sha256 $SHA256, got $found; use the right image, or correct engine.plugin.sha256 if you trust this one" >&2
  exit 1
fi
`.trim();

/**
 * Init container that copies the plugins. It copies the whole folder, so the folder can hold two versions. It copies nothing if the
 * sha256 of the declared plugin differs.
 */
export function pluginContainer(props: PluginContainerProps): Readonly<Record<string, unknown>> {
  const { image, folder, command, sha256, securityContext, pluginDirectory } = props;
  return {
    name: 'plugin',
    image,
    command: ['/bin/sh', '-eu', '-c', SCRIPT],
    env: Object.entries({ FROM: folder, TO: pluginDirectory, COMMAND: command, SHA256: sha256 }).map(
      ([name, value]) => ({ name, value }),
    ),
    terminationMessagePolicy: 'FallbackToLogsOnError',
    securityContext,
    resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '256Mi' } },
    volumeMounts: [{ name: 'plugins', mountPath: pluginDirectory }],
  };
}
