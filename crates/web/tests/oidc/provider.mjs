// A real provider of OpenID Connect for the tests of sign-in. It prints where it listens; anybody signs in by any name.
import http from "node:http";
import { Provider } from "oidc-provider";

const [redirect] = process.argv.slice(2);
const server = http.createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: "wakeful", client_secret: "a-secret-of-the-tests", redirect_uris: [redirect] }],
    findAccount: (_, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true } },
    cookies: { keys: ["tests"] },
  });
  server.on("request", provider.callback());
  console.log(issuer);
});
