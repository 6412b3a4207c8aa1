// The same way with node-ovh as it is published; it speaks HTTPS only, and trusts the certificate by NODE_EXTRA_CA_CERTS.
//
// Arguments: module directory, port, application key, secret, consumer key, and each network with its blocked address.

import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import assert from "node:assert";

const [modules, port, appKey, appSecret, consumerKey, ...rest] = process.argv.slice(2);
const places = [rest.slice(0, 2), rest.slice(2, 4)];
const ovh = createRequire(`${modules}/`)("@ovhcloud/node-ovh");
const as = (keys) => ovh({ host: "localhost", port: Number(port), basePath: "/1.0", appKey, appSecret, consumerKey, ...keys });
const client = as({});
const ask = (method, path, parameters) => client.requestPromised(method, path, parameters);
const refused = (status, call) => assert.rejects(call, (error) => {
  assert.equal(error.error, status, JSON.stringify(error));
  return typeof error.message === "string" && error.message.length > 5;
});
const spamOf = (network) => `/ip/${encodeURIComponent(network)}/spam`;

assert.equal(typeof (await ask("GET", "/auth/time")), "number");
// This client signs nothing under /auth.
await refused(403, ask("GET", "/auth/currentCredential"));
const networks = await ask("GET", "/ip");
for (const [network, address] of places) {
  assert.ok(networks.includes(network));
  const spam = spamOf(network);
  assert.deepEqual(await ask("GET", spam, { state: "blockedForSpam" }), [address]);
  const details = await ask("GET", `${spam}/${address}`);
  assert.equal(details.state, "blockedForSpam");
  const from = new Date(Date.now() - 3600_000).toISOString();
  const to = new Date(Date.now() + 3600_000).toISOString();
  const stats = await ask("GET", `${spam}/${address}/stats`, { from, to });
  assert.ok(stats[0].detectedSpams.length > 0);
}

const left = [];
for (const [network, address] of places) {
  const path = `${spamOf(network)}/${address}`;
  for (;;) {
    try {
      const answer = await ask("POST", `${path}/unblock`);
      assert.equal(answer.state, "unblocking");
      break;
    } catch (error) {
      assert.equal(error.error, 409, JSON.stringify(error));
      left.push(Number(/still blocked for (\d+) seconds/.exec(error.message)[1]));
      await sleep(200);
    }
  }
  while ((await ask("GET", path)).state !== "unblocked") await sleep(100);
}
assert.ok(left.length > 0);

const account = "/email/domain/old.example/account/ann";
assert.equal((await ask("GET", account)).isBlocked, true);
await refused(400, ask("POST", `${account}/changePassword`, { password: "sh\u00f6rt" }));
const task = await ask("POST", `${account}/changePassword`, { password: "correct horse" });
assert.equal(task.action, "changePassword");
while ((await ask("GET", account)).isBlocked) await sleep(100);

const { spamTicketNumber: number } = await ask("GET", "/email/exchange/shop/service/shop/account/bob@shop.example");
const said = "1. no\n2. no\n3. yes, d\u00e9j\u00e0 \u2713";
assert.equal(await ask("POST", `/support/tickets/${number}/reply`, { body: said }), null);
const messages = await ask("GET", `/support/tickets/${number}/messages`);
assert.equal(messages.at(-1).body, said);
assert.equal(await ask("POST", `/support/tickets/${number}/close`), null);
assert.deepEqual(await ask("GET", "/support/tickets", { archived: true }), [number]);

await refused(404, ask("GET", "/ip/203.0.113.0%2F24/spam"));
await refused(409, ask("POST", `/support/tickets/${number}/close`));
await refused(400, as({ appSecret: "0".repeat(32) }).requestPromised("GET", "/ip"));
await refused(403, as({ appKey: "0".repeat(16) }).requestPromised("GET", "/ip"));
console.log("done");
