import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { renderTimer, type ScheduledCommand } from '../../../../src/cli/public/timer-texts.ts';

const SCHEDULED: ScheduledCommand = {
  workspace: '/home/ada/50% "mine" & <ours>',
  id: 'ab12',
  command: ['/usr/bin/node', '/opt/cli $HOME.js', 'renew'],
  environment: { PATH: '/usr/bin:/a $b' },
};

describe('what a scheduler is told', () => {
  it('is a service and a timer of systemd, which take no word of a path for their own', () => {
    const text = renderTimer('systemd', SCHEDULED);
    assert.match(text, /^WorkingDirectory=\/home\/ada\/50%% "mine" & <ours>$/m);
    assert.match(text, /^ExecStart="\/usr\/bin\/node" "\/opt\/cli \$\$HOME\.js" "renew"$/m);
    assert.match(text, /^Environment="PATH=\/usr\/bin:\/a \$b"$/m);
    assert.match(text, /^# ~\/.config\/systemd\/user\/chroma-tls-renew-ab12\.timer$/m);
    assert.match(text, /^Persistent=true$/m);
  });

  it('is a launch agent, as XML', () => {
    const text = renderTimer('launchd', SCHEDULED);
    assert.match(text, /<key>Label<\/key><string>chroma-tls\.renew\.ab12<\/string>/);
    assert.match(text, /<string>\/home\/ada\/50% "mine" &amp; &lt;ours&gt;<\/string>/);
    assert.match(text, /<string>renew<\/string>/);
  });
});
