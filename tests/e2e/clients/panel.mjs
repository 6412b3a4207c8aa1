// The same way with node-ovh as it is published; it speaks HTTPS only, and trusts the certificate by NODE_EXTRA_CA_CERTS.
//
// Arguments: module directory, port, application key, secret, consumer key, network, address.

import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import assert from "node:assert";

const [modules, port, appKey, appSecret, consumerKey, network, address] = process.argv.slice(2);
const ovh = createRequire(`${modules}/`)("@ovhcloud/node-ovh");
const client = ovh({ host: "localhost", port: Number(port), basePath: "/1.0", appKey, appSecret, consumerKey });
const ask = (method, path, parameters) => client.requestPromised(method, path, parameters);

assert.equal(typeof (await ask("GET", "/auth/time")), "number");
// This client signs nothing under /auth.
await assert.rejects(ask("GET", "/auth/currentCredential"), (error) => error.error === 403);
assert.ok((await ask("GET", "/ip")).includes(network));
const spam = `/ip/${encodeURIComponent(network)}/spam`;
assert.deepEqual(await ask("GET", spam, { state: "blockedForSpam" }), [address]);
const details = await ask("GET", `${spam}/${address}`);
assert.equal(details.state, "blockedForSpam");
const from = new Date(Date.now() - 3600_000).toISOString();
const to = new Date(Date.now() + 3600_000).toISOString();
const stats = await ask("GET", `${spam}/${address}/stats`, { from, to });
assert.ok(stats[0].detectedSpams.length > 0);

const left = [];
for (;;) {
  try {
    const answer = await ask("POST", `${spam}/${address}/unblock`);
    assert.equal(answer.state, "unblocking");
    break;
  } catch (error) {
    assert.equal(error.error, 409, JSON.stringify(error));
    left.push(Number(/still blocked for (\d+) seconds/.exec(error.message)[1]));
    await sleep(200);
  }
}
assert.ok(left.length > 0);
while ((await ask("GET", `${spam}/${address}`)).state !== "unblocked") await sleep(100);
await assert.rejects(ask("GET", "/ip/203.0.113.0%2F24/spam"), (error) => error.error === 404);
console.log("done");
