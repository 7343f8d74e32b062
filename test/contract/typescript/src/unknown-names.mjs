import dns from "node:dns";
import { lookup } from "node:dns/promises";
import http from "node:http";
import tls from "node:tls";
import { promisify } from "node:util";

/** Whatever asks for a name that nobody has. */
export const unknownNames = async () => {
  const erring = (emitter) => new Promise((_, reject) => emitter.on("error", reject));
  const name = "nobody.invalid";
  const all = [
    () => lookup(name),
    () => promisify(dns.lookup)(name),
    () => new Promise((_, reject) => dns.resolve4(name, reject)),
    () => new dns.promises.Resolver().resolveMx(name),
    () => erring(http.get(`http://${name}`)),
    () => erring(tls.connect(443, name)),
  ];
  return Promise.all(
    all.map(async (ask) => {
      const error = await ask().catch((thrown) => thrown);
      const { code, errno, syscall, hostname, stack } = error;
      return { text: String(error), code, errno, syscall, hostname, named: Object.keys(error).includes("name"), stack };
    }),
  );
};
