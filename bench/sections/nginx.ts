import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../../lib/processes/free-port';
import { run } from '../../lib/processes/child-process';
import { ProxyProcess } from './proxy-process';

/** Starts nginx with a fixed token, which is the least that such a proxy does. @returns undefined without nginx on PATH */
export async function startNginx(folder: string, upstream: number): Promise<ProxyProcess | undefined> {
  if ((await run('nginx', ['-v'])).exitCode !== 0) {
    return undefined;
  }
  const port = await freePort();
  const home = join(folder, 'nginx');
  await mkdir(home);
  await writeFile(join(home, 'nginx.conf'), configuration(home, port, upstream));
  const child = spawn('nginx', ['-p', home, '-c', join(home, 'nginx.conf'), '-e', join(home, 'error.log')], {
    stdio: 'ignore',
  });
  while (child.exitCode === null && !(await answers(port))) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return child.exitCode === null ? ProxyProcess.of(port, child) : undefined;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

function configuration(home: string, port: number, upstream: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
worker_processes 1;
daemon off;
pid ${home}/pid;
events { worker_connections 1024; }
http {
  access_log ${home}/access.log;
  ${temporary.map((name) => `${name}_temp_path ${home}/${name};`).join('\n  ')}
  upstream webex { server 127.0.0.1:${upstream}; keepalive 64; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port};
    keepalive_requests 100000000;
    location / {
      proxy_pass http://webex;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Authorization "Bearer a-fixed-token";
      proxy_max_temp_file_size 0;
    }
  }
}
`;
}
