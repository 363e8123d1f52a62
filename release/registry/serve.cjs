'use strict';

const { join } = require('node:path');
const process = require('node:process');

/*
 * The process of a registry: runs verdaccio from the given folder with the given configuration, on a free port of
 * loopback. It tells its parent the port, and it ends with the parent.
 */

const [installed, configuration] = process.argv.slice(2);
const { runServer } = require(join(installed, 'node_modules/verdaccio'));

process.once('disconnect', () => process.exit());
void runServer(JSON.parse(configuration)).then((server) => {
  // Node's client reuses a connection, which a server that closes it after 5 s would reset.
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
});
