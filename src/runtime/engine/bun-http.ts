/**
 * What serverless-express gives a response as its socket has only what Node.js asks of one: the engine asks for `once` in
 * the place of `on`.
 */
export function ownSocketsLikeNode(): void {
  const { prototype } = process.getBuiltinModule("node:http").ServerResponse;
  // oxlint-disable-next-line typescript/unbound-method -- called with a `this` below
  const assignSocket = prototype.assignSocket;
  prototype.assignSocket = function (socket): void {
    if (typeof socket.once !== "function") Reflect.set(socket, "once", Reflect.get(socket, "on"));
    assignSocket.call(this, socket);
  };
}
