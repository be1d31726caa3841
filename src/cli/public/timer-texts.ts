/** What runs a renewal twice a day: the system's own scheduler, told by files of these. */
export type Scheduler = 'systemd' | 'launchd';

/** The command that a scheduler runs, and where. */
export interface ScheduledCommand {
  /** Absolute path of the workspace folder. */
  readonly workspace: string;
  /** A short word for the workspace, of letters and digits. */
  readonly id: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** Variables that the command needs. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The files for a scheduler, with how to put them in place as their comments. Pure. */
export function renderTimer(scheduler: Scheduler, scheduled: ScheduledCommand): string {
  return scheduler === 'systemd' ? renderSystemd(scheduled) : renderLaunchd(scheduled);
}

/** A service and its timer (systemd.service(5), systemd.timer(5)), for a user's own manager. */
function renderSystemd({ workspace, id, command, environment }: ScheduledCommand): string {
  const name = `chroma-tls-renew-${id}`;
  const lines = Object.entries(environment).map(
    ([variable, value]) => `Environment=${quoteUnit(`${variable}=${value}`)}`,
  );
  return `# ~/.config/systemd/user/${name}.service
[Unit]
Description=Renew the certificate of ${escapeSpecifiers(workspace)}

[Service]
Type=oneshot
WorkingDirectory=${escapeSpecifiers(workspace)}
${[...lines, `ExecStart=${command.map((word) => quoteUnit(word).replaceAll('$', '$$$$')).join(' ')}`].join('\n')}

# ~/.config/systemd/user/${name}.timer
[Unit]
Description=Renew the certificate of ${escapeSpecifiers(workspace)} when it is due

[Timer]
OnCalendar=*-*-* 00,12:00:00
RandomizedDelaySec=6h
Persistent=true

[Install]
WantedBy=timers.target

# Save each part as the file that its first line names, then:
#   systemctl --user daemon-reload
#   systemctl --user enable --now ${name}.timer
# So that it runs while you are not logged in: loginctl enable-linger
`;
}

/** A value of a unit file that may hold anything; systemd takes % for its own, in a command also $. */
function quoteUnit(text: string): string {
  const escaped = text.replaceAll(/["\\]/g, String.raw`\$&`);
  return `"${escapeSpecifiers(escaped)}"`;
}

function escapeSpecifiers(text: string): string {
  return text.replaceAll('%', '%%');
}

/** A launch agent (launchd.plist(5)). */
function renderLaunchd({ workspace, id, command, environment }: ScheduledCommand): string {
  const label = `chroma-tls.renew.${id}`;
  const variables = Object.entries(environment).map(
    ([variable, value]) =>
      `    <key>${escapeXml(variable)}</key><string>${escapeXml(value)}</string>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- Save it as ~/Library/LaunchAgents/${label}.plist, then:
     launchctl bootstrap gui/$(id -u) ~/Library/LaunchAgents/${label}.plist -->
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key><string>${label}</string>
  <key>ProgramArguments</key>
  <array>
${command.map((part) => `    <string>${escapeXml(part)}</string>`).join('\n')}
  </array>
  <key>WorkingDirectory</key><string>${escapeXml(workspace)}</string>
  <key>EnvironmentVariables</key>
  <dict>
${variables.join('\n')}
  </dict>
  <key>StartInterval</key><integer>43200</integer>
</dict>
</plist>
`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
