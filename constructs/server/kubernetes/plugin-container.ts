/** Whose plugin it is, for one that is not the right one to be told from it. */
export interface PluginContainerProps {
  /** Image with the plugin, a shell and sha256sum. */
  readonly image: string;
  /** Folder of the plugin in that image. */
  readonly folder: string;
  /** File name of the plugin. */
  readonly command: string;
  /** Hex. */
  readonly sha256: string;
  readonly securityContext: Readonly<Record<string, unknown>>;
  /** Where the server has its plugins. */
  readonly pluginDirectory: string;
}

/* What it says last is kept with the pod, so that people need not look for its log. */
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
 * Init container that gives the server its plugins: the whole folder, so that two versions can be there, and nothing
 * where the declared one is not what its sha256 says.
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
