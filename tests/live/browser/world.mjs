// Two hosts on one machine: the test and its browsers in a network namespace of their own, the relay in another, a veth pair between them.
// Firefox knows no loopback; and an address can change under a page only where the address is not this machine's own. All of it is gone
// with the last process.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { until } from './relay.mjs';

export const RELAY_ADDRESS = '10.77.0.1';
export const OUR_ADDRESS = '10.77.0.2';

// Runs the test that calls it again inside a namespace of its own; outside it never returns. First thing in a test's file.
export function enterWorld() {
  if (process.env.AULA_WORLD === 'inside') return;
  const unshare = ['--net', ...(process.getuid() === 0 ? [] : ['--user', '--map-root-user'])];
  if (spawnSync('unshare', [...unshare, 'ip', 'link', 'add', 'one', 'type', 'veth', 'peer', 'name', 'other']).status !== 0) {
    console.log('1..0 # SKIP this system gives no network namespaces');
    process.exit(0);
  }
  const again = spawnSync('unshare', [...unshare, process.execPath, ...process.execArgv, ...process.argv.slice(1)], { stdio: 'inherit', env: { ...process.env, AULA_WORLD: 'inside' } });
  process.exit(again.status ?? 1);
}

export const ip = (...words) => execFileSync('ip', words);

// The other host: `inside` is what to write before a command that shall run there.
export async function otherHost() {
  const holder = spawn('unshare', ['--net', 'sleep', 'infinity'], { stdio: 'ignore' });
  const inside = ['nsenter', '--net', '--target', `${holder.pid}`, '--'];
  const there = (...words) => execFileSync(inside[0], [...inside.slice(1), 'ip', ...words]);
  const ours = readlinkSync('/proc/self/ns/net');
  await until('it has left our namespace', () => readlinkSync(`/proc/${holder.pid}/ns/net`) !== ours);
  ip('link', 'set', 'lo', 'up');
  ip('link', 'add', 'here', 'type', 'veth', 'peer', 'name', 'there', 'netns', `${holder.pid}`);
  ip('address', 'add', `${OUR_ADDRESS}/24`, 'dev', 'here');
  ip('link', 'set', 'here', 'up');
  there('link', 'set', 'lo', 'up');
  there('address', 'add', `${RELAY_ADDRESS}/24`, 'dev', 'there');
  there('link', 'set', 'there', 'up');
  ip('route', 'add', 'default', 'via', RELAY_ADDRESS); // a page that only listens has no candidate without one
  return { inside, close: () => holder.kill() };
}
